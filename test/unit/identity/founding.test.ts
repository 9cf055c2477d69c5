// Founding records.
import { expect, test } from 'vitest';
import { decodeFounding, encodeFounding, personOf } from '../../../src/identity/founding.js';
import { flip, sha256, u8, wireKey } from '../../testkit/wire.js';
import { founding } from '../../testkit/wire-card.js';

const DEVICE = wireKey('founding');
const SEED = sha256('satchel fixture key: founding');
const RECORD = founding(DEVICE);

test('are the bytes that the spec gives, and come back', () => {
  expect(encodeFounding(SEED)).toEqual(RECORD);
  const person = sha256(u8(2), RECORD).toString('hex');
  expect(personOf(RECORD)).toBe(person);
  expect(decodeFounding(RECORD)).toEqual({ person, device: DEVICE.id.toString('hex'), bytes: RECORD });
});

test('share no memory with what they were read from', () => {
  const bytes = Buffer.from(RECORD);
  const decoded = decodeFounding(bytes);
  bytes.fill(0);
  expect(decoded.bytes).toEqual(RECORD);
});

test.each([
  ['one byte short', RECORD.subarray(0, 96), 'has 96 bytes, expected 97'],
  ['one byte long', Buffer.concat([RECORD, u8(0)]), 'has 98 bytes, expected 97'],
  ['another version', founding(DEVICE, { version: 2 }), 'has version 2, expected 1'],
  ['signed by another', founding(wireKey('other'), { device: DEVICE.id }), 'is not signed by the device it names'],
])('are refused when %s', (_what, bytes, problem) => {
  expect(() => decodeFounding(bytes)).toThrow(
    expect.objectContaining({ code: 'bad-card', message: `a card's founding record ${problem}` }),
  );
});

test('are refused with any bit flipped', () => {
  for (let bit = 0; bit < RECORD.length * 8; bit++) {
    expect(() => decodeFounding(flip(RECORD, bit >> 3, 1 << (bit & 7)))).toThrow('founding record');
  }
});
