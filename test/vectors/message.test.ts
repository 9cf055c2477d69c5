// Every vector of `fixtures/message.json`: messages, topics, acknowledgements, order.
import { describe, expect, test } from 'vitest';
import { decodeCbor, encodeCbor } from '../../src/format/cbor/cbor.js';
import type { LogId } from '../../src/format/ids.js';
import { decodeMeta } from '../../src/format/log/meta.js';
import { type Ack, decodeAckBody, encodeAckBody, foldAcks } from '../../src/topic/acks/acks.js';
import { countingAttachments } from '../../src/topic/message/attachment.js';
import {
  type Dep,
  decodeMessage,
  encodeMessage,
  isNewerMessage,
  type Message,
} from '../../src/topic/message/message.js';
import { readClock } from '../../src/topic/message/message-clock.js';
import { openCited } from '../../src/topic/order/cited.js';
import { inOrder, type OrderedEntry } from '../../src/topic/order/order.js';
import { fromEnd, tailOf } from '../../src/topic/order/tail.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { citedSource } from '../testkit/cited-source.js';
import { compact, expand } from '../testkit/compact.js';
import { type FakeLog, FakeSource } from '../testkit/fake-source.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import { outcomeOf } from '../testkit/outcome.js';
import type { AckStatement, AckStateVector, AckVector } from '../testkit/vectors-ack.js';
import type { AttachedVector } from '../testkit/vectors-attached.js';
import type { CitedVector } from '../testkit/vectors-cited.js';
import type { MessageMeaning, MessageVector, TopicVector } from '../testkit/vectors-message.js';
import type { OrderLog, OrderVector } from '../testkit/vectors-order.js';

const fixture = openFixture('message.json');

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('%s', (_how, place) => {
  fixture.each<MessageVector>('messages', (vector) => {
    const payload = place(expand(vector.payload));
    expect(readClock(payload) ?? null, vector.comment).toBe(vector.clock);
    const message = decodeMessage(payload);
    expect(message ? meaningOf(message) : null, vector.comment).toEqual(vector.reads);
    expect(isNewerMessage(payload), vector.comment).toBe(vector.newer === true);
  });

  fixture.each<AckVector>('acks', (vector) => {
    const ack = decodeAckBody(decodeCbor(place(Buffer.from(vector.body, 'hex'))));
    expect(ack ?? null, vector.comment).toEqual(vector.reads);
  });
});

test.each(fixture.list<MessageVector>('messages').filter(isPlain))('$name is written back as it was', (vector) => {
  const payload = expand(vector.payload);
  const message = decodeMessage(payload);
  if (!message) throw new Error('not read');
  expect(encodeMessage(message).equals(payload)).toBe(true);
});

test.each(fixture.list<AckVector>('acks').filter(({ reads }) => reads))(
  '$name says the same when written',
  (vector) => {
    const body = encodeCbor(encodeAckBody(vector.reads as Ack));
    expect(decodeAckBody(decodeCbor(body))).toEqual(vector.reads);
  },
);

fixture.each<AttachedVector>('attached', ({ comment, payload, meta, counts }) => {
  const message = decodeMessage(Buffer.from(payload, 'hex'));
  const { blobs } = decodeMeta(Buffer.from(meta, 'hex'));
  const counting = countingAttachments(message?.attachments, blobs);
  expect(
    counting.map(({ name }) => name),
    comment,
  ).toEqual(counts);
});

fixture.each<CitedVector>('cited', ({ comment, logs, id }) => {
  const [own] = logs;
  const payload = own?.entries.at(-1)?.payload;
  const [cited] = (payload && decodeMessage(Buffer.from(payload, 'hex'))?.deps) || [];
  if (!own || !cited) throw new Error('nothing is cited');
  const message = { log: own.log as LogId, seq: own.entries.length - 1 };
  expect(openCited(citedSource(logs)).idOf(message, cited) ?? null, comment).toBe(id);
});

fixture.each<TopicVector>('topics', (vector) => {
  expect(
    outcomeOf(() => rendezvousTopic(vector.topicName)),
    vector.comment,
  ).toBe(vector.code);
  if (vector.code === 'ok') expect(rendezvousTopic(vector.topicName)).toBe(vector.topic);
});

fixture.each<AckStateVector>('held', (vector) => {
  const { held } = foldAcks(
    vector.entries.map(({ seq, deps, body }) => {
      const ack = body === undefined ? undefined : decodeAckBody(decodeCbor(Buffer.from(body, 'hex')));
      return { seq, deps: deps as readonly Dep[], ...(ack && { ack }) };
    }),
  );
  const found: AckStatement[] = [...held].map(([log, ranges]) => ({ log, ranges }));
  expect(byLog(found), vector.comment).toEqual(byLog(vector.held));
});

fixture.each<OrderVector>('order', (vector) => {
  for (const { payload, clock } of vector.logs.flatMap(({ entries }) => entries)) {
    if (payload !== null) expect(readClock(Buffer.from(payload, 'hex')) ?? null).toBe(clock);
  }
  const source = new FakeSource(vector.logs.map(fakeLog));
  const logs = source.summaries;
  const places = (ordered: Iterable<OrderedEntry>) => [...ordered].map(({ entry }) => placeOf(vector, entry));
  expect(places(inOrder(source, logs)), vector.comment).toEqual(vector.order);
  expect(places(inOrder(source, logs.toReversed())), 'whatever order the logs are given in').toEqual(vector.order);
  expect(places(fromEnd(source, logs)).toReversed(), 'from the end').toEqual(vector.order);
  for (let count = 0; count <= vector.order.length + 1; count++) {
    const expected = count === 0 ? [] : vector.order.slice(-count);
    expect(places(tailOf(source, logs, count)), `the last ${count}`).toEqual(expected);
  }
});

fixture.expectAllRun();

function meaningOf({ body, deps, attachments, salt, ...rest }: Message): MessageMeaning {
  return {
    ...rest,
    ...(body !== undefined && { body: compact(encodeCbor(body)) }),
    deps,
    ...(attachments && { attachments: attachments.map(({ name: called, ...one }) => ({ ...one, called })) }),
    ...(salt && { salt: salt.toString('hex') }),
  };
}

/** Read in full, and without what only later versions would write. */
function isPlain({ name, reads }: MessageVector): boolean {
  const isLater =
    name.startsWith('message-unknown-key') || ['message-explicit-text', 'message-clock-map-of-23'].includes(name);
  const isAbsent = /^message-(again|edits|reacts|mentions)-/.test(name);
  return reads !== null && !isLater && !isAbsent && !(name.startsWith('message-attached-') && !reads.attachments);
}

function byLog(statements: readonly AckStatement[]): AckStatement[] {
  return [...statements].sort((a, b) => (a.log < b.log ? -1 : 1));
}

function fakeLog({ log, runs, frozen, entries }: OrderLog): FakeLog {
  const told = entries.map(({ meta, payload }) => ({
    meta: Buffer.from(meta, 'hex'),
    payload: payload === null ? undefined : Buffer.from(payload, 'hex'),
  }));
  return { log: log as LogId, runs, entries: told, ...(frozen !== undefined && { frozen }) };
}

function placeOf({ logs }: OrderVector, { log, seq }: OrderedEntry['entry']): [number, number] {
  return [logs.findIndex((one) => one.log === log), seq];
}
