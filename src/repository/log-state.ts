// What a commit must know of one log to judge a further segment of it: what is held, which ids are known where, what was
// retracted. Built once a commit, kept up to date as segments are taken (spec/repository.md, "Taking a segment"). A stranger
// chooses how many there are and in which order they come: no question and no addition goes through all of them.
import { metasIn } from '../format/body.js';
import type { EntryId } from '../format/ids.js';
import { decodeMeta, type Range } from '../format/meta.js';
import type { Segment } from '../format/segment.js';
import { firstBehind, type HeldRange, heldRanges } from './held.js';
import type { Known } from './ingest.js';
import type { OpenSegment } from './open-segment.js';
import { RangeSet } from './range-set.js';
import type { RunRecord } from './run-record.js';
import type { SegmentPlace } from './segments.js';

/** Knowledge of one log during one commit. */
export class LogState {
  /** Ascending by first seq, the held ones disjoint. */
  readonly #heldRuns: RunRecord[];
  readonly #unheldRuns: RunRecord[];
  readonly #held: RangeSet;
  /** Where every id is known, held or not. */
  readonly #chain: RangeSet;
  readonly #points = new Map<number, EntryId>();
  readonly #stored: readonly RunRecord[];
  readonly #read: (place: SegmentPlace) => OpenSegment;
  readonly #retractedNow = new RangeSet();
  #retractedBefore: RangeSet | undefined;

  /** `records` are all run records of the log, ascending by first seq; `read` opens a stored segment. */
  constructor(records: readonly RunRecord[], read: (place: SegmentPlace) => OpenSegment) {
    this.#stored = records;
    this.#read = read;
    this.#heldRuns = records.filter((run) => !run.unheld);
    this.#unheldRuns = records.filter((run) => run.unheld);
    this.#held = new RangeSet(this.#heldRuns.map(rangeOf));
    this.#chain = new RangeSet(records.map(rangeOf));
    for (const run of records) this.#addPoints(run);
  }

  /** What is held, those of this commit included. */
  get held(): readonly HeldRange[] {
    return heldRanges(this.#heldRuns);
  }

  /** The id of the log at a length, where a run begins or ends there. */
  idAt(length: number): EntryId | undefined {
    return this.#points.get(length);
  }

  /** Whether the log was known before. */
  get isKnown(): boolean {
    return this.#points.size > 0;
  }

  /** A stored run that covers the log at this length, its own beginning included. */
  covering(length: number): RunRecord | undefined {
    const covers = (run: RunRecord | undefined): boolean =>
      run !== undefined && run.first <= length && length <= run.end;
    const held = this.#heldRuns[firstBehind(this.#heldRuns, length - 1)];
    if (covers(held)) return held;
    return this.#chain.touches({ from: length - 1, end: length + 1 }) ? this.#unheldRuns.find(covers) : undefined;
  }

  /** Whether every id of the range is known, held or not. */
  hasChain(range: Range): boolean {
    return this.#chain.covers(range);
  }

  /** Whether any id within the range is known, held or not. */
  knowsOf(range: Range): boolean {
    return this.#chain.touches(range);
  }

  /** Whether nothing of the run is known, and its ends are the same as where known runs meet it. */
  isBeside(run: Pick<RunRecord, 'first' | 'end' | 'previous' | 'id'>): boolean {
    if (this.knowsOf({ from: run.first, end: run.end })) return false;
    return (this.idAt(run.first) ?? run.previous) === run.previous && (this.idAt(run.end) ?? run.id) === run.id;
  }

  /** Run records whose payloads are missing without a cause, and have not come since. */
  get unheld(): RunRecord[] {
    return this.#unheldRuns.filter((run) => !this.#held.covers(rangeOf(run)));
  }

  /** Those of them in which something was retracted by segments that were taken since. */
  get explained(): RunRecord[] {
    return this.unheld.filter((run) => this.#retractedNow.touches(rangeOf(run)));
  }

  /** What the ingest of `segment` asks. */
  known(segment: Segment, now: number): Known {
    let own: RangeSet | undefined;
    const isNew = !this.#held.touches({ from: segment.first, end: segment.first + segment.count });
    return {
      isHeld: isNew ? () => false : (seq) => this.#held.has(seq),
      now,
      isRetracted: (seq) => {
        own ??= new RangeSet(retractsIn(segment));
        return own.has(seq) || this.isRetracted(seq);
      },
    };
  }

  /** Adds the runs of a segment that was taken. */
  add(runs: readonly RunRecord[]): void {
    for (const run of runs) {
      this.#addPoints(run);
      insertRun(run.unheld ? this.#unheldRuns : this.#heldRuns, run);
    }
    this.#held.add(runs.filter((run) => !run.unheld).map(rangeOf));
    this.#chain.add(runs.map(rangeOf));
  }

  /** Whether everything in the run was retracted by anything held or taken so far, and none of it is held. */
  isRetractedWhole({ first, end }: RunRecord): boolean {
    // the same may have come stripped in several segments, of which one is enough
    if (this.#held.touches({ from: first, end })) return false;
    for (let seq = first; seq < end; seq++) if (!this.isRetracted(seq)) return false;
    return true;
  }

  /** Whether anything in the run was. */
  isRetractedPartly({ first, end }: RunRecord): boolean {
    for (let seq = first; seq < end; seq++) if (this.isRetracted(seq)) return true;
    return false;
  }

  /** Adds what a segment that was taken retracts. */
  retract(ranges: readonly Range[]): void {
    this.#retractedNow.add(ranges);
  }

  #addPoints(run: RunRecord): void {
    this.#points.set(run.first, run.previous);
    this.#points.set(run.end, run.id);
  }

  /** Whether the entry was retracted by anything held or taken so far. */
  isRetracted(seq: number): boolean {
    return this.#retractedNow.has(seq) || this.#retractedByStored().has(seq);
  }

  #retractedByStored(): RangeSet {
    this.#retractedBefore ??= new RangeSet(
      this.#stored.filter((run) => run.retracts).flatMap((run) => retractsIn(this.#read(run).segment)),
    );
    return this.#retractedBefore;
  }
}

function rangeOf({ first, end }: RunRecord): Range {
  return { from: first, end };
}

/** Puts the run in its place by first seq: mostly the last one. */
function insertRun(runs: RunRecord[], run: RunRecord): void {
  let low = runs.length;
  if (low > 0 && (runs[low - 1]?.first ?? 0) > run.first) {
    let high = low;
    low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((runs[middle]?.first ?? 0) <= run.first) low = middle + 1;
      else high = middle;
    }
  }
  runs.splice(low, 0, run);
}

/** Every range that a segment's entries retract. */
export function retractsIn(segment: Segment): Range[] {
  return metasIn(segment.raw).flatMap((meta) => decodeMeta(meta).retracts ?? []);
}
