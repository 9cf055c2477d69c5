// Private conversations through the built program (spec/cli.md, "post"; spec/private.md).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run, runJson } from './program.js';

let cwd: string;
const at = (...names: string[]): string => path.join(cwd, ...names);

beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-private-'));
});

afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }));

/** Runs it as somebody. @throws Error when it failed */
function as(who: string, ...args: string[]): string {
  const ended = run(['-C', who, ...args], { cwd });
  if (ended.status !== 0)
    throw new Error(`${who}: satchel ${args.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
  return ended.stdout;
}

/** Files below a folder that have the text somewhere in them. */
function filesWith(folder: string, text: string): string[] {
  const names = fs.readdirSync(at(folder), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => fs.statSync(at(folder, name)).isFile());
  return files.filter((name) => fs.readFileSync(at(folder, name)).includes(text) || name.includes(text));
}

function textsOf(who: string, topic: string): unknown[] {
  const lines = as(who, 'read', '-t', topic, '-n', '20', '--json').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: unknown }).text);
}

it('two friends talk in private with at most four commands each, and nobody else reads it', () => {
  fs.mkdirSync(at('stick'));
  fs.writeFileSync(at('plan.txt'), 'the map has a needle in it\n'.repeat(400));
  // Ana's card is there before Ben begins
  for (const name of ['ana', 'ben']) fs.writeFileSync(at(`${name}.card`), as(name, 'init', '--name', name));
  as('ana', 'drive', 'init', at('stick'));
  as('ana', 'contact', 'add', 'ben.card');
  const posted = run(['-C', 'ana', 'post', '--to', 'ben', 'Hello needle', '--attach', 'plan.txt'], { cwd });
  expect(posted.stderr).toContain('started a private conversation with ben');
  expect(as('ana', 'sync', 'stick')).toContain('sealed for ben');
  as('ben', 'contact', 'add', 'ana.card');
  const synced = run(['-C', 'ben', 'sync', 'stick'], { cwd });
  expect(synced.stdout).toContain('1 new message');
  expect(synced.stderr).toContain('a private conversation with ana begins');
  expect(textsOf('ben', 'ana')).toEqual(['Hello needle']);

  as('ben', 'post', '--to', 'ana', 'Hello back, needle');
  as('ben', 'sync', 'stick');
  as('ana', 'sync', 'stick');
  for (const [who, topic] of [
    ['ana', 'ben'],
    ['ben', 'ana'],
  ] as const) {
    expect(textsOf(who, topic)).toEqual(['Hello needle', 'Hello back, needle']);
  }
  const [first] = JSON.parse(`[${as('ben', 'read', '-n', '2', '--json').trim().split('\n').join()}]`) as {
    id: string;
  }[];
  as('ben', 'get', first?.id ?? '', '-o', at('got.txt'));
  expect(fs.readFileSync(at('got.txt')).equals(fs.readFileSync(at('plan.txt')))).toBe(true);
  for (const place of ['stick', 'ana', 'ben']) expect(filesWith(place, 'needle')).toEqual([]);
  expect(runJson(['-C', 'ben', 'topic', 'list'], { cwd })).toMatchObject({
    topics: [{ name: 'ana', kind: 'private', joined: true, messages: 2 }],
  });
});

it('nothing of it gets onto an open drive', () => {
  fs.mkdirSync(at('open'));
  as('ana', 'drive', 'init', at('open'), '--open');
  as('ana', 'sync', 'open', '--open');
  as('ben', 'sync', 'open', '--open');
  as('ana', 'post', '--to', 'ben', 'A needle for nobody else');
  const told = run(['-C', 'ana', 'sync', 'open'], { cwd }).stderr;
  expect(told).toContain('nothing of private topics goes onto an open drive');
  for (const text of ['needle', 'direct']) expect(filesWith('open', text)).toEqual([]);
  expect(as('ben', 'sync', 'open')).toContain('nothing new');
});

it.each([
  [['--to', 'ben', '-t', 'garden', 'x'], /--to and -t say two things/],
  [['--to', 'ben', '--lines'], /--to is for one message/],
  [['--to', 'nobody', 'x'], /no contact "nobody"/],
])('post %j is refused', (args, message) => {
  const { status, stderr } = run(['-C', 'ana', 'post', ...args], { cwd });
  expect(status).not.toBe(0);
  expect(stderr).toMatch(message);
});

it('keys of a script would lie there in the clear: a line with one is refused alone', () => {
  const input = '{"text": "one", "key": "a"}\n{"text": "two"}\n';
  const { status, stderr } = run(['-C', 'ana', 'post', '-t', 'ben', '--ndjson'], { cwd, input });
  expect([status, stderr]).toEqual([3, expect.stringContaining('a message of a private topic has no key')]);
  expect(textsOf('ana', 'ben').at(-1)).toBe('two');
});

it('is locked while nobody gives the passphrase, and not lost', () => {
  fs.writeFileSync(at('pass'), 'open sesame\n');
  const env = { SATCHEL_PASSPHRASE_FILE: 'pass' };
  run(['-C', 'ben', 'passphrase', 'set'], { cwd, env });
  const { status, stdout } = run(['-C', 'ben', 'read', '-n', '5'], { cwd });
  expect(status).toBe(14);
  expect(stdout).toContain('(locked: the passphrase opens it)');
  const open = run(['-C', 'ben', 'read', '-n', '5'], { cwd, env });
  expect([open.status, open.stdout]).toEqual([0, expect.stringContaining('Hello needle')]);
  // what arrives meanwhile is read with the passphrase
  as('ana', 'sync', 'stick');
  expect(run(['-C', 'ben', 'sync', 'stick'], { cwd, env }).stdout).toContain('new message');
  expect(run(['-C', 'ben', 'read', '-n', '1'], { cwd, env }).stdout).toContain('two');
});
