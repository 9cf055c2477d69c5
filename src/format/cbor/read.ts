// Reading deterministic CBOR (spec/README.md, "CBOR"): in one pass, each rule checked where it applies, so that nothing has to
// be encoded again to see whether it was encoded the one way. There is no exception on any path: an import asks this of
// every entry that a stranger made.

import { CBOR_DEPTH_MAX } from '../limits.js';
import type { Cbor } from './value.js';
import { compareKeys, MAJOR } from './write.js';

const TAG = 6;
const SIMPLE: ReadonlyMap<number, boolean | null> = new Map([
  [0xf4, false],
  [0xf5, true],
  [0xf6, null],
]);
/** What a decoder puts in the place of bytes that are no UTF-8. */
const REPLACEMENT = '\ufffd';

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** The item that the bytes are, all of them; undefined when they are not the one deterministic encoding of one. */
export function readCbor(bytes: Buffer): Cbor | undefined {
  const cursor = { bytes, at: 0 };
  const value = readItem(cursor, 0);
  return cursor.at === bytes.length ? value : undefined;
}

/** `depth` is the number of lists and maps around the item. */
function readItem(cursor: Cursor, depth: number): Cbor | undefined {
  const head = cursor.bytes[cursor.at++];
  if (head === undefined) return undefined;
  const major = head >>> 5;
  if (major >= TAG) return SIMPLE.get(head);
  const argument = readArgument(cursor, head & 0x1f);
  if (argument === undefined) return undefined;
  if (major === MAJOR.unsigned) return argument;
  if (major === MAJOR.negative) return negative(argument);
  // what is that long is not here
  if (typeof argument === 'bigint' || argument > cursor.bytes.length - cursor.at) return undefined;
  return readContent(cursor, major, argument, depth);
}

function readContent(cursor: Cursor, major: number, length: number, depth: number): Cbor | undefined {
  if (major === MAJOR.bytes) return readBytes(cursor, length);
  if (major === MAJOR.text) return readText(cursor, length);
  // how deep a reader gets must not depend on its stack
  if (depth === CBOR_DEPTH_MAX) return undefined;
  return major === MAJOR.list ? readList(cursor, length, depth + 1) : readMap(cursor, length, depth + 1);
}

/** The number in or behind an item's head, in shortest form; a safe integer, or beyond those a bigint. */
function readArgument(cursor: Cursor, info: number): number | bigint | undefined {
  if (info < 24) return info;
  const { bytes, at } = cursor;
  const size = 1 << (info - 24);
  if (info > 27 || at + size > bytes.length) return undefined;
  cursor.at += size;
  if (size === 8) return readLong(bytes, at);
  const value = bytes.readUIntBE(at, size);
  return value >= (size === 1 ? 24 : 2 ** (4 * size)) ? value : undefined;
}

function readLong(bytes: Buffer, at: number): number | bigint | undefined {
  const high = bytes.readUInt32BE(at);
  if (high === 0) return undefined;
  const value = high * 2 ** 32 + bytes.readUInt32BE(at + 4);
  return Number.isSafeInteger(value) ? value : bytes.readBigUInt64BE(at);
}

function negative(argument: number | bigint): number | bigint {
  if (typeof argument === 'bigint') return -1n - argument;
  const value = -1 - argument;
  return Number.isSafeInteger(value) ? value : -1n - BigInt(argument);
}

/** A copy: what is read may lie in a buffer that is used again. */
function readBytes(cursor: Cursor, length: number): Buffer {
  const from = cursor.at;
  cursor.at += length;
  return Buffer.from(cursor.bytes.subarray(from, cursor.at));
}

function readText(cursor: Cursor, length: number): string | undefined {
  const from = cursor.at;
  cursor.at += length;
  const text = cursor.bytes.toString('utf8', from, cursor.at);
  if (!text.includes(REPLACEMENT)) return text;
  return Buffer.from(text).equals(cursor.bytes.subarray(from, cursor.at)) ? text : undefined;
}

function readList(cursor: Cursor, count: number, depth: number): Cbor[] | undefined {
  const list: Cbor[] = [];
  for (let i = 0; i < count; i++) {
    const item = readItem(cursor, depth);
    if (item === undefined) return undefined;
    list.push(item);
  }
  return list;
}

function readMap(cursor: Cursor, count: number, depth: number): Map<number, Cbor> | undefined {
  const map = new Map<number, Cbor>();
  let last: number | undefined;
  for (let i = 0; i < count; i++) {
    const key = readItem(cursor, depth);
    const isNext = typeof key === 'number' && (last === undefined || compareKeys(last, key) < 0);
    const value = isNext ? readItem(cursor, depth) : undefined;
    if (!isNext || value === undefined) return undefined;
    map.set(key, value);
    last = key;
  }
  return map;
}
