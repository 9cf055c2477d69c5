// A device that came to topics of its person later begins nothing in them that is there already (spec/private.md, "Citing").
import { beforeEach, expect, it } from 'vitest';
import { epochOf } from '../../src/format/private/epoch.js';
import { epochsIn } from '../../src/topic/members/entitled.js';
import { LiveKeyring } from '../../src/topic/message/keyring.js';
import { viewTopic } from '../../src/topic/private/topic-view.js';
import { openNewTopic } from '../../src/topic/writing/private-topic.js';
import { pair } from '../testkit/paired.js';
import {
  beginWith,
  friendsWithStick,
  joinPrivate,
  openKeysOf,
  postPrivate,
  textsIn,
} from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';

let directory: string;
let stick: string;
let ana: Replica;
let ben: Replica;

beforeEach(async () => {
  directory = memoryDirectory();
  const friends = await friendsWithStick(directory, ['ana', 'ben']);
  stick = friends.stick;
  [ana, ben] = friends.people as [Replica, Replica];
});

it("waits for what was written there, and is one of its owner's then", async () => {
  const topic = await beginWith(ana, 'garden', [ben]);
  await postPrivate(ana, topic, 'from the desk');
  const phone = await pair(ana, 'phone', directory);
  phone.seal = 'always';
  joinPrivate(phone, topic, 'garden');
  phone.topicKeys = new LiveKeyring(true);
  phone.reopen();
  await expect(postPrivate(phone, topic, 'too early')).rejects.toMatchObject({ code: 'waiting-for-key' });
  // nor does a bundle make it write
  await bundleFrom(phone, directory);
  await expect(postPrivate(phone, topic, 'too early')).rejects.toMatchObject({ code: 'waiting-for-key' });
  for (const one of [phone, ana, phone]) await one.visit(stick);
  await postPrivate(phone, topic, 'from the phone');
  for (const one of [phone, ana]) await one.visit(stick);
  for (const one of [phone, ana]) {
    expect(textsIn(one, topic).sort()).toEqual(['from the desk', 'from the phone']);
    const view = viewTopic(one.repository, topic);
    expect(view && epochsIn(view.resolution)).toHaveLength(1);
  }
});

it('who begins a topic goes on where the power was cut behind its first keys', async () => {
  const author = await ana.author();
  const { topic } = await ana.repository.lockedAsync(() => openNewTopic(ana.repository, author, 'garden'));
  joinPrivate(ana, topic, 'garden');
  const statement = viewTopic(ana.repository, topic)?.create.bytes;
  if (!statement) throw new Error('no topic');
  // they are durable before what states them is written
  const epochs = [epochOf(Buffer.alloc(32, 1), Buffer.alloc(32, 2))];
  await author.topicKeys?.keep([{ statement, epochs }], (size) => Buffer.alloc(size, 7));
  openKeysOf(ana);
  await ana.settle();
  await postPrivate(ana, topic, 'hello');
  expect(textsIn(ana, topic)).toEqual(['hello']);
});
