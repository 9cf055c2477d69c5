// What topic join and topic create ask on a terminal, and that nobody else is asked (spec/cli.md, "Topics").
import { beforeEach, expect, it } from 'vitest';
import { readTopics } from '../../../../../src/topic/topics.js';
import { type EndedHere, runHere } from '../../../../testkit/command.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

let ana: Replica;
let asked: string[];

beforeEach(async () => {
  ana = (await Replica.create('ana', scratchDirectory())).join('garden');
  asked = [];
});

/** Runs `topic` for somebody who gives these answers, or for nobody. */
function topic(words: readonly string[], answers?: readonly string[]): Promise<EndedHere> {
  const left = [...(answers ?? [])];
  const answer = (question: string): string | undefined => {
    asked.push(question);
    return left.shift();
  };
  const env = { SATCHEL_DIR: ana.directory, SATCHEL_STATE_DIR: ana.stateDirectory };
  const world = ana.repository.world;
  const people = { columns: 80 };
  return runHere(['topic', ...words], { env, world, people, answer: answers && answer });
}

function joined(): string[] {
  return readTopics(ana.directory).topics.flatMap((one) => (one.joined ? one.label : []));
}

it('joins what was meant, begins what is wanted, and neither unasked', async () => {
  expect((await topic(['join', 'gardne'], ['y'])).exit).toBe(0);
  expect([asked.length, joined()]).toEqual([1, ['garden']]);
  expect(await topic(['join', 'gardne'], ['n', 'n'])).toMatchObject({ exit: 15 });
  expect([asked.length, joined()]).toEqual([3, ['garden']]);
  expect(asked.at(-1)).toContain('Begin the topic "gardne"');
  expect((await topic(['join', 'gardne'], ['n', 'yes'])).exit).toBe(0);
  expect(joined()).toEqual(['garden', 'gardne']);
  asked = [];
  expect((await topic(['join', 'orchard'], ['y'])).exit).toBe(0);
  await topic(['leave', 'orchard'], []);
  for (const known of ['orchard', 'garden']) expect((await topic(['join', known], [])).exit).toBe(0);
  expect(asked).toHaveLength(1);
  expect((await topic(['join', 'orchards'])).exit).toBe(0);
});

it('creates a topic beside one of almost that name only when that is wanted', async () => {
  expect(await topic(['create', 'Garden', '--open'], ['n'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('topic switch garden'),
  });
  expect(joined()).toEqual(['garden']);
  expect((await topic(['create', 'Garden', '--open'], ['y'])).exit).toBe(0);
  expect((await topic(['create', 'Summer trip', '--open'], [])).exit).toBe(0);
  expect((await topic(['create', 'Gardens', '--open'])).exit).toBe(0);
  expect([asked.length, joined()]).toEqual([2, ['garden', 'Garden', 'Summer trip', 'Gardens']]);
});

it('asks on a terminal whether a topic is private or open, and elsewhere wants to be told', async () => {
  expect((await topic(['create', 'diary'], ['y'])).exit).toBe(0);
  expect((await topic(['create', 'fair'], ['n', 'y'])).exit).toBe(0);
  expect((await topic(['create', 'neither'], ['n', 'n'])).exit).toBe(2);
  expect((await topic(['create', 'untold'])).exit).toBe(2);
  expect((await topic(['create', 'both', '--open', '--private'])).exit).toBe(2);
  const kinds = readTopics(ana.directory).topics.map(({ label, kind }) => [label, kind]);
  expect(kinds).toEqual([
    ['garden', 'rendezvous'],
    ['diary', 'private'],
    ['fair', 'created'],
  ]);
});
