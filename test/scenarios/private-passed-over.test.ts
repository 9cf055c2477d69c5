// A private topic in which nothing more can be stated, beside others (spec/private.md, "Sharing").
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import { publishPrivate } from '../../src/sync/export/publish-private.js';
import { viewTopic } from '../../src/topic/private/topic-view.js';
import { loseDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import { beginWith, postPrivate } from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

it('stops no other, and is written in once it can be', async () => {
  const directory = memoryDirectory();
  const stick = makeStick(path.join(directory, 'stick'), 1);
  const ana = await Replica.create('ana', directory);
  ana.seal = 'always';
  const phone = await pair(ana, 'phone', directory);
  const topics = [await beginWith(ana, 'one', []), await beginWith(ana, 'two', [])];
  for (const topic of topics) await postPrivate(ana, topic, 'hello');
  phone.seal = 'always';
  for (const one of [ana, phone, ana]) await one.visit(stick);
  await loseDevice(ana, phone);

  const passed: unknown[] = [];
  const publish = async (): Promise<void> => {
    const author = { ...(await ana.author()), onPassedOver: (...told: unknown[]) => passed.push(told) };
    await ana.repository.lockedAsync(() => publishPrivate(ana.session, author));
  };
  const stated = (): number[] => topics.map((topic) => viewTopic(ana.repository, topic)?.resolution.lists.length ?? -1);
  const full = viewTopic(ana.repository, topics[0] as TopicId);
  if (!full) throw new Error('no topic');
  // as if the device had stated all that it may
  const take = vi.spyOn(full.held, 'take').mockReturnValue([]);
  await publish();
  expect(passed).toEqual([[topics[0], expect.objectContaining({ code: 'over-limit' })]]);
  expect(take).toHaveBeenCalled();
  expect(stated()).toEqual([0, 1]);
  await publish();
  expect(passed).toHaveLength(1);
  expect(stated()).toEqual([1, 1]);
});
