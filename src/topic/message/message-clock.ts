// The logical clock of a payload from its first bytes (spec/message.md, "Clock"). An import asks this of every entry,
// so it decodes nothing else and allocates nothing.
import { CLOCK_LIMIT } from '../../format/limits.js';

/** Key of the author's time in a message's map. */
export const TIME_KEY = 1;
/** Key of the clock's lead over the time. */
export const CLOCK_KEY = 2;

const MAP_OF_TWO = 0xa2;
const MAP_OF_23 = 0xb7;
const TIME_AT = 2;
const NEGATIVE = 1;
const UNREADABLE = -1;

/**
 * The clock in [0, 2^48), or undefined. It is readable if and only if the payload begins with the one-byte head of a
 * map, key 1 with an integer and key 2 with an unsigned integer, both in shortest form; whatever follows. The payload is
 * what lies between `from` and `end`.
 */
export function readClock(bytes: Buffer, from = 0, end = bytes.length): number | undefined {
  const timeAt = from + TIME_AT;
  if (timeAt >= end || !startsWithClock(bytes, from)) return undefined;
  const magnitude = readArgument(bytes, timeAt, end);
  if (magnitude === UNREADABLE) return undefined;
  const keyAt = timeAt + headSize(bytes[timeAt]);
  const major = majorOf(bytes[timeAt]);
  if (major > NEGATIVE || keyAt + 1 >= end || bytes[keyAt] !== CLOCK_KEY) return undefined;
  if (majorOf(bytes[keyAt + 1]) !== 0) return undefined;
  const ahead = readArgument(bytes, keyAt + 1, end);
  const clock = (major === NEGATIVE ? -1 - magnitude : magnitude) + ahead;
  return ahead !== UNREADABLE && clock >= 0 && clock < CLOCK_LIMIT ? clock : undefined;
}

/** Whether the payload looks like a message at all: a small map whose first key is the time's. */
export function startsWithClock(payload: Buffer, from = 0): boolean {
  const head = payload[from];
  return head !== undefined && head >= MAP_OF_TWO && head <= MAP_OF_23 && payload[from + 1] === TIME_KEY;
}

/** The major type of an item, by its first byte (RFC 8949, section 3). */
export function majorOf(head: number | undefined): number {
  return head === undefined ? Number.NaN : head >>> 5;
}

/** Bytes of an item's head with its argument. */
export function headSize(head = 0): number {
  const info = head & 0x1f;
  return info < 24 ? 1 : 1 + (1 << (info - 24));
}

/** The argument of the head at `at`; -1 when it is cut off at `end`, not in shortest form, or no safe integer. */
export function readArgument(bytes: Buffer, at: number, end = bytes.length): number {
  const info = (bytes[at] ?? 0xff) & 0x1f;
  if (info < 24) return info;
  if (info > 27 || at + headSize(info) > end) return UNREADABLE;
  // the buffer's own methods check again what was checked, and take several times as long while nothing is compiled yet
  const size = 1 << (info - 24);
  let value = 0;
  for (let i = 1; i <= size; i++) value = value * 0x100 + (bytes[at + i] as number);
  const least = size === 1 ? 24 : 0x100 ** (size / 2);
  return value >= least && value <= Number.MAX_SAFE_INTEGER ? value : UNREADABLE;
}
