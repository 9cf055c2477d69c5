// Whether a payload says a message again (spec/message.md, "Written again"), told without decoding it: an import asks this of
// every message.
import { decodeMessage } from './message.js';
import { headSize } from './message-clock.js';

const MAP_OF_THREE = 0xa3;
const TIME_AT = 2;
const AGAIN_KEY = 0x0e;
/** Key 14, a list of three, 32 bytes. */
const BEGINNING = Buffer.from([AGAIN_KEY, 0x83, 0x58, 0x20]);
/** No copy is shorter: two ids and what says so. */
const SIZE_MIN = 74;

/** Whether the payload between `from` and `end` is a message that says another one again. */
export function saysAgain(bytes: Buffer, from = 0, end = bytes.length): boolean {
  if (end - from < SIZE_MIN || isPlain(bytes, from)) return false;
  const payload = bytes.subarray(from, end);
  return payload.includes(BEGINNING) && decodeMessage(payload)?.again !== undefined;
}

/** Of time, clock and one thing more, which is not key 14: almost every message. */
function isPlain(bytes: Buffer, from: number): boolean {
  if (bytes[from] !== MAP_OF_THREE) return false;
  const clockAt = from + TIME_AT + headSize(bytes[from + TIME_AT]) + 1;
  return bytes[clockAt + headSize(bytes[clockAt])] !== AGAIN_KEY;
}
