// CBOR, compared with cborg, an implementation that is not ours.
import * as cborg from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asBytes, type Cbor, decodeCbor, encodeCbor } from '../../../../src/format/cbor/cbor.js';
import { CBOR_DEPTH_MAX } from '../../../../src/format/limits.js';

const STRICT: cborg.DecodeOptions = {
  strict: true,
  useMaps: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  rejectDuplicateMapKeys: true,
};

/** What cborg makes of the bytes, if encoding it again gives the same. */
function theirs(bytes: Uint8Array): unknown {
  try {
    const value = cborg.decode(bytes, STRICT);
    return isOurs(value) && Buffer.from(cborg.encode(value)).equals(bytes) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** cborg does not care about floats, keys and depth. */
function isOurs(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (!Array.isArray(value) && !(value instanceof Map)) return true;
  if (depth === CBOR_DEPTH_MAX) return false;
  if (Array.isArray(value)) return value.every((item) => isOurs(item, depth + 1));
  return [...value].every(([key, item]) => Number.isSafeInteger(key) && isOurs(item, depth + 1));
}

/** Byte strings of either kind compare. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
  if (Array.isArray(value)) return value.map(plain);
  return value instanceof Map ? [...value].map(([key, item]) => [key, plain(item)]) : value;
}

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, -24, -25, -256, -257, -(2 ** 53 - 1)),
);
const long = fc.oneof(
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
);
const { value: anything } = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    ...[integer, long, fc.boolean(), fc.constant(null), fc.string({ unit: 'grapheme' }), fc.uint8Array()],
    fc.array(tie('value'), { maxLength: 5 }),
    fc.uniqueArray(fc.tuple(integer, tie('value')), { selector: ([key]) => key }).map((pairs) => new Map(pairs)),
  ),
}));

describe('a value', () => {
  it('has the bytes that cborg gives it, and comes back from them', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const bytes = encodeCbor(value);
        expect(bytes).toEqual(Buffer.from(cborg.encode(value)));
        expect(plain(decodeCbor(bytes))).toEqual(plain(theirs(bytes)));
      }),
    );
  });

  it.each([1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])('is no float: %d', (value) => {
    expect(() => encodeCbor(value)).toThrow();
  });

  it('owns its byte strings', () => {
    const bytes = encodeCbor(Buffer.from('abc'));
    const value = asBytes(decodeCbor(bytes));
    bytes.fill(0);
    expect(value).toEqual(Buffer.from('abc'));
  });
});

describe('bytes', () => {
  const agree = (bytes: Uint8Array): void => {
    expect(plain(decodeCbor(bytes))).toEqual(plain(theirs(bytes)));
  };

  it('are understood as cborg understands them, whatever was changed in them', () => {
    const changed = fc
      .tuple(anything, fc.nat(), fc.nat(255), fc.constantFrom('flip', 'cut', 'insert', 'append'))
      .map(([value, at, byte, how]) => {
        const bytes = encodeCbor(value);
        const place = at % bytes.length;
        if (how === 'cut') return bytes.subarray(0, place);
        if (how === 'append') return Buffer.concat([bytes, Buffer.of(byte)]);
        if (how === 'insert') return Buffer.concat([bytes.subarray(0, place), Buffer.of(byte), bytes.subarray(place)]);
        bytes[place] = byte;
        return bytes;
      });
    fc.assert(fc.property(changed, agree), { numRuns: 2_000 });
  });

  it('are understood as cborg understands them, all of up to two bytes, and any', () => {
    agree(Buffer.alloc(0));
    for (let i = 0; i < 0x1_00; i++) agree(Buffer.of(i));
    for (let i = 0; i < 0x1_0000; i++) agree(Buffer.of(i >>> 8, i & 0xff));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 24 }), agree), { numRuns: 2_000 });
  });

  it.each([
    ['a length that is not there', '5affffffff'],
    ['a list as long as memory', '9bffffffffffffffff'],
    ['text that is no UTF-8', '61ff'],
    ['keys out of order', 'a202000100'],
    ['a negative key before others', 'a220000100'],
    ['a key twice', 'a201000100'],
    ['a key that is text', 'a1616100'],
    ['a key beyond the safe integers', 'a11b002000000000000000'],
    ['a whole float', 'fb43e0000000000000'],
    ['a tag', 'c100'],
    ['undefined', 'f7'],
    ['an indefinite list', '9f01ff'],
    ['lists deeper than allowed', `${'81'.repeat(CBOR_DEPTH_MAX)}80`],
  ])('are refused: %s', (_, hex) => {
    expect(decodeCbor(Buffer.from(hex, 'hex'))).toBeUndefined();
  });

  it.each([
    ['U+FFFD itself', '63efbfbd', '\ufffd'],
    ['a byte order mark', '64efbbbf61', '\ufeffa'],
    ['lists as deep as allowed', `${'81'.repeat(CBOR_DEPTH_MAX - 1)}80`, undefined],
  ])('are taken: %s', (_, hex, value) => {
    const found = decodeCbor(Buffer.from(hex, 'hex'));
    expect(found).toBeDefined();
    if (value !== undefined) expect(found).toBe(value);
  });
});
