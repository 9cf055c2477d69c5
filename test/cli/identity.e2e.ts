// Founding people, handing out cards and accepting them, with the built program.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';

interface Who {
  readonly device: string;
  readonly person: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly card: string;
}

describe('an identity', () => {
  it('is founded once, shown, and renamed', () => {
    const cwd = scratchDirectory();
    const made = run(['init', '--name', 'Ana'], { cwd });
    expect(made).toMatchObject({ status: 0 });
    expect(made.stdout).toMatch(/^satchel1:/m);
    expect(made.stderr).toContain('satchel contact add CARD');
    expect(run(['init', '--json'], { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"repository-exists"'),
    });
    const before = runJson<Who>(['whoami'], { cwd });
    expect(before.fingerprint.split(' ')).toHaveLength(12);
    expect(runJson(['card', '--name', 'Ana Maria'], { cwd })).toMatchObject({ person: before.person });
    const after = runJson<Who>(['whoami'], { cwd });
    expect(after).toEqual({ ...before, name: 'Ana Maria', card: after.card });
    expect(after.card).not.toBe(before.card);
  });

  // Each opening costs a second or more, on purpose.
  it('is kept under a passphrase that can be changed and removed', () => {
    const cwd = scratchDirectory();
    fs.writeFileSync(path.join(cwd, 'old'), 'first words\r\n');
    fs.writeFileSync(path.join(cwd, 'new'), 'second words\n');
    const SATCHEL_PASSPHRASE_FILE = path.join(cwd, 'old');
    expect(run(['init', '--name', 'Ana', '-q'], { cwd }).status).toBe(0);
    expect(run(['passphrase', 'set', '--file', 'old', '-q'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(run(['card', '--name', 'Bea'], { cwd })).toMatchObject({ status: 14, stdout: '' });
    expect(run(['check'], { cwd }).stderr).toContain('were not compared');
    expect(runJson(['check'], { cwd, env: { SATCHEL_PASSPHRASE_FILE } })).toMatchObject({ keysCompared: true });
    const env = { SATCHEL_PASSPHRASE_FILE: path.join(cwd, 'new') };
    expect(run(['passphrase', 'remove'], { cwd, env }).stderr).toContain('does not open the secret keys');
    expect(run(['passphrase', 'remove', '-q'], { cwd, env: { SATCHEL_PASSPHRASE_FILE } }).status).toBe(0);
    expect(run(['card', '--name', 'Bea', '-q'], { cwd }).status).toBe(0);
  });
});

describe('an administrator', () => {
  it('wires servers with three commands each', () => {
    const cwd = scratchDirectory();
    for (const name of ['web1', 'web2', 'web3']) {
      expect(run(['-C', name, 'init', '--name', name, '-q'], { cwd }).status).toBe(0);
      expect(run(['-C', name, 'card', '-o', '.', '-q'], { cwd }).status).toBe(0);
    }
    fs.writeFileSync(path.join(cwd, 'torn.card'), 'satchel1:AQFgz7093');
    const added = run(['-C', 'web1', 'contact', 'add', '*.card'], { cwd });
    expect(added).toMatchObject({ status: 3, stdout: expect.stringMatching(/^added {2}web2 .*\nadded {2}web3 .*\n$/) });
    expect(added.stderr).toMatch(/left out: torn\.card: a card is cut off/);
    expect(added.stderr).toContain('skipped your own card');
  });
});

describe('contacts', () => {
  it('are added in every way, and changed', () => {
    const cwd = scratchDirectory();
    const [ana, bob] = ['ana', 'bob'].map((name) => runJson<Who>(['init', name, '--name', name], { cwd }));
    const contact = (...words: string[]) => run(['-C', 'ana', 'contact', ...words], { cwd });
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${bob?.card}\r\n`, 'utf16le')]);
    const piped = run(['-C', 'ana', 'contact', 'add', '-', '--as', 'Bobby', '-q'], { cwd, input: utf16 });
    expect(piped).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(contact('add', `Hi, I am ${bob?.card}!`).stdout).toMatch(/^unchanged {2}Bobby/);
    expect(contact('add', ana?.card ?? '').stderr).toContain('skipped your own card');
    expect(contact('add', 'nobody')).toMatchObject({ status: 15, stdout: '' });
    expect(contact('add', 'missing.card').status).toBe(30);
    expect(contact('confirm', 'bobby', '--words', bob?.fingerprint.toUpperCase() ?? '').status).toBe(0);
    expect(contact('confirm', 'bobby', '--words', ana?.fingerprint ?? '').status).toBe(21);
    expect(contact('block', 'bobby').status).toBe(0);
    expect(runJson(['-C', 'ana', 'contact', 'list'], { cwd })).toMatchObject({
      contacts: [{ person: bob?.person, name: 'bob', contact: 'Bobby', confirmed: true, blocked: true }],
      strangers: [],
    });
  });
});
