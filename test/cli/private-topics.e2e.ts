// A private topic of several people through the built program (spec/cli.md, "Private topics").
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ended, run, runJson } from './program.js';

let cwd: string;
const PEOPLE = ['ana', 'ben', 'cleo'] as const;
const at = (...names: string[]): string => path.join(cwd, ...names);

beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-group-'));
  fs.mkdirSync(at('stick'));
  for (const name of PEOPLE) fs.writeFileSync(at(`${name}.card`), must(name, 'init', '--name', name).stdout);
  for (const name of PEOPLE)
    for (const other of PEOPLE) if (other !== name) must(name, 'contact', 'add', '-q', `${other}.card`);
  must('ana', 'drive', 'init', '-q', at('stick'));
});

afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }));

function as(who: string, ...args: string[]): Ended {
  return run(['-C', who, ...args], { cwd });
}

/** @throws Error when it failed */
function must(who: string, ...args: string[]): Ended {
  const ended = as(who, ...args);
  if (ended.status !== 0)
    throw new Error(`${who}: satchel ${args.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
  return ended;
}

function sync(...people: string[]): void {
  for (const person of people) must(person, 'sync', '-q', 'stick');
}

function texts(who: string): unknown[] {
  const { stdout } = must(who, 'read', '-t', 'family', '-n', '20', '--json');
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: unknown }).text);
}

function statesSeenBy(who: string): Record<string, string> {
  const { members } = runJson<{ members: { contact: string; role: string; state: string }[] }>(
    ['-C', who, 'topic', 'members', '-t', 'family'],
    { cwd },
  );
  return Object.fromEntries(members.map(({ contact, role, state }) => [contact, `${role} ${state}`]));
}

it('is created with members, who are invited by the stick, join, and read all of it', () => {
  expect(as('ana', 'topic', 'create', 'family')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--with CONTACT or --private'),
  });
  const created = must('ana', 'topic', 'create', 'family', '--with', 'ben');
  expect(created.stdout).toContain('which is private');
  expect(created.stderr).toContain('not forward secret');
  must('ana', 'post', 'The roof leaks');
  sync('ana');
  expect(must('ben', 'sync', 'stick').stderr).toContain('ana invites you to the private topic "family"');
  expect(runJson(['-C', 'ben', 'topic', 'list'], { cwd })).toMatchObject({
    topics: [{ name: 'family', private: true, state: 'invited', joined: false }],
  });
  const status = runJson<object>(['-C', 'ben', 'status'], { cwd });
  expect(status).toMatchObject({ waiting: 0, locked: 0, invitations: [{ topic: 'family' }] });
  expect(must('ben', 'status').stdout).toContain('ana invites you to "family"');
  expect(as('ben', 'post', '-t', 'family', 'x')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('topic join'),
  });
  must('ben', 'topic', 'join', 'family');
  expect(texts('ben')).toEqual(['The roof leaks']);
  must('ben', 'post', 'I have a ladder');
  sync('ben', 'ana');
  expect(texts('ana')).toEqual(['The roof leaks', 'I have a ladder']);
  expect(statesSeenBy('ana')).toEqual({ ana: 'owner joined', ben: 'member joined' });
});

it('takes in a late one by a letter as text, which nobody else opens', () => {
  const [letter = ''] = must('ana', 'topic', 'invite', 'cleo', '--text').stdout.split('\n');
  expect(letter).toMatch(/^satchelletter1:/);
  expect(as('ben', 'topic', 'join', letter).status).toBe(17);
  expect(as('cleo', 'topic', 'join', `${letter.slice(0, -9)}x`).status).toBe(2);
  must('cleo', 'topic', 'join', `Here it is: ${letter}`);
  sync('ana', 'cleo');
  expect(texts('cleo')).toEqual(['The roof leaks']);
  sync('ben', 'cleo');
  must('cleo', 'post', 'And I have nails');
  sync('cleo', 'ana', 'ben', 'cleo');
  for (const person of PEOPLE) expect(texts(person)).toEqual(['The roof leaks', 'I have a ladder', 'And I have nails']);
  // only an owner says who is in it
  expect(as('cleo', 'topic', 'remove', 'ben')).toMatchObject({ status: 18, stderr: expect.stringContaining('owner') });
  expect(as('cleo', 'topic', 'invite', 'ben').status).toBe(0);
});

it('takes somebody out, who reads nothing of what is written from then on', () => {
  must('ana', 'topic', 'remove', 'ben');
  must('ana', 'post', 'A surprise for ben');
  sync('ana', 'cleo', 'ana', 'ben');
  expect(as('ben', 'post', '-t', 'family', 'still here')).toMatchObject({ status: 18 });
  expect(texts('ben')).not.toContain('A surprise for ben');
  expect(texts('cleo').at(-1)).toBe('A surprise for ben');
  expect(statesSeenBy('cleo')).toMatchObject({ ben: 'none removed' });
  expect(must('ana', 'topic', 'members').stdout).toMatch(/cleo .* knows of the newest change/);
  must('ana', 'topic', 'invite', 'ben');
  sync('ana', 'ben', 'ana', 'cleo', 'ana', 'ben');
  must('ben', 'post', '-t', 'family', 'Back again');
  sync('ben', 'ana');
  expect(texts('ana').at(-1)).toBe('Back again');
  expect(texts('ben')).toContain('A surprise for ben');
});

it('is left, and renewed, and not left by its only owner unasked', () => {
  must('cleo', 'topic', 'leave', 'family');
  sync('cleo', 'ana');
  expect(statesSeenBy('ana')).toMatchObject({ cleo: 'none left' });
  expect(as('ana', 'topic', 'leave')).toMatchObject({ status: 2, stderr: expect.stringContaining('--force') });
  must('ana', 'topic', 'renew');
  must('ana', 'post', 'under new keys');
  sync('ana', 'ben');
  expect(texts('ben').at(-1)).toBe('under new keys');
  must('ana', 'topic', 'leave', '--force');
});
