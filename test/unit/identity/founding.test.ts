// Founding records.
import { expect, test } from 'vitest';
import { decodeFounding, encodeFounding, personOf, recoveryKeyOf } from '../../../src/identity/founding.js';
import { flip, sha256, u8, wireKey } from '../../testkit/wire.js';
import { founding, founding2 } from '../../testkit/wire-card.js';

const DEVICE = wireKey('founding');
const RECOVERY = wireKey('words');
const SEED = sha256('satchel fixture key: founding');
const RECORD_1 = founding(DEVICE);
const RECORD = founding2(DEVICE, RECOVERY);

test('are the bytes that the spec gives', () => {
  expect(encodeFounding(SEED, RECOVERY.id)).toEqual(RECORD);
  expect(() => encodeFounding(SEED, RECOVERY.id.subarray(1))).toThrow('recovery key of 31 bytes');
});

test.each([
  ['version 1', RECORD_1, undefined],
  ['version 2', RECORD, RECOVERY.id],
])('of %s come back', (_version, record, recovery) => {
  const person = sha256(u8(2), record).toString('hex');
  expect(personOf(record)).toBe(person);
  expect(decodeFounding(record)).toEqual({ person, device: DEVICE.id.toString('hex'), bytes: record });
  expect(recoveryKeyOf(record)).toEqual(recovery);
});

test('share no memory with what they were read from', () => {
  const bytes = Buffer.from(RECORD);
  const decoded = decodeFounding(bytes);
  bytes.fill(0);
  expect(decoded.bytes).toEqual(RECORD);
});

test.each([
  ['one byte short', RECORD_1.subarray(0, 96), 'has 96 bytes, expected 97'],
  ['one byte long', Buffer.concat([RECORD, u8(0)]), 'has 130 bytes, expected 129'],
  ['of nothing', Buffer.alloc(0), 'has version undefined, expected 1 or 2'],
  ['another version', founding2(DEVICE, RECOVERY, { version: 3 }), 'has version 3, expected 1 or 2'],
  ['signed by another', founding(wireKey('other'), { device: DEVICE.id }), 'is not signed by the device it names'],
])('are refused when %s', (_what, bytes, problem) => {
  expect(() => decodeFounding(bytes)).toThrow(
    expect.objectContaining({ code: 'bad-card', message: `a card's founding record ${problem}` }),
  );
});

test.each([[RECORD_1], [RECORD]])('are refused with any bit flipped', (record) => {
  for (let bit = 0; bit < record.length * 8; bit++) {
    expect(() => decodeFounding(flip(record, bit >> 3, 1 << (bit & 7)))).toThrow('founding record');
  }
});
