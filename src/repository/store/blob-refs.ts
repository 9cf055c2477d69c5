// Which entries refer to which blobs: found through the index's flag, so that only runs with attachments are decoded
// (spec/repository.md, "Blobs").
import type { LogId, TopicId } from '../../format/ids.js';
import { BLOB_MAX } from '../../format/limits.js';
import { BodyReader } from '../../format/log/body.js';
import { type BlobRef, decodeMeta, type Meta } from '../../format/log/meta.js';
import { decodeSegment } from '../../format/log/segment.js';
import type { PlacedEntry } from '../index/placed-entry.js';
import type { RangeSet } from '../index/range-set.js';
import { retractedBy } from '../index/retracted.js';
import { retractedByLater } from '../index/retracted-later.js';
import type { RunRecord } from '../index/run-record.js';
import type { Repository } from '../repository.js';

/** A blob that a held entry refers to. */
export interface BlobReference extends BlobRef {
  readonly log: LogId;
  readonly seq: number;
  /** Unknown without an introduction. */
  readonly topic: TopicId | undefined;
  /** Number of the commit that brought the entry. */
  readonly arrival: number;
  /** Its log is known to contradict itself from there or earlier. */
  readonly frozen: boolean;
}

/** Which references to leave out besides those of dropped and retracted entries. */
export interface ReferenceOptions {
  /** Only of these logs; of all when absent. */
  readonly logs?: Iterable<LogId>;
  /** Those of dropped and retracted entries too. */
  readonly gone?: boolean | undefined;
  /** Whether an entry's day has come; by default only those count as expired that were dropped for it. */
  readonly hasExpired?: ((meta: Meta) => boolean) | undefined;
}

/**
 * What held entries refer to whose payload is here: not retracted, not dropped, not forgotten. In order of log and seq; a blob is named
 * as often as entries refer to it, and one that is too large to be a blob not at all.
 */
export function* blobReferences(repository: Repository, options: ReferenceOptions = {}): Generator<BlobReference> {
  for (const log of options.logs ?? logsOf(repository)) {
    const { blobs, topic } = repository.log(log) ?? { blobs: false };
    if (!blobs) continue;
    const runs = repository.runs(log).filter((run) => run.blobs);
    if (runs.length === 0) continue;
    const retracted = retractedIn(repository, log);
    const forgotten = repository.forgotten(log);
    for (const run of runs) {
      for (const entry of repository.entries(log, run.first, run.end)) {
        // of what was forgotten here nobody knows any more who needs it
        if (forgotten.has(entry.seq) || (retracted.has(entry.seq) && !options.gone)) continue;
        yield* referencesOf(entry, { run, topic, ...options });
      }
    }
  }
}

/** What the entries of a verified segment refer to whose payloads are in it. */
export function* blobsIn(bytes: Buffer): Generator<BlobRef & { readonly seq: number }> {
  const { first, raw } = decodeSegment(bytes);
  const reader = new BodyReader(raw);
  for (let seq = first; reader.next(); seq++) {
    if (reader.metaLength === 0 || reader.dropped) continue;
    for (const blob of decodeMeta(reader.meta).blobs ?? []) yield { ...blob, seq };
  }
}

/** What one entry refers to. */
function* referencesOf(
  entry: PlacedEntry,
  { run, topic, hasExpired, gone }: { run: RunRecord; topic: TopicId | undefined } & ReferenceOptions,
): Generator<BlobReference> {
  if (entry.meta.length === 0 || (!entry.payload && !gone) || entry.seq === 0) return;
  const meta = decodeMeta(entry.meta);
  if (hasExpired?.(meta)) return;
  const { log, seq, frozen } = entry;
  for (const { root, size } of meta.blobs ?? []) {
    if (size <= BLOB_MAX) yield { root, size, log, seq, topic, arrival: run.arrival, frozen };
  }
}

function* logsOf(repository: Repository): Generator<LogId> {
  for (const { log } of repository.logsWithBlobs()) yield log;
}

function retractedIn(repository: Repository, log: LogId): RangeSet {
  const runs = repository.records(log).filter((run) => run.takesBack);
  const retracted = retractedBy(repository, log, runs, (run) => repository.segment(run).segment);
  retracted.add(retractedByLater(repository, log));
  return retracted;
}
