// Who joins late is led to older keys by links (spec/epochs.md, "Links").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import { LETTER_DAYS } from '../../src/format/limits.js';
import type { EpochKeys } from '../../src/format/private/epoch.js';
import { Keyring } from '../../src/identity/keyring.js';
import type { Letter } from '../../src/identity/letter.js';
import { type KeptTopicKeys, readTopicKeys } from '../../src/identity/topic-keys.js';
import { keepLetter } from '../../src/sync/import/learn-keys.js';
import { lettersHere } from '../../src/sync/import/letters.js';
import { epochsIn } from '../../src/topic/members/entitled.js';
import { LiveKeyring } from '../../src/topic/message/keyring.js';
import { needOf } from '../../src/topic/private/needs.js';
import { renewKeys } from '../../src/topic/writing/private-topic.js';
import { openSharing } from '../../src/topic/writing/share-keys.js';
import { knownKey } from '../testkit/open-sealed.js';
import { beginWith, friendsWithStick, invite, joinPrivate, postPrivate, textsIn } from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

const EPOCHS = 6;
let ana: Replica;
let ben: Replica;
let topic: TopicId;

/** Ana wrote under several epochs before she invited Ben. */
beforeEach(async () => {
  const { people, stick } = await friendsWithStick(memoryDirectory(), ['ana', 'ben']);
  [ana, ben] = people as [Replica, Replica];
  topic = await beginWith(ana, 'garden', []);
  for (let i = 0; i < EPOCHS; i++) {
    await postPrivate(ana, topic, `text ${i}`);
    const author = await ana.author();
    await ana.repository.lockedAsync(() => renewKeys(ana.repository, author, topic));
  }
  await invite(ana, topic, [ben]);
  for (const person of [ana, ben]) await person.visit(stick);
});

/** Ben joins, but has of the letter's keys only these of the newest epoch. */
async function joinWith(part: (newest: EpochKeys) => EpochKeys): Promise<void> {
  const keyring = new Keyring(ben.directory, undefined);
  const found = (await lettersHere(ben.session, knownKey(ben.directory))).find(({ create }) => create.topic === topic);
  const [newest] = found?.letter.epochs ?? [];
  if (!found || !newest) throw new Error('nobody was invited');
  const letter: Letter = { ...found.letter, epochs: [part(newest)] };
  await ben.repository.lockedAsync(() => keepLetter(ben.session, keyring, letter));
  joinPrivate(ben, topic, 'garden');
  // the letter itself is opened no more
  ben.now += (LETTER_DAYS + 1) * 86_400_000;
  await ben.settle();
}

/** A program of Ben's begins, and has the keys that are kept. */
function beginAnew({ topics }: KeptTopicKeys): void {
  const live = new LiveKeyring();
  live.take(topics);
  ben.topicKeys = live;
  ben.reopen();
}

it('with one key he has all of them, and they are written at once', async () => {
  await joinWith((newest) => newest);
  expect(textsIn(ben, topic)).toEqual(Array.from({ length: EPOCHS }, (_, i) => `text ${i}`));
  expect(fs.readdirSync(path.join(ben.directory, '.satchel', 'keys', 'topics'))).toHaveLength(2);
});

it('with C alone he sees whose logs there are, and passes nothing on of what nobody proved', async () => {
  await joinWith(({ id, control, dataHash }) => ({ id, control, dataHash }));
  const kept = await readTopicKeys(new Keyring(ben.directory, undefined));
  for (const begin of [() => undefined, () => beginAnew(kept)]) {
    begin();
    expect(ben.repository.logsOfTopic(topic)).toHaveLength(1);
    expect(textsIn(ben, topic)).toEqual(Array.from({ length: EPOCHS }, () => '(waiting)'));
  }
  expect(kept.topics.flatMap(({ epochs }) => epochs)).toHaveLength(1);
  const sharing = await openSharing(ben.repository, await ben.author(), topic);
  if (!sharing) throw new Error('not in it');
  const { view, around, keyring } = sharing;
  const epochs = epochsIn(view.resolution).map(({ says }) => says.epoch);
  expect(epochs.map((epoch) => around.known.hasControl(epoch))).toEqual(epochs.map((_, i) => i === EPOCHS));
  // they are asked for all the same
  expect(needOf(ben.repository, view, keyring).epochs).toEqual([...epochs].sort());
});
