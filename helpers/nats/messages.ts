// Single messages of a bucket, and their removal. Whoever leads the bucket is asked: others may lag behind what was listed.
import type { StoredMsg } from '@nats-io/jetstream';
import { pieceIdOf, streamOf, subjectOf } from './bucket.js';
import { says } from './failure.js';
import type { Link } from './link.js';
import { messagesIn } from './listing.js';
import { isRemoval, type ListedMessage } from './pieces.js';

const GONE = /not found|no message|deleted message/i;

/** Where a request is carried out. */
export interface There {
  readonly link: Link;
  readonly bucket: string;
}

/** The message of a file; undefined where there is none. */
export async function findFile(there: There, name: string): Promise<StoredMsg | undefined> {
  const found = await findMessage(there, subjectOf(there.bucket, name));
  return found && !isRemoval(found.header) ? found : undefined;
}

/** The newest message of a subject; undefined where there is none. */
export async function findMessage({ link, bucket }: There, subject: string): Promise<StoredMsg | undefined> {
  const asked = { last_by_subj: subject };
  const found = await link
    .ask(({ jsm }) => jsm.streams.getMessage(streamOf(bucket), asked))
    .catch(orNoBucket(undefined));
  return found ?? undefined;
}

/**
 * Removes just this message, and leaves no mark of it: else whatever was there once would be listed for ever. A purge of its
 * subject would do so too; but servers up to 2.9.17 that were killed purge all of the stream when they come back.
 */
export async function removeMessage({ link, bucket }: There, sequence: number): Promise<void> {
  try {
    await link.ask(({ jsm }) => jsm.streams.deleteMessage(streamOf(bucket), sequence, false));
  } catch (error) {
    if (!says(error, 'notRemoved') || !GONE.test((error as Error).message)) throw error;
  }
}

/** Removes the pieces of these files. */
export async function removePieces(there: There, ids: readonly string[], listed: readonly ListedMessage[]) {
  for (const { subject, sequence } of listed)
    if (ids.includes(pieceIdOf(there.bucket, subject) ?? '')) await removeMessage(there, Number(sequence));
}

/** All messages, the newest of each subject. */
export function listedIn({ link, bucket }: There): Promise<ListedMessage[]> {
  return link.ask((connected) => messagesIn(connected, bucket)).catch(orNoBucket([]));
}

/** In a bucket that is not there is nothing. */
function orNoBucket<T>(nothing: T): (error: unknown) => T {
  return (error) => {
    if (says(error, 'noStream')) return nothing;
    throw error;
  };
}
