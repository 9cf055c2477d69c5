// What is as long as an entry of a veiled log may be, and longer (spec/veiled.md, "Sealed entries").
import { expect, test } from 'vitest';
import type { LogId } from '../../../../src/format/ids.js';
import { VEILED_PLAIN_MAX } from '../../../../src/format/limits.js';
import {
  type EntryPlace,
  entryKeys,
  openEntry,
  paddedEntrySize,
  sealEntry,
} from '../../../../src/format/private/entry-cipher.js';
import { wireKey } from '../../../testkit/wire.js';
import { wirePadded, wirePlain, wireSeal, wireSealPlain, wireSecret } from '../../../testkit/wire-veiled.js';

const SECRET = wireSecret('epoch');
const LOG = wireKey('veiled log').id;
const PLACE: EntryPlace = { kind: 1, n: 0, seq: 5 };
const WIRE = { secret: SECRET, log: LOG, ...PLACE };
const KEYS = entryKeys(SECRET, LOG.toString('hex') as LogId);

/** What is sealed has two bytes of length before it, and bytes have a head of three. */
const LONGEST = VEILED_PLAIN_MAX - 5;

test('the longest item opens again, in the form that the page gives it', () => {
  const item = Buffer.alloc(LONGEST, 7);
  const sealed = sealEntry(KEYS, PLACE, item);
  expect(sealed.length).toBe(16 + VEILED_PLAIN_MAX);
  expect(sealed.equals(wireSeal(WIRE, Buffer.concat([Buffer.of(0x59, LONGEST >> 8, LONGEST & 255), item])))).toBe(true);
  expect(openEntry(KEYS, PLACE, sealed)).toEqual(item);
});

test('a longer one is not sealed, and not opened', () => {
  expect(() => sealEntry(KEYS, PLACE, Buffer.alloc(LONGEST + 1))).toThrow('too many');
  const longer = wireSealPlain(WIRE, wirePlain(Buffer.of(0xa0), { padded: VEILED_PLAIN_MAX + 1 }));
  expect(openEntry(KEYS, PLACE, longer)).toBeUndefined();
});

test('lengths are those of the page, each of them', () => {
  for (let size = 1; size <= VEILED_PLAIN_MAX - 2; size++) {
    const padded = paddedEntrySize(size);
    if (padded !== wirePadded(size + 2)) expect(padded, `${size}`).toBe(wirePadded(size + 2));
  }
  expect(paddedEntrySize(VEILED_PLAIN_MAX - 2)).toBe(VEILED_PLAIN_MAX);
});
