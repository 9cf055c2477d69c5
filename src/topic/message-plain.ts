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
const HEAD_MAX = 9;
const WORD = 2 ** 32;

/** The payload {1: time, 2: ahead, 4: text}; both numbers are safe and not negative. */
export function encodePlainText(time: number, ahead: number, text: string): Buffer {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(4 + 3 * HEAD_MAX + length);
  bytes[0] = MAP_OF_THREE;
  bytes[1] = TIME_KEY;
  let at = writeHead(bytes, 2, UNSIGNED, time);
  bytes[at] = CLOCK_KEY;
  at = writeHead(bytes, at + 1, UNSIGNED, ahead);
  bytes[at] = BODY_KEY;
  at = writeHead(bytes, at + 1, TEXT_STRING, length);
  return bytes.subarray(0, at + bytes.write(text, at, 'utf8'));
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

/** Writes an item's first bytes in shortest form (RFC 8949, section 3); returns where they end. */
function writeHead(bytes: Buffer, at: number, major: number, value: number): number {
  if (value < 24) return bytes.writeUInt8(major + value, at);
  if (value < 0x100) return bytes.writeUInt8(value, bytes.writeUInt8(major + 24, at));
  if (value < 0x1_0000) return bytes.writeUInt16BE(value, bytes.writeUInt8(major + 25, at));
  if (value < WORD) return bytes.writeUInt32BE(value, bytes.writeUInt8(major + 26, at));
  const high = bytes.writeUInt32BE(Math.floor(value / WORD), bytes.writeUInt8(major + 27, at));
  return bytes.writeUInt32BE(value % WORD, high);
}
