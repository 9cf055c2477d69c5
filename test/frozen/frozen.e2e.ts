// What earlier versions left behind is opened, read, written on and exchanged by the present program (fixtures/VERSION).
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Frozen, frozenVersions, type Owner, type Told, thaw } from '../testkit/frozen.js';

const OWNERS = ['ana', 'ben'] as const;

/** Runs a command that must go well. */
function done(frozen: Frozen, owner: Owner, ...args: string[]): { readonly stdout: string; readonly stderr: string } {
  const ended = frozen.on(owner, ...args);
  expect(ended.status, `${owner}: satchel ${args.join(' ')}: ${ended.stderr}`).toBe(0);
  return ended;
}

function messages(frozen: Frozen, owner: Owner, topic: string): Told[] {
  const { stdout } = done(frozen, owner, 'read', '--all', '-t', topic, '--json');
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Told & { readonly type: string })
    .filter(({ type }) => type === 'text');
}

function texts(frozen: Frozen, owner: Owner, topic: string): (string | null)[] {
  return messages(frozen, owner, topic).map(({ text }) => text);
}

/** What is said where a repository is noticed to be a copy. */
const NOTICED = /restored|copied|copy|clone|new log/i;

/** Posts, and says in which log. Nobody is told of copies or new logs where there are none. */
function post(frozen: Frozen, owner: Owner, topic: string, text: string): { readonly log: string } {
  const { stderr } = done(frozen, owner, 'post', '-t', topic, text);
  if (!frozen.isNoticed) expect(stderr).not.toMatch(NOTICED);
  const [last] = messages(frozen, owner, topic).filter((message) => message.text === text);
  if (!last) throw new Error('what was posted is not read');
  return last;
}

/** The logs that somebody wrote in before. */
function ownLogs(told: readonly Told[]): string[] {
  return [...new Set(told.filter(({ own }) => own).map(({ log }) => log))];
}

it('there is what 0.1 left behind', () => {
  expect(frozenVersions()).toContain('0.1');
});

describe.each(frozenVersions())('what %s left behind', (version) => {
  it.each(OWNERS)('is sound, and read as it was: %s', (owner) => {
    const frozen = thaw(version);
    const index = path.join(frozen.cwd, owner, '.satchel', 'index');
    const readAll = (): void => {
      for (const [topic, told] of Object.entries(frozen.told(owner)))
        expect(messages(frozen, owner, topic)).toMatchObject(told);
    };
    readAll();
    expect(JSON.parse(done(frozen, owner, 'check', '--all', '--json').stdout)).toMatchObject({ findings: [] });
    const status = done(frozen, owner, 'status', '--json').stdout;
    fs.rmSync(index, { recursive: true });
    readAll();
    const { topics, contacts, drives } = JSON.parse(status) as Record<string, object[]>;
    expect(topics).toMatchObject([
      { name: 'Summer trip', joined: true },
      { name: 'garden', joined: true, current: true },
    ]);
    expect([contacts?.length, drives?.length]).toEqual([1, 1]);
  });

  it.each(OWNERS)('is written on in the same logs, or in new ones where it knows that it was copied: %s', (owner) => {
    const frozen = thaw(version);
    const before = Object.values(frozen.told(owner)).flatMap(ownLogs);
    if (frozen.isNoticed) expect(done(frozen, owner, 'post', '-t', 'garden', 'Hello').stderr).toMatch(NOTICED);
    const after = Object.keys(frozen.told(owner)).map((topic) => post(frozen, owner, topic, 'Still here').log);
    if (frozen.isNoticed) expect(after.filter((log) => before.includes(log))).toEqual([]);
    else expect(after).toEqual(before);
  });

  it('keeps its keys under the passphrase they were put under', () => {
    const frozen = thaw(version);
    fs.writeFileSync(path.join(frozen.cwd, 'ben.passphrase'), 'another\n');
    expect(frozen.on('ben', 'post', '-t', 'garden', 'Hello').status).toBe(14);
  });

  it('goes on over its drive, in both directions', () => {
    const frozen = thaw(version);
    const drive = path.join(frozen.cwd, 'drive');
    // each use of a passphrase costs seconds, on purpose
    done(frozen, 'ben', 'passphrase', 'remove');
    post(frozen, 'ana', 'garden', 'From Ana, later');
    done(frozen, 'ana', 'sync', drive);
    done(frozen, 'ben', 'sync', drive);
    expect(texts(frozen, 'ben', 'garden')).toContain('From Ana, later');
    expect(texts(frozen, 'ben', 'Summer trip')).toContain('Ana has packed');
    post(frozen, 'ben', 'garden', 'From Ben, later');
    done(frozen, 'ben', 'sync', drive);
    done(frozen, 'ana', 'sync', drive);
    expect(texts(frozen, 'ana', 'garden')).toContain('From Ben, later');
    expect(texts(frozen, 'ana', 'Summer trip')).toContain('Ben has packed');
    const findings = frozen.isNoticed ? [{ code: 'renewed', severity: 'hint' }] : [];
    expect(JSON.parse(done(frozen, 'ana', 'check', '--all', '--json').stdout)).toMatchObject({ findings });
  });

  it('takes in its bundles, and answers with one', () => {
    const frozen = thaw(version);
    const bundles = path.join(frozen.cwd, 'bundles');
    done(frozen, 'ben', 'passphrase', 'remove');
    for (const name of fs.readdirSync(bundles)) done(frozen, 'ana', 'verify', path.join(bundles, name));
    for (const owner of OWNERS) done(frozen, owner, 'import', bundles);
    for (const owner of OWNERS) {
      expect(texts(frozen, owner, 'Summer trip')).toEqual(expect.arrayContaining(['Ana has packed', 'Ben has packed']));
      expect(texts(frozen, owner, 'garden')).toContain('They are under the bench');
    }
    const answer = path.join(frozen.cwd, 'answer.satchel');
    post(frozen, 'ben', 'Summer trip', 'Off we go');
    done(frozen, 'ben', 'export', '--to', 'Ana (work)', '-o', answer);
    done(frozen, 'ana', 'import', answer);
    expect(texts(frozen, 'ana', 'Summer trip')).toContain('Off we go');
  });

  it('gives back the file that came with a message', () => {
    const frozen = thaw(version);
    const message = frozen.told('ana')['Summer trip']?.find(({ text }) => text === 'I do, and here is the list');
    done(frozen, 'ana', 'get', message?.id ?? '', '-o', path.join(frozen.cwd, 'list.txt'));
    expect(fs.readFileSync(path.join(frozen.cwd, 'list.txt'), 'utf8')).toBe('tent\nrope\n'.repeat(50));
  });
});
