// What private topics take, in bytes (spec/veiled.md, "Sealed entries"; spec/epochs.md).
import { expect, it } from 'vitest';
import type { TopicId } from '../../../../src/format/ids.js';
import { LETTER_MAX } from '../../../../src/format/limits.js';
import { decodeVeiled } from '../../../../src/format/private/veiled-payload.js';
import { storedCard } from '../../../../src/identity/devices.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import { invitePeople, renewKeys } from '../../../../src/topic/writing/private-topic.js';
import { beginWith, friendsWithStick, postPrivate } from '../../../testkit/private-member.js';
import type { Replica } from '../../../testkit/replica.js';
import { memoryDirectory } from '../../../testkit/scratch.js';

const TEXT = 'The beans are up, and so are the snails. Come soon'; // 50 bytes
const DEVICES = 12;

function payloads(person: Replica, topic: TopicId): Buffer[] {
  const logs = person.repository.logsOfTopic(topic);
  return logs.flatMap(({ log }) => [...person.repository.entries(log)].flatMap(({ payload }) => payload ?? []));
}

it('a text, an introduction, an epoch and a letter', async () => {
  const names = Array.from({ length: DEVICES }, (_, i) => `person ${i}`);
  const { people } = await friendsWithStick(memoryDirectory(), names);
  const [ana, ben, ...others] = people as [Replica, Replica, ...Replica[]];
  const topic = await beginWith(ana, 'garden', others);
  await postPrivate(ana, topic, TEXT);
  await ana.post('garden', TEXT);
  const open = payloads(ana, rendezvousTopic('garden')).at(-1)?.length ?? 0;
  const sealed = payloads(ana, topic);
  const introduction = sealed[0]?.length ?? 0;
  const message = sealed.find((payload) => decodeVeiled(payload)?.kind === 'message')?.length ?? 0;
  const author = await ana.author();
  const { letters } = await ana.repository.lockedAsync(() =>
    invitePeople(ana.repository, author, topic, [
      { person: ben.session.self.person, card: storedCard(ben.card).bytes },
    ]),
  );
  const before = payloads(ana, topic).length;
  const again = await ana.author();
  await ana.repository.lockedAsync(() => renewKeys(ana.repository, again, topic));
  const epoch = payloads(ana, topic)
    .slice(before)
    .reduce((sum, { length }) => sum + length, 0);
  const letter = letters[0]?.file.length ?? 0;
  const sizes = { open, message, introduction, epoch, letter };
  expect(Object.values(sizes).every((size) => size > 0)).toBe(true);
  // the length of a text shows in steps of 32 bytes
  expect(sizes).toMatchObject({ open: 66, message: 130 });
  expect(introduction).toBeLessThanOrEqual(560);
  expect(epoch).toBeLessThanOrEqual(4_000);
  expect(letter).toBeLessThanOrEqual(LETTER_MAX);
});
