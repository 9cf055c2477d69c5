// A CBOR writer (RFC 8949) that says exactly what it is told: every form the standard allows can be chosen, also those
// that the deterministic encoding forbids.
import { join } from './wire.js';

/** How many bytes follow an item's first byte to carry its number: 0 for a number inside that byte. */
export type Width = 0 | 1 | 2 | 4 | 8;

/** Pairs of a map in the order in which they are written, keys and values encoded. */
export type Pairs = readonly (readonly [key: number | Buffer, value: Buffer])[];

const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const LIST = 4;
const MAP = 5;
const TAG = 6;

/** An integer of either sign; `width` forces a longer form than it takes. */
export function cborInt(value: number | bigint, width?: Width): Buffer {
  const number = BigInt(value);
  return number < 0n ? head(NEGATIVE, -1n - number, width) : head(UNSIGNED, number, width);
}

/** A byte string. */
export function cborBytes(bytes: Uint8Array, width?: Width): Buffer {
  return join(head(BYTES, BigInt(bytes.length), width), bytes);
}

/** A text string; bytes stand for text that is not UTF-8. */
export function cborText(text: string | Buffer, width?: Width): Buffer {
  const bytes = Buffer.from(text as string);
  return join(head(TEXT, BigInt(bytes.length), width), bytes);
}

/** A list of encoded items; `count` lies about how many. */
export function cborList(items: readonly Uint8Array[], count = items.length): Buffer {
  return join(head(LIST, BigInt(count)), ...items);
}

/** A map with its pairs in the order given, nothing sorted and nothing merged; `count` lies about how many. */
export function cborMap(pairs: Pairs, { count = pairs.length, width }: { count?: number; width?: Width } = {}): Buffer {
  return join(head(MAP, BigInt(count), width), ...pairsOf(pairs));
}

/** A map without a stated count, closed by a break. */
export function cborOpenMap(pairs: Pairs): Buffer {
  return join(Buffer.of(0xbf), ...pairsOf(pairs), Buffer.of(0xff));
}

/** A byte string in pieces, closed by a break. */
export function cborOpenBytes(...pieces: readonly Uint8Array[]): Buffer {
  return join(Buffer.of(0x5f), ...pieces.map((piece) => cborBytes(piece)), Buffer.of(0xff));
}

/** An item under a tag. */
export function cborTag(tag: number, item: Uint8Array): Buffer {
  return join(head(TAG, BigInt(tag)), item);
}

/** A float of 16, 32 or 64 bits. */
export function cborFloat(hex: string): Buffer {
  const first = { 4: 0xf9, 8: 0xfa, 16: 0xfb }[hex.length] ?? 0;
  return join(Buffer.of(first), Buffer.from(hex, 'hex'));
}

export const CBOR_FALSE: Buffer = Buffer.of(0xf4);
export const CBOR_TRUE: Buffer = Buffer.of(0xf5);
export const CBOR_NULL: Buffer = Buffer.of(0xf6);

function pairsOf(pairs: Pairs): Buffer[] {
  return pairs.flatMap(([key, value]) => [typeof key === 'number' ? cborInt(key) : key, value]);
}

function head(major: number, value: bigint, width: Width = shortest(value)): Buffer {
  const type = major << 5;
  if (width === 0) return Buffer.of(type | Number(value));
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(value, 1);
  const number = bytes.subarray(9 - width);
  return join(Buffer.of(type | (24 + Math.log2(width))), number);
}

function shortest(value: bigint): Width {
  if (value < 24n) return 0;
  if (value < 0x100n) return 1;
  if (value < 0x10000n) return 2;
  return value < 0x100000000n ? 4 : 8;
}
