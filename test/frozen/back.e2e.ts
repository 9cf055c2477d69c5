// The program of 0.1 on repositories of 0.1 that the present one has worked in: what was only looked at is read as it was;
// what was written to says that it is newer, and nothing of it is changed (fixtures/0.1/README.md).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { type Frozen, type Owner, thaw } from '../testkit/frozen.js';

const OWNERS = ['ana', 'ben'] as const;

interface OldEnded {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program of that time. */
function before(frozen: Frozen, owner: Owner, ...args: string[]): OldEnded {
  const program = path.join(frozen.cwd, 'satchel.mjs');
  const env = {
    ...process.env,
    SATCHEL_STATE_DIR: path.join(frozen.cwd, owner, 'state'),
    SATCHEL_PASSPHRASE_FILE: path.join(frozen.cwd, `${owner}.passphrase`),
  };
  const words = [program, '-C', path.join(frozen.cwd, owner), ...args];
  return spawnSync(process.execPath, words, { cwd: frozen.cwd, encoding: 'utf8', env });
}

/** Every file of a repository, but for what only the index remembers. */
function contents(frozen: Frozen, owner: Owner): Record<string, string> {
  const root = path.join(frozen.cwd, owner, '.satchel');
  const names = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('index'));
  const files = names.filter((name) => fs.statSync(path.join(root, name)).isFile()).sort();
  return Object.fromEntries(files.map((name) => [name, fs.readFileSync(path.join(root, name), 'hex')]));
}

function told(stdout: string): unknown[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { readonly type: string })
    .filter(({ type }) => type === 'text');
}

it.each(OWNERS)('a repository that was only looked at stays one of 0.1: %s', (owner) => {
  const frozen = thaw('0.1');
  const found = contents(frozen, owner);
  for (const args of [['status'], ['contact', 'list'], ['topic', 'list'], ['check', '--all']])
    expect(frozen.on(owner, ...args, '--json').status).toBe(0);
  for (const topic of Object.keys(frozen.told(owner)))
    expect(frozen.on(owner, 'read', '--all', '-t', topic, '--json').status).toBe(0);
  expect(contents(frozen, owner)).toEqual(found);
  for (const [topic, messages] of Object.entries(frozen.told(owner))) {
    const ended = before(frozen, owner, 'read', '--all', '-t', topic, '--json');
    expect([ended.status, ended.stderr]).toEqual([0, '']);
    expect(told(ended.stdout)).toMatchObject(messages);
  }
});

it.each(OWNERS)('a repository that was written to says that it is newer: %s', (owner) => {
  const frozen = thaw('0.1');
  expect(frozen.on(owner, 'topic', 'mute', 'garden').status).toBe(0);
  const found = contents(frozen, owner);
  expect(found['format']).toBe(Buffer.from('satchel-repository/2\n').toString('hex'));
  const drive = path.join(frozen.cwd, 'drive');
  for (const args of [['read'], ['status'], ['post', '-t', 'garden', 'x'], ['export'], ['sync', drive], ['check']]) {
    const ended = before(frozen, owner, ...args);
    expect([ended.status, args]).toEqual([13, args]);
  }
  expect(contents(frozen, owner)).toEqual(found);
});

it.each(OWNERS)('what stood in small files of 0.1 is kept, and each has a checksum: %s', (owner) => {
  const frozen = thaw('0.1');
  const looks = [['contact', 'list'], ['drive', 'list'], ['config', 'list'], ['whoami']];
  const look = (): string[] => looks.map((args) => frozen.on(owner, ...args, '--json').stdout);
  const found = look();
  expect(frozen.on(owner, 'topic', 'mute', 'garden').status).toBe(0);
  expect(look()).toEqual(found);
  const root = path.join(frozen.cwd, owner, '.satchel');
  for (const name of ['HEAD', 'refs/self.json', 'refs/contacts.json', 'refs/state', 'journal/pending-statements.json'])
    expect(fs.readFileSync(path.join(root, name), 'utf8'), name).toMatch(/satchel-state\/1 [0-9a-f]{8}\n$/);
  for (const name of ['sent.json', 'owed.json']) expect(fs.existsSync(path.join(root, 'journal', name))).toBe(false);
  expect(JSON.parse(frozen.on(owner, 'check', '--all', '--json').stdout)).toMatchObject({ findings: [] });
});

it('a bit that flips in a small file of 0.1 is found by its shape, or changes nothing that is not told', () => {
  const frozen = thaw('0.1');
  const file = path.join(frozen.cwd, 'ana', '.satchel', 'refs', 'contacts.json');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"person": "8', '"person": "x'));
  const { status, stderr } = frozen.on('ana', 'contact', 'list');
  expect([status, stderr]).toEqual([12, expect.stringContaining('contacts.0.person')]);
});
