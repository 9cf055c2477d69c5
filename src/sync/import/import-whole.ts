// Which segments of a bundle lack no payload without a cause: they count as lying where the bundle lies (spec/drive.md,
// "What a drive holds"). What explains a missing payload, a retraction, may come behind it.
import type { ContentsRecord } from '../../format/bundle/contents.js';
import { decodeMeta } from '../../format/log/meta.js';
import type { Visit } from '../../format/log/segment.js';
import type { Commit } from '../../repository/commit.js';

const DAY_MS = 86_400_000;
/** So many dropped payloads of one bundle may find their cause behind them; no honest one has more. */
const DEFERRED_MAX = 1_000_000;

/** Told of the segments of one bundle, one after the other, while they are verified. */
export class WholeSegments {
  readonly #tell: (record: ContentsRecord) => void;
  readonly #now: number;
  /** Seqs in the segment at hand whose payloads were dropped and have not expired. */
  #missing: number[] = [];
  readonly #deferred: { readonly record: ContentsRecord; readonly missing: readonly number[] }[] = [];
  #deferredSeqs = 0;

  constructor(tell: (record: ContentsRecord) => void, now: number) {
    this.#tell = tell;
    this.#now = now;
  }

  /** What is to be called for each entry of the next segment. */
  beside(visit: Visit | undefined): Visit {
    this.#missing = [];
    return (seq, entry, chain) => {
      if (entry.dropped && !this.#isExpired(entry.meta)) this.#missing.push(seq);
      visit?.(seq, entry, chain);
    };
  }

  /** The segment at hand is verified. */
  finish(record: ContentsRecord): void {
    if (this.#missing.length === 0) this.#tell(record);
    else this.#defer(record);
  }

  /** All of the bundle is taken: what is retracted now was not missing. */
  finishAll(commit: Commit): void {
    for (const { record, missing } of this.#deferred) {
      const state = commit.state(record.log);
      if (missing.every((seq) => state.isRetracted(seq))) this.#tell(record);
    }
  }

  #defer(record: ContentsRecord): void {
    this.#deferredSeqs += this.#missing.length;
    if (this.#deferredSeqs <= DEFERRED_MAX) this.#deferred.push({ record, missing: this.#missing });
    this.#missing = [];
  }

  #isExpired(meta: Buffer): boolean {
    const { expires } = decodeMeta(meta);
    return expires !== undefined && expires * DAY_MS <= this.#now;
  }
}
