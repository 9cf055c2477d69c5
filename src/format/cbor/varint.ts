// Small unsigned integers in one to three bytes, shortest form only (spec/log.md, "Entries in the body").
import { SatchelError } from '../error.js';

/** How many bytes `value` takes: 1, 2 or 3. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  return value < 0x4000 ? 2 : 3;
}

/** Writes `value` at `offset` and returns the offset behind it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

/**
 * The varint at `offset`, packed with its size as `value * 4 + size`, so that the hot loop allocates nothing.
 * @throws SatchelError `bad-segment` when it is cut off, longer than three bytes, or not in shortest form
 */
export function readVarint(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset];
  if (first === undefined) throw cutOff();
  if (first < 0x80) return first * 4 + 1;
  const second = bytes[offset + 1];
  if (second === undefined) throw cutOff();
  if (second < 0x80) return shortest((first & 0x7f) | (second << 7), 2);
  const third = bytes[offset + 2];
  if (third === undefined) throw cutOff();
  if (third >= 0x80) throw new SatchelError('bad-segment', 'varint longer than three bytes');
  return shortest((first & 0x7f) | ((second & 0x7f) << 7) | (third << 14), 3);
}

function shortest(value: number, size: number): number {
  if (varintSize(value) !== size) throw new SatchelError('bad-segment', 'varint not in shortest form');
  return value * 4 + size;
}

function cutOff(): SatchelError {
  return new SatchelError('bad-segment', 'body ends inside a varint');
}
