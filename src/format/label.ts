// What topics may be called (spec/message.md, "Topics").
import { LABEL_MAX } from './limits.js';
import { unicodePattern } from './unicode-pattern.js';

/** Printable ASCII, as most are: to look others up in Unicode's tables takes a millisecond the first time. */
const PLAIN = /^[\x20-\x7e]*$/;
// Line breaks and the characters that turn text around, besides the control characters.
const forbidden = unicodePattern(String.raw`[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]`);

/** What keeps a text from being a topic's label, or undefined for one: 1 to 64 bytes of UTF-8 without control or bidi characters. */
export function labelProblem(text: string): string | undefined {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes === 0) return 'is empty';
  if (sizeBytes > LABEL_MAX) return `takes ${sizeBytes} bytes, allowed are ${LABEL_MAX}`;
  if (PLAIN.test(text)) return undefined;
  if (!text.isWellFormed()) return 'is not valid Unicode';
  return forbidden().test(text) ? 'contains a control or bidi character' : undefined;
}
