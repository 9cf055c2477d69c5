// Topics by name: whoever knows the exact name can join (spec/message.md, "Topics").
import { hash } from 'node:crypto';
import { HASH_PREFIXES } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import type { TopicId } from '../format/ids.js';
import { labelProblem } from '../format/label.js';
import { LABEL_MAX } from '../format/limits.js';

const RENDEZVOUS_PREFIX = Buffer.from([HASH_PREFIXES.rendezvous]);

/**
 * The topic that everyone means who joins by this name. The name counts byte for byte: no case, no normalisation.
 * @throws SatchelError `usage` when it can't be a label
 */
export function rendezvousTopic(name: string): TopicId {
  assertLabel(name);
  return hash('sha256', Buffer.concat([RENDEZVOUS_PREFIX, Buffer.from(name)]), 'hex') as TopicId;
}

/** A label as it is meant by who types it: composed (NFC), without white space at its ends. */
export function normalLabel(typed: string): string {
  return typed.normalize('NFC').trim();
}

/** Whether the text can be a topic's label: 1 to 64 bytes of UTF-8 without control or bidi characters. */
export function isLabel(text: string): boolean {
  return labelProblem(text) === undefined;
}

/**
 * Passes labels.
 * @throws SatchelError `usage` with what is wrong
 */
export function assertLabel(text: string): void {
  const complaint = labelProblem(text);
  if (complaint === undefined) return;
  throw new SatchelError('usage', `topic name ${complaint}`, {
    hint: `choose a name of 1 to ${LABEL_MAX} bytes on one line`,
  });
}
