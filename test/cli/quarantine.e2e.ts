// Bundles of strangers that wait for a decision, and what an import would change, with the built program.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';

interface Imported {
  readonly bundles: readonly Record<string, unknown>[];
  readonly new: number;
  readonly cards: readonly unknown[];
  readonly dryRun: boolean;
}
interface Listed {
  readonly files: readonly { readonly id: string; readonly code: string; readonly waiting: boolean }[];
}

/** Ana, who knows Ben, and a folder with bundles of Ben and of Mallory, whom she does not know. */
function inbox(): string {
  const cwd = scratchDirectory();
  for (const name of ['ana', 'ben', 'mallory']) {
    run(['-C', name, 'init', '--name', name, '-q'], { cwd });
    run(['-C', name, 'card', '-q', '-o', `${name}.card`], { cwd });
  }
  run(['-C', 'ana', 'contact', 'add', '-q', 'ben.card'], { cwd });
  run(['-C', 'ana', 'topic', 'join', '-q', 'garden'], { cwd });
  fs.mkdirSync(path.join(cwd, 'inbox'));
  for (const name of ['ben', 'mallory']) {
    run(['-C', name, 'post', '-q', '-t', 'garden', `${name} was here`], { cwd });
    run(['-C', name, 'export', '--open', '-q', '-o', `inbox/${name}.satchel`], { cwd });
  }
  return cwd;
}

function listed(cwd: string): Listed['files'] {
  return runJson<Listed>(['-C', 'ana', 'quarantine', 'list'], { cwd }).files;
}

describe('import --dry-run', () => {
  it('says of files and folders what would change, and changes nothing', () => {
    const cwd = inbox();
    fs.copyFileSync(path.join(cwd, 'ben.card'), path.join(cwd, 'inbox/ben.card'));
    const both = runJson<Imported>(['-C', 'ana', 'import', '--dry-run', 'inbox'], { cwd });
    expect(both).toMatchObject({ new: 4, dryRun: true, cards: [{ name: 'ben', contact: true }] });
    expect(both.bundles).toMatchObject([
      { new: 2, name: 'ben' },
      { new: 2, name: 'mallory' },
    ]);
    expect(run(['-C', 'ana', 'import', '--dry-run', 'inbox/ben.satchel'], { cwd }).stdout).toContain(
      '2 messages and receipts that are new',
    );
    expect(run(['-C', 'ana', 'read', '--json'], { cwd }).stdout).toBe('');
    fs.writeFileSync(path.join(cwd, 'inbox/torn.satchel'), 'torn');
    expect(run(['-C', 'ana', 'import', '--dry-run', 'inbox'], { cwd })).toMatchObject({ status: 3 });
    expect(listed(cwd)).toEqual([]);
  });
});

describe('quarantine', () => {
  it('keeps strangers aside until they are accepted, and takes contacts as ever', () => {
    const cwd = inbox();
    const dry = run(['-C', 'ana', 'import', '--quarantine', '--dry-run', '--json', 'inbox'], { cwd });
    expect(dry.status).toBe(3);
    expect(listed(cwd)).toEqual([]);
    const ended = run(['-C', 'ana', 'import', '--quarantine', '--json', 'inbox'], { cwd });
    expect(ended.status).toBe(3);
    const { bundles } = JSON.parse(ended.stdout) as Imported;
    expect(bundles).toMatchObject([
      { name: 'ben', new: 2, error: null },
      { name: 'mallory', new: 0, error: null, quarantined: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(JSON.parse(dry.stdout).bundles[1]).toEqual(bundles[1]);
    const texts = (): string => run(['-C', 'ana', 'read', '--json'], { cwd }).stdout;
    expect(texts()).not.toContain('mallory was here');
    const [one] = listed(cwd);
    expect(one).toMatchObject({ code: 'stranger', waiting: true, id: bundles[1]?.['quarantined'] });
    const id = one?.id.slice(0, 6) ?? '';
    expect(run(['-C', 'ana', 'quarantine', 'show', id], { cwd }).stdout).toMatch(/whole and authentic[\s\S]*"garden"/);
    expect(runJson(['-C', 'ana', 'quarantine', 'show', id], { cwd })).toMatchObject({
      type: 'bundle',
      entries: 2,
      quarantine: { id: one?.id, waiting: true },
    });
    expect(run(['-C', 'ana', 'quarantine', 'show', '--text', id], { cwd }).stdout).toContain('mallory was here');
    expect(runJson(['-C', 'ana', 'quarantine', 'accept', id], { cwd })).toMatchObject({
      new: 2,
      quarantine: { id: one?.id, kept: false },
    });
    expect(texts()).toContain('mallory was here');
    expect(listed(cwd)).toEqual([]);
    // what was accepted is known now
    expect(run(['-C', 'ana', 'import', '--quarantine', '-q', 'inbox'], { cwd }).status).toBe(0);
  });

  it('keeps what nobody here wants yet, and drops what its user decides against', () => {
    const cwd = inbox();
    run(['-C', 'ana', 'topic', 'leave', '-q', 'garden'], { cwd });
    run(['-C', 'ana', 'import', '--quarantine', '-q', 'inbox'], { cwd });
    const [{ id } = { id: '' }] = listed(cwd);
    expect(run(['-C', 'ana', 'quarantine', 'accept', id], { cwd })).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('stays in quarantine'),
    });
    expect(listed(cwd)).toHaveLength(1);
    run(['-C', 'ana', 'contact', 'add', '-q', 'mallory.card'], { cwd });
    expect(run(['-C', 'ana', 'quarantine', 'accept', '-q', id], { cwd }).status).toBe(0);
    expect(listed(cwd)).toEqual([]);
  });

  it('tells what was refused and why, takes what is whole of it, and deletes it', () => {
    const cwd = inbox();
    const whole = fs.readFileSync(path.join(cwd, 'inbox/ben.satchel'));
    fs.writeFileSync(path.join(cwd, 'torn.satchel'), whole.subarray(0, whole.length - 700));
    expect(run(['-C', 'ana', 'import', '-q', 'torn.satchel'], { cwd }).status).toBe(20);
    const [{ id } = { id: '' }] = listed(cwd);
    expect(listed(cwd)).toMatchObject([{ code: 'bad-tar', waiting: false, file: path.join(cwd, 'torn.satchel') }]);
    expect(run(['-C', 'ana', 'quarantine', 'list'], { cwd }).stdout).toMatch(/torn\.satchel +refused: .*cut off/);
    const show = run(['-C', 'ana', 'quarantine', 'show', id], { cwd });
    expect(show).toMatchObject({ status: 20, stderr: expect.stringContaining('quarantine accept --salvage') });
    expect(run(['-C', 'ana', 'quarantine', 'accept', id], { cwd })).toMatchObject({
      status: 20,
      stderr: expect.stringContaining('quarantine accept --salvage'),
    });
    const salvaged = run(['-C', 'ana', 'quarantine', 'accept', '--salvage', '--json', id], { cwd });
    expect(JSON.parse(salvaged.stdout)).toMatchObject({ new: 2 });
    fs.writeFileSync(path.join(cwd, 'junk.satchel'), 'junk');
    run(['-C', 'ana', 'import', '-q', 'junk.satchel'], { cwd });
    const [{ id: junk } = { id: '' }] = listed(cwd);
    expect(run(['-C', 'ana', 'quarantine', 'drop', junk, '00000000'], { cwd }).status).toBe(15);
    expect(listed(cwd)).toHaveLength(1);
    expect(runJson(['-C', 'ana', 'quarantine', 'drop', junk], { cwd })).toEqual({ dropped: [junk] });
    expect(run(['-C', 'ana', 'quarantine', 'show', junk], { cwd }).status).toBe(15);
    expect(run(['-C', 'ana', 'quarantine', 'show', 'xyz'], { cwd }).status).toBe(2);
  });
});
