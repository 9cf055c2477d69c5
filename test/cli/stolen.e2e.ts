// The first device of an owner is stolen, and the recovery words end what it says, with the built program: what
// docs/a-private-group.md says under "A stolen device".
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { recoveryWords } from '../../src/identity/recovery.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';
import { run } from './program.js';

const LIMIT_MS = 300_000;

it('is heard no more, and what it did is undone, with one visit of each', { timeout: LIMIT_MS }, async () => {
  const cwd = scratchDirectory();
  const stick = makeStick(path.join(cwd, 'stick'), 1);
  // biome-ignore lint/suspicious/noExplicitAny: what the test expects of it says what it is
  const must = (who: string, args: readonly string[], input?: string): any => {
    const ended = run(['-C', who, ...args, '--json'], input === undefined ? { cwd } : { cwd, input });
    expect(ended.status, `${who}: ${args.join(' ')}: ${ended.stderr}`).toBe(0);
    const [first = '{}'] = ended.stdout.trim().split('\n');
    return JSON.parse(first || '{}');
  };
  const sync = (...people: string[]): void => {
    for (const one of people) must(one, ['sync', stick]);
  };
  const texts = (who: string): unknown[] => {
    const { stdout } = run(['-C', who, 'read', '-t', 'family', '--json'], { cwd });
    const lines = stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => (JSON.parse(line) as { text: unknown }).text).sort();
  };
  const members = (who: string): Record<string, string> => {
    const all = must(who, ['topic', 'members', '-t', 'family']).members as { name: string; role: string }[];
    return Object.fromEntries(all.map(({ name, role }) => [name, role]));
  };
  const meet = (who: string, other: string): void => must(who, ['contact', 'add', path.join(cwd, `${other}.card`)]);

  for (const name of ['desk', 'ben', 'mallory']) {
    must(name, ['init', '--name', name === 'desk' ? 'ana' : name]);
    must(name, ['card', '-o', path.join(cwd, `${name}.card`)]);
  }
  meet('desk', 'ben');
  meet('desk', 'mallory');
  meet('ben', 'desk');
  const words = (await wordsOf(path.join(cwd, 'desk'))).join(' ');
  must('desk', ['topic', 'create', 'family', '--with', 'ben']);
  must('desk', ['post', 'from the desk']);
  sync('desk', 'ben');
  must('ben', ['topic', 'join', 'family']);
  must('ben', ['post', 'from ben']);
  const asked = must('laptop', ['device', 'request', '--name', 'laptop', '-o', stick]);
  const answered = must('desk', ['device', 'add', asked.file, '--words', asked.words, '-o', stick]);
  expect(must('laptop', ['device', 'join', answered.file, '--words', answered.words])).toMatchObject({ topics: 1 });
  sync('ben', 'desk', 'laptop', 'ben', 'desk', 'laptop', 'ben');
  expect(texts('laptop')).toEqual(['from ben', 'from the desk']);

  // stolen
  must('laptop', ['recovery', 'use', '--keep-none'], words);
  must('desk', ['topic', 'invite', 'mallory', '-t', 'family']);
  must('desk', ['topic', 'remove', 'ben', '-t', 'family']);
  must('desk', ['post', '-t', 'family', 'from the thief']);
  sync('desk', 'ben');
  expect(members('ben')).toEqual({ ana: 'owner', ben: 'none', mallory: 'member' });
  expect(run(['-C', 'ben', 'post', '-t', 'family', 'may I?'], { cwd }).status).toBe(18);

  const { stderr } = run(['-C', 'laptop', 'sync', stick], { cwd });
  expect(stderr).toContain('in "family" your former devices are heard no more, which changes who is in it');
  sync('ben');
  for (const one of ['laptop', 'ben']) expect(members(one), one).toEqual({ ana: 'owner', ben: 'member' });
  must('ben', ['post', '-t', 'family', 'there you are']);
  must('laptop', ['post', '-t', 'family', 'back again']);
  sync('ben', 'laptop', 'ben');
  const all = ['back again', 'from ben', 'from the desk', 'there you are'];
  for (const one of ['laptop', 'ben']) expect(texts(one), one).toEqual(all);
});

/** The words of somebody who wrote them down: what they are made of is on its disk no more. */
async function wordsOf(directory: string): Promise<readonly string[]> {
  const file = path.join(directory, '.satchel/keys/secrets.json');
  const { recovery, ...rest } = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, JSON.stringify(rest));
  return recoveryWords(Buffer.from(recovery, 'hex'));
}
