// The most frequent message, a text and nothing else, written and read without a general encoder: of a hundred thousand
// lines that a script posts, all are of this kind. A test holds it to the general encoder's bytes.
import { CLOCK_KEY, headSize, majorOf, readArgument, TIME_KEY } from './message-clock.js';

const MAP_OF_THREE = 0xa3;
const UNSIGNED = 0x00;
const TEXT_STRING = 0x60;
const TEXT_MAJOR = 3;
/** What invalid UTF-8 turns into. */
const REPLACEMENT = '\ufffd';
const BODY_KEY = 4;
/** What a head begins with, beside its major type, that has so many bytes behind it. */
const INFO: readonly number[] = [0, 24, 25, 0, 26, 0, 0, 0, 27];
const HEAD_MAX = 9;
const WORD = 2 ** 32;

/** Where the text is put; what stands before it is written backwards. */
const TEXT_AT = 4 + 3 * HEAD_MAX;
/** Room that serves most messages; more is made when one needs it. */
const ROOM_FIRST = 4_096;
let room = Buffer.alloc(0);

/**
 * The payload {1: time, 2: ahead, 4: text}, in place until the next call; both numbers are safe and not negative.
 */
export function encodePlainText(time: number, ahead: number, text: string): Buffer {
  // a unit of UTF-16 is at most three bytes of UTF-8
  const needed = TEXT_AT + 3 * text.length;
  if (room.length < needed) room = Buffer.allocUnsafeSlow(Math.max(needed, ROOM_FIRST));
  const length = room.write(text, TEXT_AT);
  let at = writeHead(TEXT_AT, TEXT_STRING, length);
  room[--at] = BODY_KEY;
  at = writeHead(at, UNSIGNED, ahead);
  room[--at] = CLOCK_KEY;
  at = writeHead(at, UNSIGNED, time);
  room[--at] = TIME_KEY;
  room[--at] = MAP_OF_THREE;
  return room.subarray(at, TEXT_AT + length);
}

/** What {@link encodePlainText} was given; undefined for any other payload, and for the rare one left to the general decoder. */
export function decodePlainText(payload: Buffer): { time: number; ahead: number; text: string } | undefined {
  if (payload[0] !== MAP_OF_THREE || payload[1] !== TIME_KEY) return undefined;
  const aheadAt = 3 + headSize(payload[2]);
  const lengthAt = aheadAt + headSize(payload[aheadAt]) + 1;
  const textAt = lengthAt + headSize(payload[lengthAt]);
  if (payload[aheadAt - 1] !== CLOCK_KEY || payload[lengthAt - 1] !== BODY_KEY) return undefined;
  const majors = [majorOf(payload[2]), majorOf(payload[aheadAt]), majorOf(payload[lengthAt])];
  if (majors[0] !== UNSIGNED || majors[1] !== UNSIGNED || majors[2] !== TEXT_MAJOR) return undefined;
  const time = readArgument(payload, 2);
  const ahead = readArgument(payload, aheadAt);
  const length = readArgument(payload, lengthAt);
  if (time < 0 || ahead < 0 || length < 0 || textAt + length !== payload.length) return undefined;
  const text = payload.toString('utf8', textAt);
  return text.includes(REPLACEMENT) ? undefined : { time, ahead, text };
}

/** Writes an item's first bytes in shortest form (RFC 8949, section 3) so that they end at `end`; returns where they begin. */
function writeHead(end: number, major: number, value: number): number {
  if (value < 24) {
    room[end - 1] = major + value;
    return end - 1;
  }
  const size = value < 0x100 ? 1 : value < 0x1_0000 ? 2 : value < WORD ? 4 : 8;
  let rest = value;
  for (let i = 1; i <= size; i++) {
    room[end - i] = rest % 0x100;
    rest = Math.floor(rest / 0x100);
  }
  room[end - size - 1] = major + (INFO[size] ?? 0);
  return end - size - 1;
}
