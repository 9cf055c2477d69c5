// How many attachments of the conversations here are still to come (spec/cli.md, "status").
import type { Digest, LogId } from '../../format/ids.js';
import { openBlobProgress } from '../../repository/store/blob-progress.js';
import { blobReferences } from '../../repository/store/blob-refs.js';
import { isBlocked, type Session } from '../session.js';

const DAY_MS = 86_400_000;

/** Attachments in numbers; the same content counts once. */
export interface AttachmentCount {
  readonly files: number;
  /** Those of which something is still to come. */
  readonly missing: number;
  /** Bytes that are still to come. */
  readonly missingBytes: number;
}

/** The attachments of messages in joined topics that are shown here. */
export function countAttachments(session: Session): AttachmentCount {
  const { repository } = session;
  const today = repository.world.now() / DAY_MS;
  const hasExpired = ({ expires }: { readonly expires?: number }): boolean => expires !== undefined && expires <= today;
  const count = { files: 0, missing: 0, missingBytes: 0 };
  const counted = new Set<Digest>();
  const progressOf = openBlobProgress(repository.blobs);
  for (const { root, size, frozen } of blobReferences(repository, { logs: joinedLogs(session), hasExpired })) {
    if (frozen || counted.has(root)) continue;
    const { state, heldBytes } = progressOf({ root, size });
    // somebody else may have named it rightly
    if (state === 'impossible') continue;
    counted.add(root);
    count.files++;
    if (state === 'complete') continue;
    count.missing++;
    count.missingBytes += size - heldBytes;
  }
  return count;
}

function* joinedLogs(session: Session): Generator<LogId> {
  const joined = new Set(session.topics.topics.flatMap(({ topic, joined }) => (joined ? [topic] : [])));
  for (const { log, topic, person } of session.repository.logsWithBlobs()) {
    if (topic && joined.has(topic) && !(person && isBlocked(session, person))) yield log;
  }
}
