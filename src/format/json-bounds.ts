// Whether foreign JSON is of a shape that may be parsed: how deep it goes and how much stands in it is looked at in its
// bytes, so that neither the engine's stack nor its memory decides (spec/README.md, "JSON").
import { JSON_COMMAS_MAX, JSON_DEPTH_MAX, JSON_KEYS_MAX } from './limits.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * What is too much in the text, or undefined. It says nothing of whether the text is JSON at all: of what is none, any
 * answer will do.
 */
export function jsonExcess(bytes: Buffer): string | undefined {
  // by depth: 0 in a list, else the keys of the object so far
  const keys = new Int32Array(JSON_DEPTH_MAX + 1);
  let depth = 0;
  let commas = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfText(bytes, at + 1);
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > JSON_DEPTH_MAX) return `lists and objects more than ${JSON_DEPTH_MAX} deep`;
      keys[depth] = byte === OPEN_OBJECT ? 1 : 0;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth = Math.max(0, depth - 1);
    else if (byte === COMMA) {
      if (++commas > JSON_COMMAS_MAX) return `more than ${JSON_COMMAS_MAX} commas`;
      const count = keys[depth] ?? 0;
      if (count >= JSON_KEYS_MAX) return `an object with more than ${JSON_KEYS_MAX} keys`;
      if (count > 0) keys[depth] = count + 1;
    }
  }
  return undefined;
}

/** Where the text ends that begins at `from`: at the first quote that is not escaped. */
function endOfText(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
