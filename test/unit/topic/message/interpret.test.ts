import { describe, expect, it } from 'vitest';
import { type LogId, readId } from '../../../../src/format/ids.js';
import { createInterpreter, verifyIntroduction } from '../../../../src/topic/message/interpret.js';
import { ADA, BOB, TOPIC } from '../../../testkit/cast.js';
import { bytesOf, flip, wireKey } from '../../../testkit/wire.js';
import { card, introduction } from '../../../testkit/wire-card.js';
import { ackBody, message } from '../../../testkit/wire-message.js';

const KEY = wireKey('log of Ada').id;
const LOG = readId<LogId>(KEY);
const HONEST = { log: KEY, topic: TOPIC, person: ADA };

describe('an introduction', () => {
  it('tells topic, person and device, and whether the log continues another', () => {
    const whose = { topic: TOPIC.toString('hex'), person: ADA.id.toString('hex'), device: readId(ADA.device.id) };
    const expected = { ...whose, continues: false };
    const interpreter = createInterpreter();
    expect(interpreter.introduction(LOG, introduction(HONEST))).toEqual(expected);
    expect(interpreter.introduction(LOG, introduction(HONEST))).toEqual(expected);
    const after = [wireKey('older log').id, 9, bytesOf(32, 7)] as const;
    const continuing = { ...whose, continues: true, after: wireKey('older log').id.toString('hex') };
    expect(interpreter.introduction(LOG, introduction({ ...HONEST, after }))).toEqual(continuing);
  });

  it('tells who wrote it, and what it calls the topic', () => {
    const verified = verifyIntroduction(LOG, introduction(HONEST));
    expect([verified?.author.name, verified?.label]).toEqual(['Ada', 'expedition']);
  });

  it('is remembered without anything of what it was read from', () => {
    const { card: bytes, signature, author } = verifyIntroduction(LOG, introduction(HONEST)) ?? {};
    const kept = [bytes, author?.bytes, author?.founding, author?.recipient].map((piece) => piece?.buffer.byteLength);
    expect(kept).toEqual(kept.map(() => card(ADA).length));
    expect(signature?.buffer.byteLength).toBe(64);
  });

  it('may continue an older log, as long as the device signed for that', () => {
    const after = [wireKey('older log').id, 9, bytesOf(32, 7)] as const;
    const signed = verifyIntroduction(LOG, introduction({ ...HONEST, after }));
    expect(signed?.after?.length).toBe(9);
    const { signature } = signed ?? {};
    expect(verifyIntroduction(LOG, introduction({ ...HONEST, ...(signature && { signature }) }))).toBeUndefined();
  });

  it.each<[string, Buffer]>([
    ['of another log', introduction({ ...HONEST, log: wireKey('another').id })],
    ['with a bit flipped in its signature', introduction({ ...HONEST, signature: bytesOf(64, 1) })],
    ['with the card of somebody else', introduction({ ...HONEST, card: card(BOB) })],
    ['with a card nobody signed', introduction({ ...HONEST, card: flip(card(ADA), 200) })],
    ['with a label that breaks the line', introduction({ ...HONEST, label: 'a\nb' })],
    ['without a label', introduction({ ...HONEST, label: '' })],
    ['that is a message', message({ body: 'hi' })],
    ['that is empty', Buffer.alloc(0)],
  ])('%s introduces nothing', (_, payload) => {
    const interpreter = createInterpreter();
    expect(interpreter.introduction(LOG, payload)).toBeUndefined();
    expect(interpreter.introduction(LOG, payload)).toBeUndefined();
  });

  it('is judged for its own log, also when its bytes are known', () => {
    const interpreter = createInterpreter();
    expect(interpreter.introduction(LOG, introduction(HONEST))).toBeDefined();
    expect(interpreter.introduction(readId<LogId>(BOB.device.id), introduction(HONEST))).toBeUndefined();
  });
});

describe('an entry', () => {
  it('has a clock when it begins like a message', () => {
    const interpreter = createInterpreter();
    const clockOf = (payload: Buffer): number | undefined => interpreter.clock(payload, 0, payload.length);
    expect(clockOf(message({ time: 5, lead: 2 }))).toBe(7);
    expect(clockOf(introduction(HONEST))).toBeUndefined();
  });

  it('is an ack, in full or in part, or none', () => {
    const { isAck } = createInterpreter();
    expect(isAck(message({ type: 'ack', body: ackBody([], { full: true }) }))).toBe(true);
    expect(isAck(message({ type: 'ack', body: ackBody([[KEY, [[0, 3, bytesOf(32)]]]]) }))).toBe(true);
    expect(isAck(message({ type: 'ack', body: 'all of it' }))).toBe(false);
    expect(isAck(message({ type: 'retract', body: ackBody([], { full: true }) }))).toBe(false);
    expect(isAck(Buffer.from('ff', 'hex'))).toBe(false);
  });
});
