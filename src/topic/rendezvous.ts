// Topics by name: whoever knows the exact name can join (spec/message.md, "Topics").
import { hash } from 'node:crypto';
import { HASH_PREFIXES } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import type { TopicId } from '../format/ids.js';
import { LABEL_MAX } from '../format/limits.js';

const RENDEZVOUS_PREFIX = Buffer.from([HASH_PREFIXES.rendezvous]);
// Line breaks and the characters that turn text around, besides the control characters.
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/**
 * The topic that everyone means who joins by this name. The name counts byte for byte: no case, no normalisation.
 * @throws SatchelError `usage` when it can't be a label
 */
export function rendezvousTopic(name: string): TopicId {
  assertLabel(name);
  return hash('sha256', Buffer.concat([RENDEZVOUS_PREFIX, Buffer.from(name)]), 'hex') as TopicId;
}

/** Whether the text can be a topic's label: 1 to 64 bytes of UTF-8 without control or bidi characters. */
export function isLabel(text: string): boolean {
  return complaintAbout(text) === undefined;
}

/**
 * Passes labels.
 * @throws SatchelError `usage` with what is wrong
 */
export function assertLabel(text: string): void {
  const complaint = complaintAbout(text);
  if (complaint === undefined) return;
  throw new SatchelError('usage', `topic name ${complaint}`, {
    hint: `choose a name of 1 to ${LABEL_MAX} bytes on one line`,
  });
}

function complaintAbout(text: string): string | undefined {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes === 0) return 'is empty';
  if (sizeBytes > LABEL_MAX) return `takes ${sizeBytes} bytes, allowed are ${LABEL_MAX}`;
  if (!text.isWellFormed()) return 'is not valid Unicode';
  return FORBIDDEN.test(text) ? 'contains a control or bidi character' : undefined;
}
