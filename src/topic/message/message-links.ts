// Whether a payload is about another message, or mentions somebody (spec/message.md, "Edits", "Reactions", "Mentions"), told
// without decoding it: an import asks this of every message.
import { decodeMessage } from './message.js';
import { headSize } from './message-clock.js';

const MAP_OF_THREE = 0xa3;
const TIME_AT = 2;
const BODY_KEY = 4;
const EDITS_KEY = 0x0f;
const MENTIONS_KEY = 0x11;
/** A list of up to 23. */
const LIST = 0x80;
const LIST_END = 0x97;
/** 32 bytes. */
const ID_HEAD = Buffer.from([0x58, 0x20]);
/** No payload with an id in it is shorter. */
const SIZE_MIN = 44;

/** Whether the payload between `from` and `end` is a message that edits another, reacts to one, or mentions somebody. */
export function hasLinks(bytes: Buffer, from = 0, end = bytes.length): boolean {
  if (end - from < SIZE_MIN || isPlain(bytes, from)) return false;
  const payload = bytes.subarray(from, end);
  for (let at = payload.indexOf(ID_HEAD); at >= 0; at = payload.indexOf(ID_HEAD, at + 1)) {
    if (isFieldBefore(payload, at)) return isLinked(payload);
  }
  return false;
}

/** Of time, clock and a text: almost every message. */
function isPlain(bytes: Buffer, from: number): boolean {
  if (bytes[from] !== MAP_OF_THREE) return false;
  const clockAt = from + TIME_AT + headSize(bytes[from + TIME_AT]) + 1;
  return bytes[clockAt + headSize(bytes[clockAt])] === BODY_KEY;
}

/** Whether one of the keys, and the head of a list, stand right there. */
function isFieldBefore(payload: Buffer, at: number): boolean {
  const key = payload[at - 2] ?? 0;
  const list = payload[at - 1] ?? 0;
  return key >= EDITS_KEY && key <= MENTIONS_KEY && list >= LIST && list <= LIST_END;
}

function isLinked(payload: Buffer): boolean {
  const { edits, reacts, mentions } = decodeMessage(payload) ?? {};
  return edits !== undefined || reacts !== undefined || mentions !== undefined;
}
