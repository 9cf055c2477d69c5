// Wraps: keys of a private topic in an age file for devices of its members (spec/epochs.md, "Wraps").
import { SatchelError } from '../format/error.js';
import type { TopicId } from '../format/ids.js';
import { SEALED_RECIPIENTS_MAX } from '../format/limits.js';
import type { EpochKeys } from '../format/private/epoch.js';
import { decodeWrap, encodeWrap, type WrapContent } from '../format/private/wrap.js';
import type { FileKeys } from './file-keys.js';
import { canSealTo, shuffledRecipients } from './recipients.js';
import { openSealedBytes, sealBytes } from './sealed-bytes.js';

/**
 * Wraps of the same keys for all of these recipients, 32 bytes each: one, or as many as it takes for so many. A key that nothing
 * can be sealed to is left out; without any there is no wrap.
 */
export async function sealWraps(
  content: WrapContent,
  recipients: readonly Buffer[],
  random: (size: number) => Buffer,
): Promise<Buffer[]> {
  const bytes = encodeWrap(content);
  const left = shuffledRecipients(recipients.filter(canSealTo), random);
  const wraps: Buffer[] = [];
  while (left.length > 0) wraps.push(await sealBytes(bytes, left.splice(0, SEALED_RECIPIENTS_MAX), random));
  return wraps;
}

/**
 * The keys of a topic in a wrap; undefined when it is to be ignored: it is for nobody here, is none, is of another topic, or
 * holds keys that are not of their epoch.
 * @throws SatchelError `locked`, `wrong-passphrase` when the keys here stay closed
 */
export async function openWrap(
  file: Buffer,
  topic: TopicId,
  keys: FileKeys,
): Promise<readonly EpochKeys[] | undefined> {
  const content = await openedIfOurs(file, keys);
  const wrap = content && decodeWrap(content);
  return wrap?.topic === topic ? wrap.epochs : undefined;
}

async function openedIfOurs(file: Buffer, keys: FileKeys): Promise<Buffer | undefined> {
  try {
    return await openSealedBytes(file, keys);
  } catch (error) {
    if (error instanceof SatchelError && IGNORED.has(error.code)) return undefined;
    throw error;
  }
}

/** What a file may be of which nothing is to be had. */
const IGNORED: ReadonlySet<string> = new Set(['sealed', 'bad-bundle', 'over-limit', 'newer-version']);
