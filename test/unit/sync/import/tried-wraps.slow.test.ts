// Wraps are looked into once, unless that may bring something (spec/repository.md, "Wraps").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { TopicId } from '../../../../src/format/ids.js';
import { createAgeIdentity } from '../../../../src/identity/age.js';
import type { FileKeys } from '../../../../src/identity/file-keys.js';
import { Keyring } from '../../../../src/identity/keyring.js';
import { readTopicKeys } from '../../../../src/identity/topic-keys.js';
import { fileOfState } from '../../../../src/repository/state.js';
import { KeysLearning } from '../../../../src/sync/import/learn-keys.js';
import { epochsIn } from '../../../../src/topic/members/entitled.js';
import { LiveKeyring } from '../../../../src/topic/message/keyring.js';
import { viewTopic } from '../../../../src/topic/private/topic-view.js';
import { renewKeys } from '../../../../src/topic/writing/private-topic.js';
import { knownKey } from '../../../testkit/open-sealed.js';
import { beginWith, friendsWithStick, joinInvited, postPrivate, removeFrom } from '../../../testkit/private-member.js';
import type { Replica } from '../../../testkit/replica.js';
import { memoryDirectory } from '../../../testkit/scratch.js';

let ana: Replica;
let ben: Replica;
let cleo: Replica;
let stick: string;
let topic: TopicId;

/** Ben and Cleo are in Ana's topic; all have renewed its keys. */
beforeEach(async () => {
  const made = await friendsWithStick(memoryDirectory(), ['ana', 'ben', 'cleo']);
  [ana, ben, cleo] = made.people as [Replica, Replica, Replica];
  ({ stick } = made);
  topic = await beginWith(ana, 'garden', [ben, cleo]);
  await visits(ana, ben, cleo);
  for (const person of [ben, cleo]) await joinInvited(person, topic);
  for (const person of [cleo, ana]) await renew(person);
  await visits(cleo, ana, ben);
});

async function visits(...people: readonly Replica[]): Promise<void> {
  for (const person of people) {
    person.now += 60_000;
    expect((await person.visit(stick)).failure).toBeUndefined();
  }
}

async function renew(person: Replica): Promise<void> {
  const author = await person.author();
  await person.repository.lockedAsync(() => renewKeys(person.repository, author, topic));
}

/** How many wraps a program of Ben's looks into that begins now, with the keys it keeps or these. */
async function looks(keys?: LiveKeyring): Promise<number> {
  const keyring = new Keyring(ben.directory, undefined);
  const live = keys ?? new LiveKeyring();
  if (!keys) live.take((await readTopicKeys(keyring)).topics);
  ben.topicKeys = live;
  ben.reopen();
  let count = 0;
  const counting: FileKeys = (header) => {
    count++;
    return knownKey(ben.directory)(header);
  };
  const learning = new KeysLearning(ben.session, keyring, live, { keys: counting, letters: [] });
  await ben.repository.lockedAsync(() => learning.learn(topic));
  return count;
}

/** Ben has one more key, the first or the last of them, that was made then. */
async function addKey(from: number): Promise<void> {
  const key = await createAgeIdentity(() => Buffer.alloc(32, 77));
  const keyring = new Keyring(ben.directory, undefined);
  await ben.repository.lockedAsync(() =>
    keyring.update((old) => ({ ...old, recipients: [{ key, from }, ...old.recipients] })),
  );
}

function wraps(): number {
  return (viewTopic(ben.repository, topic)?.controls ?? []).filter(({ wrap }) => wrap !== undefined).length;
}

it('also by programs that begin later, and with keys that are made later', async () => {
  expect(await looks()).toBe(0);
  expect(wraps()).toBeGreaterThan(2);
  await addKey(ben.now + 1);
  expect(await looks()).toBe(0);
  await renew(ana);
  await postPrivate(ana, topic, 'under the newest');
  await visits(ana, ben);
  expect(await looks()).toBe(0);
});

it('all of them with a key that was there before, or where nothing is noted', async () => {
  await addKey(0);
  expect(await looks()).toBe(wraps());
  expect(await looks()).toBe(0);
  fs.writeFileSync(fileOfState(ben.repository.layout, 'wraps', topic), 'rotten');
  expect(await looks()).toBe(wraps());
});

it('where keys were lost, those that bring them back', async () => {
  const [kept] = (await readTopicKeys(new Keyring(ben.directory, undefined))).topics;
  const newest = kept?.epochs.at(-1);
  if (!kept || !newest) throw new Error('no keys');
  fs.rmSync(path.join(ben.directory, '.satchel', 'keys', 'topics'), { recursive: true });
  const live = new LiveKeyring();
  live.take([{ ...kept, epochs: kept.epochs.filter((one) => one !== newest) }]);
  expect(await looks(live)).toBeGreaterThan(0);
  expect(live.epoch(topic, newest.id)).toEqual(newest);
});

it('none of whoever was taken out, behind what counts', async () => {
  await removeFrom(ana, topic, cleo);
  await visits(ana, ben);
  await renew(cleo);
  await cleo.visit(stick);
  await ben.visit(stick);
  const view = viewTopic(ben.repository, topic);
  const behind = view?.controls.filter(({ log, seq, wrap }) => wrap && seq >= (view.endOf(log) ?? 0)) ?? [];
  expect(behind.length).toBeGreaterThan(0);
  expect(epochsIn((view as NonNullable<typeof view>).resolution).length).toBeGreaterThan(3);
  fs.rmSync(fileOfState(ben.repository.layout, 'wraps', topic));
  expect(await looks()).toBe(wraps() - behind.length);
});
