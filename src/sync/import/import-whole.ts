// Which segments of a bundle lack no payload without a cause: they count as lying where the bundle lies (spec/drive.md,
// "What a drive holds"). What explains a missing payload, a retraction, may come behind it.
import type { ContentsRecord } from '../../format/bundle/contents.js';
import { BodyReader } from '../../format/log/body.js';
import { decodeMeta } from '../../format/log/meta.js';
import { decodeSegment } from '../../format/log/segment.js';
import type { Commit } from '../../repository/commit.js';
import type { Findings } from '../../repository/verify.js';

const DAY_MS = 86_400_000;
/** So many dropped payloads of one bundle may find their cause behind them; no honest one has more. */
const DEFERRED_MAX = 1_000_000;

/** Told of the segments of one bundle, one after the other, as they are taken. */
export class WholeSegments {
  readonly #tell: (record: ContentsRecord) => void;
  readonly #now: number;
  readonly #deferred: { readonly record: ContentsRecord; readonly missing: readonly number[] }[] = [];
  #deferredSeqs = 0;

  constructor(tell: (record: ContentsRecord) => void, now: number) {
    this.#tell = tell;
    this.#now = now;
  }

  /** A verified segment. */
  add(record: ContentsRecord, { runs }: Findings, bytes: Buffer): void {
    const missing = runs.some((run) => run.dropped) ? missingIn(bytes, this.#now) : [];
    if (missing.length === 0) this.#tell(record);
    else this.#defer(record, missing);
  }

  /** All of the bundle is taken: what is retracted now was not missing. */
  finishAll(commit: Commit): void {
    for (const { record, missing } of this.#deferred) {
      const state = commit.state(record.log);
      if (missing.every((seq) => state.isRetracted(seq))) this.#tell(record);
    }
  }

  #defer(record: ContentsRecord, missing: readonly number[]): void {
    this.#deferredSeqs += missing.length;
    if (this.#deferredSeqs <= DEFERRED_MAX) this.#deferred.push({ record, missing });
  }
}

/** Seqs in the segment whose payloads were dropped and have not expired. */
function missingIn(bytes: Buffer, now: number): number[] {
  const { first, raw } = decodeSegment(bytes);
  const missing: number[] = [];
  const reader = new BodyReader(raw);
  for (let seq = first; reader.next(); seq++) if (reader.dropped && !isExpired(reader.meta, now)) missing.push(seq);
  return missing;
}

function isExpired(meta: Buffer, now: number): boolean {
  const { expires } = decodeMeta(meta);
  return expires !== undefined && expires * DAY_MS <= now;
}
