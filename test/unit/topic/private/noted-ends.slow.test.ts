// How far logs count is worked out once, and says always what the topic does (spec/repository.md, "Ends").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { LogId, TopicId } from '../../../../src/format/ids.js';
import { Keyring } from '../../../../src/identity/keyring.js';
import { readTopicKeys } from '../../../../src/identity/topic-keys.js';
import { fileOfState, readState, writeState } from '../../../../src/repository/state.js';
import { LiveKeyring } from '../../../../src/topic/message/keyring.js';
import { endsOf } from '../../../../src/topic/private/noted-ends.js';
import { viewTopic } from '../../../../src/topic/private/topic-view.js';
import { Chance } from '../../../testkit/chance.js';
import {
  beginWith,
  friendsWithStick,
  invite,
  isInvited,
  joinInvited,
  mayWrite,
  postPrivate,
  removeFrom,
  textsIn,
} from '../../../testkit/private-member.js';
import type { Replica } from '../../../testkit/replica.js';
import { memoryDirectory } from '../../../testkit/scratch.js';

const SEED = Number(process.env['ENDS_SEED'] ?? 7);
const STEPS = 24;
const NO_LOG = 'f'.repeat(64) as LogId;

let people: readonly Replica[];
let ana: Replica;
let ben: Replica;
let stick: string;
let topic: TopicId;

beforeEach(async () => {
  const made = await friendsWithStick(memoryDirectory(), ['ana', 'ben', 'cleo']);
  ({ people, stick } = made);
  [ana, ben] = people as [Replica, Replica];
  topic = await beginWith(ana, 'garden', people.slice(1));
  await visit(...people);
  for (const person of people) await postPrivate(person, topic, 'hello');
  await visit(...people, ...people, ...people);
});

/** Whoever is invited joins. */
async function visit(...visitors: readonly Replica[]): Promise<void> {
  for (const person of visitors) {
    person.now += 60_000;
    expect((await person.visit(stick)).failure).toBeUndefined();
    if (isInvited(person, topic)) await joinInvited(person, topic);
  }
}

/** A program of somebody's that begins now. */
async function begin(person: Replica): Promise<Replica> {
  const live = new LiveKeyring();
  live.take((await readTopicKeys(new Keyring(person.directory, undefined))).topics);
  person.topicKeys = live;
  return person.reopen();
}

async function endsAs(person: Replica, how: 'noted' | 'worked out'): Promise<(readonly [LogId, number | undefined])[]> {
  const { repository } = await begin(person);
  const endOf = how === 'noted' ? endsOf(repository, topic) : viewTopic(repository, topic)?.endOf;
  const logs = repository.logsOfTopic(topic).map(({ log }) => log);
  return [...logs, NO_LOG].map((log) => [log, endOf?.(log)]);
}

function noteOf(person: Replica) {
  return readState(person.repository.layout, 'ends', topic);
}

it('whatever happens in the topic', async () => {
  const chance = new Chance(SEED);
  const seen = new Set<number | undefined>();
  for (let step = 0; step < STEPS; step++) {
    const person = chance.pick(people);
    const other = chance.pick(people.slice(1));
    const what = chance.below(8);
    if (what === 0 && mayWrite(ana, topic)) await removeFrom(ana, topic, other);
    else if (what === 1) await invite(ana, topic, [other]);
    else if (what === 2 && mayWrite(other, topic)) await removeFrom(other, topic, other);
    else if (what < 5 && mayWrite(person, topic)) await postPrivate(person, topic, `text ${step}`);
    else await visit(person);
    for (const one of new Set([person, ana])) {
      const noted = await endsAs(one, 'noted');
      // as it was noted by now, too
      for (const ends of [noted, await endsAs(one, 'noted')]) {
        expect(ends, `${one.session.self.name}, step ${step}, seed ${SEED}`).toEqual(await endsAs(one, 'worked out'));
      }
      for (const [, end] of noted) seen.add(end);
    }
  }
  // some were cut off
  expect([...seen].some((end) => end !== undefined && end > 0 && Number.isFinite(end))).toBe(true);
});

it('without working it out where it is noted, whatever messages come', async () => {
  await endsAs(ben, 'noted');
  const before = noteOf(ben);
  await postPrivate(await begin(ana), topic, 'to be seen');
  await visit(ana, ben);
  expect(textsIn(await begin(ben), topic)).toContain('to be seen');
  expect(noteOf(ben)).toEqual(before);
  const [log] = ben.repository.logsOfTopic(topic).filter(({ person }) => person === ana.session.self.person);
  if (!before || !log) throw new Error('nothing is noted');
  const state = [log.log, log.end, log.entries, log.arrival, ''].join();
  writeState(ben.repository.layout, 'ends', { ...before, ended: [{ log: log.log, state, end: 1 }] }, topic);
  expect(textsIn(await begin(ben), topic)).not.toContain('to be seen');
  expect(textsIn(ben, topic).length).toBeGreaterThan(0);
  // more of it came since: a cut may name that as another entry
  writeState(ben.repository.layout, 'ends', { ...before, ended: [{ log: log.log, state: 'less', end: 1 }] }, topic);
  expect(textsIn(await begin(ben), topic)).toContain('to be seen');
});

it('anew with more control entries, and where the note is rotten', async () => {
  await endsAs(ana, 'noted');
  // which makes no new keys
  await removeFrom(await begin(ben), topic, ben);
  await visit(ben, ana);
  const before = await endsAs(ana, 'worked out');
  expect(before.filter(([, end]) => Number.isFinite(end)).length).toBeGreaterThan(1);
  expect(await endsAs(ana, 'noted')).toEqual(before);
  fs.writeFileSync(fileOfState(ana.repository.layout, 'ends', topic), 'rotten');
  expect(await endsAs(ana, 'noted')).toEqual(before);
});

it('no key, nor the hash of one', async () => {
  await endsAs(ana, 'noted');
  const text = fs.readFileSync(path.join(ana.repository.layout.root, 'index', 'ends', topic), 'latin1');
  const epochs = (ana.topicKeys as LiveKeyring).keysOf(topic)?.epochs ?? [];
  expect(epochs.length).toBeGreaterThan(0);
  for (const { id, control, data, dataHash } of epochs) {
    const secrets = [id, control.toString('hex'), data?.toString('hex'), dataHash?.toString('hex')];
    for (const secret of secrets) if (secret) expect(text).not.toContain(secret);
  }
});
