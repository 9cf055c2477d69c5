// Single messages of a bucket, and their removal. Whoever leads the bucket is asked: others may lag behind what was listed.
import type { StoredMsg } from '@nats-io/jetstream';
import { streamOf, subjectOf } from './bucket.js';
import { says } from './failure.js';
import type { Link } from './link.js';
import { isRemoval } from './pieces.js';

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

/** Removes what has these subjects, without leaving a mark: else whatever was there once would be listed for ever. */
export async function removeMessages({ link, bucket }: There, filter: string): Promise<void> {
  await link.ask(({ jsm }) => jsm.streams.purge(streamOf(bucket), { filter }));
}

/** In a bucket that is not there is nothing. */
export function orNoBucket<T>(nothing: T): (error: unknown) => T {
  return (error) => {
    if (says(error, 'noStream')) return nothing;
    throw error;
  };
}
