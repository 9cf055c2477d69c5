// Introductions: what a log's entry 0 says.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EntryId, LogId, PersonId, TopicId } from '../../../../src/format/ids.js';
import {
  decodeIntroduction,
  encodeIntroduction,
  introductionMessage,
} from '../../../../src/format/log/introduction.js';
import { publicKeyOf, verifySignature } from '../../../../src/format/signature/signature.js';
import { bytesOf, sha256, WIRE_DOMAINS } from '../../../testkit/wire.js';
import {
  card,
  introduction,
  introductionParts,
  type WireIntroduction,
  wirePerson,
} from '../../../testkit/wire-card.js';
import { cborBytes, cborInt, cborList, cborText } from '../../../testkit/wire-cbor.js';

const ADA = wirePerson('Ada');
const SEED = sha256('satchel fixture key: device of Ada');
const WIRE: WireIntroduction = { log: bytesOf(32, 0x11), topic: bytesOf(32, 0x22), person: ADA };
const CONTINUED: WireIntroduction = { ...WIRE, after: [bytesOf(32, 0x33), 7, bytesOf(32, 0x44)] };
const LOG = '11'.repeat(32) as LogId;
const TOPIC = '22'.repeat(32) as TopicId;
const PERSON = ADA.id.toString('hex') as PersonId;
const AFTER = { log: '33'.repeat(32) as LogId, length: 7, id: '44'.repeat(32) as EntryId };
const FIELDS = { topic: TOPIC, label: 'expedition', person: PERSON, card: card(ADA) };

describe('an introduction', () => {
  test('is the bytes that the spec gives', () => {
    expect(encodeIntroduction(LOG, FIELDS, SEED)).toEqual(introduction(WIRE));
    expect(encodeIntroduction(LOG, { ...FIELDS, after: AFTER }, SEED)).toEqual(introduction(CONTINUED));
  });

  test('signs log, topic, person and what it continues', () => {
    for (const [wire, after] of [
      [WIRE, undefined],
      [CONTINUED, AFTER],
    ] as const) {
      const message = introductionMessage(LOG, TOPIC, PERSON, after);
      expect(message).toEqual(Buffer.concat([Buffer.from(WIRE_DOMAINS.introduction), introductionParts(wire)]));
      const signature = decodeIntroduction(introduction(wire))?.signature as Buffer;
      expect(verifySignature(ADA.device.id, message, signature)).toBe(true);
    }
  });

  test('comes back as what was put in', () => {
    const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
    const label = fc.string({ unit: 'grapheme', maxLength: 10 }).filter((text) => Buffer.byteLength(text) <= 64);
    const length = fc.integer({ min: 1, max: 2 ** 48 - 1 });
    const after = fc.option(fc.record({ log: id, length, id }), { nil: undefined });
    const bytes = fc.uint8Array({ maxLength: 300 }).map((content) => Buffer.from(content));
    fc.assert(
      fc.property(id, id, id, label, bytes, after, (log, topic, person, label, card, after) => {
        const fields = {
          topic: topic as TopicId,
          label,
          person: person as PersonId,
          card,
          after: after as typeof AFTER,
        };
        const decoded = decodeIntroduction(encodeIntroduction(log as LogId, fields, SEED));
        const signature = decoded?.signature as Buffer;
        expect(decoded).toEqual({ topic, label, card, signature, ...(after && { after }) });
        const message = introductionMessage(log as LogId, fields.topic, fields.person, fields.after);
        expect(verifySignature(publicKeyOf(SEED), message, signature)).toBe(true);
      }),
    );
  });

  test('may carry fields of later versions', () => {
    const decoded = decodeIntroduction(introduction(WIRE));
    expect(decodeIntroduction(introduction({ ...WIRE, extra: [[9, cborText('later')]] }))).toEqual(decoded);
  });

  test('has a label of at most 64 bytes, an empty one too', () => {
    expect(decodeIntroduction(introduction({ ...WIRE, label: 'x'.repeat(64) }))?.label).toHaveLength(64);
    expect(decodeIntroduction(introduction({ ...WIRE, label: '' }))?.label).toBe('');
  });
});

describe('no introduction is', () => {
  const continuing = (...items: Buffer[]): Buffer => introduction({ ...WIRE, extra: [[5, cborList(items)]] });
  const log = cborBytes(bytesOf(32));
  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['a list', cborList([cborInt(1)])],
    ['one with a byte behind it', Buffer.concat([introduction(WIRE), bytesOf(1)])],
    ['one cut short', introduction(WIRE).subarray(0, -1)],
    ['one without a topic', introduction({ ...WIRE, omit: [1] })],
    ['one without a label', introduction({ ...WIRE, omit: [2] })],
    ['one without a card', introduction({ ...WIRE, omit: [3] })],
    ['one without a signature', introduction({ ...WIRE, omit: [4] })],
    ['one with a short topic', introduction({ ...WIRE, topic: bytesOf(31) })],
    ['one with a long signature', introduction({ ...WIRE, signature: bytesOf(65) })],
    ['one with a label of 65 bytes', introduction({ ...WIRE, label: 'x'.repeat(65) })],
    ['one with a label that is no UTF-8', introduction({ ...WIRE, label: Buffer.from([0xff]) })],
    ['one with bytes for a label', introduction({ ...WIRE, omit: [2], extra: [[2, cborBytes(bytesOf(3))]] })],
    ['one that continues nothing', introduction({ ...WIRE, extra: [[5, cborInt(0)]] })],
    ['one that continues an empty list', continuing()],
    ['one that continues a log from 0', continuing(log, cborInt(0), log)],
    ['one that continues past 2^48', continuing(log, cborInt(2 ** 48), log)],
    ['one that continues a short log', continuing(cborBytes(bytesOf(31)), cborInt(1), log)],
    ['one that continues with a short id', continuing(log, cborInt(1), cborBytes(bytesOf(31)))],
    ['one that continues two logs', continuing(log, cborInt(1), log, log)],
  ])('%s', (_what, payload) => {
    expect(decodeIntroduction(payload)).toBeUndefined();
  });
});

test('whatever the bytes are, the answer is an introduction or none', () => {
  const valid = introduction(CONTINUED);
  fc.assert(
    fc.property(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const payload = Buffer.from(valid);
      payload[at] = byte;
      expect(() => decodeIntroduction(payload)).not.toThrow();
    }),
    { numRuns: 1_000 },
  );
});
