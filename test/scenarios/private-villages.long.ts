// Six people in two villages, one stick, and somebody between them who carries all of it and has no key (spec/private.md, "Security";
// spec/veiled.md, "Carrying"). What is with the built program is in cases/two-villages.e2e.ts.
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import { viewTopic } from '../../src/topic/private/topic-view.js';
import {
  beginWith,
  friendsWithStick,
  invite,
  isInvited,
  joinInvited,
  mayWrite,
  openKeysOf,
  postPrivate,
  removeFrom,
  textsIn,
} from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { copyOf } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { filesBelow, foundIn, type Secret, secretId, secretText } from '../testkit/search.js';
import { makeStick } from '../testkit/stick.js';

const NAMES = ['ana', 'ben', 'cleo', 'dora', 'emil', 'finn', 'gus'] as const;
const LABEL = 'the walled garden';
const VISITS_AWAY = 40;

type Name = (typeof NAMES)[number];

let directory: string;
let stick: string;
let people: Record<Name, Replica>;
let topic: TopicId;

/** Everybody but Gus, who carries, is in it. */
beforeEach(async () => {
  directory = memoryDirectory();
  const made = await friendsWithStick(directory, NAMES);
  stick = made.stick;
  people = Object.fromEntries(NAMES.map((name, i) => [name, made.people[i]])) as Record<Name, Replica>;
  const { ana, ben, cleo, dora, emil, finn } = people;
  await visit(...NAMES);
  topic = await beginWith(ana, LABEL, [ben, cleo, dora, emil, finn]);
  await say('ana', 'the spare key lies under the third stone');
  await journey(2);
});

/** These visit the stick one after the other, and join what they are invited to. */
async function visit(...names: readonly Name[]): Promise<void> {
  for (const name of names) {
    const person = people[name];
    for (const one of Object.values(people)) one.now += 60_000;
    expect((await person.visit(stick)).failure, name).toBeUndefined();
    if (topic !== undefined && isInvited(person, topic)) await joinInvited(person, topic);
  }
}

/** So many times the stick is in one village, and then in the other. */
async function journey(times: number): Promise<void> {
  for (let i = 0; i < times; i++) await visit('ana', 'ben', 'cleo', 'gus', 'dora', 'emil', 'finn', 'gus');
}

function say(name: Name, ...texts: readonly string[]): Promise<void> {
  return postPrivate(people[name], topic, ...texts);
}

function texts(name: Name): string[] {
  return textsIn(people[name], topic);
}

function secrets(): Secret[] {
  const { ana } = people;
  const said = texts('ana').map((text) => secretText('text', text));
  return [secretText('label', LABEL), secretId('topic', topic), ...said, secretId('person', ana.session.self.person)];
}

it('who carries it has all of it and not a byte that says anything, and it is enough for the other village', async () => {
  await say('ben', 'then the gate stays shut on Sunday');
  // the stick does not get there: Gus has another one
  await visit('ana', 'ben', 'gus');
  stick = makeStick(path.join(directory, 'other stick'), 2);
  await visit('dora', 'emil', 'finn', 'gus', 'dora');
  await say('dora', 'nobody is to know of it');
  await visit('dora', 'gus', 'emil', 'finn');
  const all = [
    'the spare key lies under the third stone',
    'then the gate stays shut on Sunday',
    'nobody is to know of it',
  ];
  for (const name of ['dora', 'emil', 'finn'] as const) expect(texts(name)).toEqual(all);
  await journey(2);
  for (const name of NAMES) if (name !== 'gus') expect(texts(name), name).toEqual(all);
  expect(people.gus.repository.logsOfTopic(topic)).toEqual([]);
  expect(mayWriteAll()).toBe(true);
  // what lies on a stick or with who carries says who is there, by cards, and nothing of what is said
  const [who, ...others] = secrets().reverse();
  for (const place of [stick, path.join(directory, 'stick'), path.join(people.gus.directory, '.satchel')]) {
    for (const { name, bytes } of filesBelow(place)) {
      const isPlain = !name.endsWith('.pack');
      expect(foundIn(bytes, others, { isPlain }), `${place}/${name}`).toEqual([]);
    }
  }
  expect(who?.what).toContain('person');
});

function mayWriteAll(): boolean {
  return NAMES.every((name) => name === 'gus' || mayWrite(people[name], topic));
}

it('who is away for forty visits while somebody is taken out reads all it may, writes on, and loses nothing', async () => {
  await say('emil', 'before I go');
  await journey(1);
  await say('finn', 'in time');
  await visit('finn', 'ana', 'gus');
  // Emil is away, and has written more on a computer that nobody meets
  await say('emil', 'written far away', 'and once more');
  await removeFrom(people.ana, topic, people.finn);
  const others = ['ana', 'ben', 'gus', 'cleo', 'dora'] as const;
  await visit(...others);
  const said: string[] = [];
  for (let i = 0; i < VISITS_AWAY; i++) {
    const name = others[i % others.length] ?? 'ana';
    if (name !== 'gus' && i % 3 === 0) {
      said.push(`meanwhile ${i}`);
      await say(name, `meanwhile ${i}`);
    }
    await visit(name);
  }
  await visit('emil');
  expect(texts('emil')).toEqual(expect.arrayContaining(['in time', ...said]));
  await say('emil', 'back again');
  await visit('emil', ...others, 'emil');
  const all = [
    'the spare key lies under the third stone',
    'before I go',
    'in time',
    'written far away',
    'and once more',
  ];
  for (const name of ['ana', 'ben', 'cleo', 'dora', 'emil'] as const) {
    expect(texts(name).sort(), name).toEqual([...all, ...said, 'back again'].sort());
  }
  // Finn, who has not heard of it, writes into nothing, and reads nothing of what was said since
  await say('finn', 'anybody?');
  await visit('finn', ...others);
  for (const name of ['ana', 'cleo'] as const) expect(texts(name)).not.toContain('anybody?');
  expect(texts('finn').filter((text) => said.includes(text))).toEqual([]);
  expect(mayWrite(people.finn, topic)).toBe(false);
  // and then he is in it again, with all of it
  await invite(people.ana, topic, [people.finn]);
  await visit(...others, 'finn', 'ana', 'finn');
  expect(texts('finn')).toEqual(expect.arrayContaining([...said, 'back again']));
  await say('finn', 'thank you');
  await visit('finn', ...others, 'emil', ...others);
  for (const name of ['ana', 'ben', 'cleo', 'dora', 'emil', 'finn'] as const) {
    expect(texts(name).sort(), name).toEqual([...all, ...said, 'back again', 'thank you'].sort());
  }
});

it('an owner whose disk was an old one goes on, is told, and all agree on who is in it', async () => {
  await journey(1);
  // all of the disk, the notes outside of the repository too
  const old = copyOf(people.ana, 'old disk');
  await say('ana', 'on the new disk');
  await removeFrom(people.ana, topic, people.finn);
  await visit('ana', 'ben', 'cleo');
  people.ana.repository.close();
  people.ana = old;
  openKeysOf(old);
  await say('ana', 'on the old disk');
  const dora = people.dora.session.self.person;
  await removeFrom(old, topic, people.dora);
  await visit('ana', 'gus', 'emil', 'ana');
  await journey(2);
  expect(people.ana.repository.frozen.size).toBeGreaterThan(0);
  await say('ana', 'and on');
  await journey(2);
  for (const name of ['ana', 'ben', 'cleo', 'emil'] as const) {
    // both removals count, wherever they were written
    const resolution = viewTopic(people[name].repository, topic)?.resolution;
    expect(resolution?.role(people.finn.session.self.person), name).toBe(0);
    expect(resolution?.role(dora), name).toBe(0);
    const shown = texts(name).filter((text) => text !== '(contradicted)');
    expect(shown, name).toEqual(expect.arrayContaining(['the spare key lies under the third stone', 'and on']));
    expect(shown, name).not.toContain('');
    expect(mayWrite(people[name], topic), name).toBe(true);
  }
});
