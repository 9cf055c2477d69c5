// A private topic is worked out anew when something of it came, and its signatures are verified once (spec/private.md, "Statements").
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { TopicId } from '../../../../src/format/ids.js';
import { SignedReading } from '../../../../src/topic/private/signed-reading.js';
import { forgetView, type TopicView, viewTopic } from '../../../../src/topic/private/topic-view.js';
import { renewKeys } from '../../../../src/topic/writing/private-topic.js';
import { friendsWithStick, postPrivate, writeTo } from '../../../testkit/private-member.js';
import type { Replica } from '../../../testkit/replica.js';
import { memoryDirectory } from '../../../testkit/scratch.js';

let ana: Replica;
let ben: Replica;
let stick: string;
let topic: TopicId;

beforeEach(async () => {
  const made = await friendsWithStick(memoryDirectory(), ['ana', 'ben']);
  [ana, ben] = made.people as [Replica, Replica];
  ({ stick } = made);
  topic = await writeTo(ana, [ben], 'Hello Ben');
  await ana.visit(stick);
  await ben.visit(stick);
});

function view(): TopicView {
  const found = viewTopic(ben.repository, topic);
  if (!found) throw new Error('no view');
  return found;
}

it('what comes of another topic leaves it as it is, and what comes of it does not', async () => {
  const before = view();
  await ben.post('elsewhere', 'in the open');
  await ana.post('elsewhere', 'likewise');
  const file = path.join(path.dirname(stick), 'open.satchel');
  await ana.export(file, { full: true });
  ben.import(file);
  expect(view()).toBe(before);
  await postPrivate(ben, topic, 'Hello Ana');
  const after = view();
  expect(after.logs).toHaveLength(2);
  forgetView(ben.repository, topic);
  expect(view()).not.toBe(after);
});

it('a statement that was verified is not verified again', async () => {
  const before = [...view().signed.values()];
  const author = await ana.author();
  await ana.repository.lockedAsync(() => renewKeys(ana.repository, author, topic));
  await ana.visit(stick);
  await ben.visit(stick);
  const after = [...view().signed.values()];
  expect(before).not.toEqual([]);
  expect(after.length).toBeGreaterThan(before.length);
  for (const statement of before) expect(after).toContain(statement);
});

it('and one with another signature is', () => {
  const [statement] = [...view().signed.values()];
  if (!statement) throw new Error('no statement');
  const { bytes, signature } = statement;
  const reading = new SignedReading(topic);
  const forged = Buffer.from(signature.map((byte) => byte ^ 1));
  const read = reading.statement({ bytes, signature });
  expect(read).toEqual(statement);
  expect(reading.again().statement({ bytes, signature })).toBe(read);
  expect(reading.statement({ bytes, signature: forged })).toBeUndefined();
  // what nobody asked for is remembered no longer
  expect(reading.again().again().statement({ bytes, signature })).not.toBe(read);
});
