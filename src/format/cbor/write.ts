// Writing deterministic CBOR (spec/README.md, "CBOR"): shortest forms, definite lengths, keys in the order of their bytes.
import type { Cbor } from './value.js';

/** The major types of items (RFC 8949, section 3.1) that occur here. */
export const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, list: 4, map: 5 } as const;

const SIZE_FIRST = 256;
const HEAD_MAX = 9;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

/** Where the next byte goes; the buffer is replaced by a larger one when it is full. */
interface Out {
  bytes: Buffer;
  at: number;
}

/** The item's bytes. */
export function writeCbor(value: Cbor): Buffer {
  const out = { bytes: Buffer.allocUnsafe(SIZE_FIRST), at: 0 };
  writeItem(out, value);
  return Buffer.from(out.bytes.subarray(0, out.at));
}

/** The order of whole numbers by their encoded bytes: 0, 1, 2 ... -1, -2, -3 ... */
export function compareKeys(a: number, b: number): number {
  return a < 0 === b < 0 ? Math.abs(a) - Math.abs(b) : b - a;
}

function writeItem(out: Out, value: Cbor): void {
  if (typeof value === 'number' || typeof value === 'bigint') writeInteger(out, value);
  else if (typeof value === 'string') writeText(out, value);
  else if (value instanceof Uint8Array) writeBytes(out, value);
  else if (value instanceof Map) writeMap(out, value);
  else if (Array.isArray(value)) writeList(out, value);
  else writeByte(out, value === null ? NULL : value ? TRUE : FALSE);
}

function writeInteger(out: Out, value: number | bigint): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new Error(`${value} is no safe integer`);
  if (value >= 0) writeHead(out, MAJOR.unsigned, value);
  else writeHead(out, MAJOR.negative, typeof value === 'bigint' ? -1n - value : -1 - value);
}

function writeText(out: Out, text: string): void {
  const size = Buffer.byteLength(text);
  writeHead(out, MAJOR.text, size);
  makeRoom(out, size);
  out.at += out.bytes.write(text, out.at);
}

function writeBytes(out: Out, bytes: Uint8Array): void {
  writeHead(out, MAJOR.bytes, bytes.length);
  makeRoom(out, bytes.length);
  out.bytes.set(bytes, out.at);
  out.at += bytes.length;
}

function writeList(out: Out, list: readonly Cbor[]): void {
  writeHead(out, MAJOR.list, list.length);
  for (const item of list) writeItem(out, item);
}

function writeMap(out: Out, map: ReadonlyMap<number, Cbor>): void {
  writeHead(out, MAJOR.map, map.size);
  for (const key of [...map.keys()].sort(compareKeys)) {
    writeInteger(out, key);
    writeItem(out, map.get(key) as Cbor);
  }
}

/** An item's first byte, and its argument behind it unless it fits in. */
function writeHead(out: Out, major: number, argument: number | bigint): void {
  makeRoom(out, HEAD_MAX);
  const first = major << 5;
  if (argument < 24) {
    out.bytes[out.at++] = first | Number(argument);
    return;
  }
  const power = argument < 0x100 ? 0 : argument < 0x1_0000 ? 1 : argument < 0x1_0000_0000 ? 2 : 3;
  out.bytes[out.at] = first | (24 + power);
  if (power === 3) out.bytes.writeBigUInt64BE(BigInt(argument), out.at + 1);
  else out.bytes.writeUIntBE(Number(argument), out.at + 1, 1 << power);
  out.at += 1 + (1 << power);
}

function writeByte(out: Out, byte: number): void {
  makeRoom(out, 1);
  out.bytes[out.at++] = byte;
}

function makeRoom(out: Out, size: number): void {
  if (out.at + size <= out.bytes.length) return;
  const larger = Buffer.allocUnsafe(2 * (out.at + size));
  out.bytes.copy(larger, 0, 0, out.at);
  out.bytes = larger;
}
