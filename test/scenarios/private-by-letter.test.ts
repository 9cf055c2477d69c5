// Who has nothing of a private topic but a letter writes nothing there yet (spec/private.md, "Usable epochs", "Citing").
import { expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import { SHARED_EPOCHS_MAX } from '../../src/format/limits.js';
import { fileKeysOf } from '../../src/identity/file-keys.js';
import { Keyring } from '../../src/identity/keyring.js';
import type { Letter } from '../../src/identity/letter.js';
import { publishPrivate } from '../../src/sync/export/publish-private.js';
import { keepLetter } from '../../src/sync/import/learn-keys.js';
import { readLetter } from '../../src/sync/import/letters.js';
import { epochsIn } from '../../src/topic/members/entitled.js';
import { viewTopic } from '../../src/topic/private/topic-view.js';
import { renewKeys } from '../../src/topic/writing/private-topic.js';
import { shareKeys } from '../../src/topic/writing/share-keys.js';
import {
  beginWith,
  friendsWithStick,
  invite,
  joinPrivate,
  postPrivate,
  textsIn,
  writeTo,
} from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

/** The letter that the next export would bring. */
async function letterTo(person: Replica, by: Replica, topic: TopicId): Promise<Letter> {
  const author = await by.author();
  const { letters } = await by.repository.lockedAsync(() => shareKeys(by.repository, author, topic));
  const [letter] = letters;
  if (!letter) throw new Error('no letter');
  const keys = fileKeysOf(new Keyring(person.directory, undefined), () => person.now);
  return (await readLetter(person.session, letter.file, keys)).letter;
}

/** Has somebody join by that, and by nothing else. */
async function joinByLetter(person: Replica, by: Replica, topic: TopicId): Promise<void> {
  const letter = await letterTo(person, by, topic);
  const keyring = new Keyring(person.directory, undefined);
  await person.repository.lockedAsync(() => keepLetter(person.session, keyring, letter));
  joinPrivate(person, topic, 'x');
  await person.settle();
}

it.each([
  ['a member', (ana: Replica, ben: Replica) => beginWith(ana, 'garden', [ben])],
  ['an owner', (ana: Replica, ben: Replica) => writeTo(ana, [ben], 'first')],
])('%s waits for what everybody can know of, and makes no epoch beside it', async (_, begin) => {
  const { people, stick } = await friendsWithStick(memoryDirectory(), ['ana', 'ben']);
  const [ana, ben] = people as [Replica, Replica];
  const topic = await begin(ana, ben);
  await joinByLetter(ben, ana, topic);
  expect(viewTopic(ben.repository, topic)?.held.graph.size).toBeGreaterThan(0);
  const before = ben.repository.lastArrival;
  await expect(postPrivate(ben, topic, 'too early')).rejects.toMatchObject({ code: 'waiting-for-key' });
  // nor does an export say anything there
  const author = { ...(await ben.author()), onPassedOver: (...told: unknown[]) => expect(told).toBeUndefined() };
  await ben.repository.lockedAsync(() => publishPrivate(ben.session, author));
  expect([ben.repository.lastArrival, ben.repository.logsOfTopic(topic)]).toEqual([before, []]);
  await ana.visit(stick);
  await ben.visit(stick);
  await postPrivate(ben, topic, 'in time');
  expect(textsIn(ben, topic).at(-1)).toBe('in time');
  const view = viewTopic(ben.repository, topic);
  expect(view && epochsIn(view.resolution)).toHaveLength(1);
});

it('what finds no room in a letter is said to nobody to have been given', async () => {
  const { people } = await friendsWithStick(memoryDirectory(), ['ana', 'ben']);
  const [ana, ben] = people as [Replica, Replica];
  const topic = await beginWith(ana, 'garden', []);
  for (let i = 0; i < SHARED_EPOCHS_MAX; i++) {
    const author = await ana.author();
    await ana.repository.lockedAsync(() => renewKeys(ana.repository, author, topic));
  }
  await invite(ana, topic, [ben]);
  const given = (await letterTo(ben, ana, topic)).epochs.map(({ id }) => id);
  const claimed = viewTopic(ana.repository, topic)?.claims.flatMap(({ epochs }) => epochs) ?? [];
  expect(claimed.sort()).toEqual(given.sort());
  expect(given.length).toBeLessThan(SHARED_EPOCHS_MAX);
});
