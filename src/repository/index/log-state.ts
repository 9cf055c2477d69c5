// What a commit must know of one log to judge a further segment of it: what is held, which ids are known where, what was
// retracted, from where on it is frozen. Built once a commit, kept up to date as segments are taken (spec/log.md, "Taking a
// segment"). A stranger chooses how many there are and in which order they come: no question and no addition goes through all
// of them, but the few when a freeze moves.
import type { EntryId } from '../../format/ids.js';
import { SEGMENT_ENTRIES_MAX } from '../../format/limits.js';
import type { Range } from '../../format/log/meta.js';
import type { Segment } from '../../format/log/segment.js';
import type { OpenSegment } from '../store/open-segment.js';
import { firstBehind, type HeldRange, heldRanges } from './held.js';
import type { Known } from './ingest.js';
import { RangeSet } from './range-set.js';
import { retractsIn } from './retracted.js';
import type { RunRecord } from './run-record.js';

const UNFROZEN = Number.POSITIVE_INFINITY;
const NOTHING = new RangeSet();

/** What was decided about a log elsewhere. */
export interface Decided {
  /** The seq at which it is frozen. */
  readonly freeze?: number | undefined;
  /** The seqs whose payloads were forgotten here. */
  readonly forgotten?: RangeSet | undefined;
}

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
  readonly #read: (run: RunRecord) => OpenSegment;
  #retractedNow = new RangeSet();
  #retractedBefore: RangeSet | undefined;
  readonly #forgotten: RangeSet;
  #freeze: number;

  /** `records` are all run records of the log, ascending by first seq; `read` opens a stored segment. */
  constructor(
    records: readonly RunRecord[],
    read: (run: RunRecord) => OpenSegment,
    { freeze = UNFROZEN, forgotten = NOTHING }: Decided = {},
  ) {
    this.#stored = records;
    this.#read = read;
    this.#freeze = freeze;
    this.#forgotten = forgotten;
    this.#heldRuns = records.filter((run) => !run.unheld);
    this.#unheldRuns = records.filter((run) => run.unheld);
    this.#held = new RangeSet(this.#heldRuns.map(rangeOf));
    this.#chain = new RangeSet(records.map(rangeOf));
    for (const run of records) this.#addPoints(run);
  }

  /** Entries from this seq on lie behind the freeze; infinity where there is none. */
  get freeze(): number {
    return this.#freeze;
  }

  /** Freezes the log earlier; not where {@link mayChangeWith} says that more than the ids change by it. */
  lower(freeze: number): void {
    this.#freeze = Math.min(freeze, this.#freeze);
  }

  /** What is held or left over, those of this commit included. */
  get held(): readonly HeldRange[] {
    return heldRanges(this.#heldRuns);
  }

  /** All runs, in no order. */
  get runs(): readonly RunRecord[] {
    return [...this.#heldRuns, ...this.#unheldRuns];
  }

  /** The id of the log at a length, where a run begins or ends there. Behind the freeze it tells nothing. */
  idAt(length: number): EntryId | undefined {
    return this.#points.get(length);
  }

  /** The same for any length inside a run too, which may have to be opened for it. */
  knownIdAt(length: number): EntryId | undefined {
    const known = this.#points.get(length);
    if (known !== undefined) return known;
    const run = this.#inside(length);
    const id = run && this.#read(run).idAt(length);
    // the next one who asks shall not have to open it again
    if (id !== undefined) this.#points.set(length, id);
    return id;
  }

  /** Whether all of the segment is held or left over here, `id` being that of its last entry. */
  hasAll({ first, count }: Pick<Segment, 'first' | 'count'>, id: EntryId): boolean {
    const end = first + count;
    if (!this.#held.covers({ from: first, end })) return false;
    if (end <= this.#freeze) return this.knownIdAt(end) === id;
    const run = this.#heldRuns[firstBehind(this.#heldRuns, end - 1)];
    return run !== undefined && (run.end === end ? run.id : this.#read(run).idAt(end)) === id;
  }

  /** Of the runs that cover the log at this length, ends included, the one that reaches back furthest. */
  longestCovering(length: number): RunRecord | undefined {
    const covering = this.runs.filter((run) => run.first <= length && length <= run.end);
    return covering.reduce<RunRecord | undefined>(
      (longest, run) => (longest && longest.first <= run.first ? longest : run),
      undefined,
    );
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

  /** Run records before the freeze whose payloads are missing without a cause, and have not come since. */
  get unheld(): RunRecord[] {
    const isMissing = ({ first, end }: RunRecord): boolean =>
      first < this.freeze && !this.#held.covers({ from: first, end: Math.min(end, this.freeze) });
    return this.#unheldRuns.filter(isMissing);
  }

  /** Whether another place of the freeze may change what is held: payloads are missing, or entries behind it explain some. */
  mayChangeWith(freeze: number): boolean {
    return this.runs.some((run) => run.dropped || (run.retracts && run.end > freeze));
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
      ...{ now, freeze: this.freeze },
      isHousekeeping: (seq) => this.isHousekeeping(seq),
      isExplained: (seq) => {
        own ??= new RangeSet(retractsIn(segment, this.freeze));
        return own.has(seq) || this.#isExplained(seq);
      },
    };
  }

  /** Whether the entry is housekeeping, as far as the index tells: a payload that is gone takes nothing from that. */
  isHousekeeping(seq: number): boolean {
    const held = this.#heldRuns[firstBehind(this.#heldRuns, seq)];
    const run = held && held.first <= seq ? held : this.#unheldAt(seq);
    return run?.housekeeping?.seqs.includes(seq) === true;
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

  /** Whether everything in the run was retracted or forgotten so far, and none of it is held. */
  isExplainedWhole({ first, end }: RunRecord): boolean {
    // the same may have come stripped in several segments, of which one is enough
    if (this.#held.touches({ from: first, end })) return false;
    for (let seq = first; seq < end; seq++) if (!this.#isExplained(seq)) return false;
    return true;
  }

  /** Whether anything in the run was. */
  isExplainedPartly({ first, end }: Pick<RunRecord, 'first' | 'end'>): boolean {
    for (let seq = first; seq < end; seq++) if (this.#isExplained(seq)) return true;
    return false;
  }

  /** Adds what a segment that was taken retracts. */
  retract(ranges: readonly Range[]): void {
    this.#retractedNow.add(ranges);
  }

  /** What was retracted so far explains nothing more than it has: for what comes now it counts as before. */
  settle(): void {
    this.#retractedByStored().add(this.#retractedNow.ranges);
    this.#retractedNow = new RangeSet();
  }

  #addPoints(run: RunRecord): void {
    this.#points.set(run.first, run.previous);
    this.#points.set(run.end, run.id);
  }

  /** Whether anything within the range was forgotten here. */
  hasForgotten(range: Range): boolean {
    return this.#forgotten.touches(range);
  }

  /** Whether the payload of the entry was forgotten here; that of an introduction never is. */
  isForgotten(seq: number): boolean {
    return seq > 0 && this.#forgotten.has(seq);
  }

  /** Whether the payload may be missing, be it that its log took it back, or that it was forgotten here. */
  #isExplained(seq: number): boolean {
    return this.isRetracted(seq) || this.#forgotten.has(seq);
  }

  /** Whether the entry was retracted by anything held or taken so far. */
  isRetracted(seq: number): boolean {
    return this.#retractedNow.has(seq) || this.#retractedByStored().has(seq);
  }

  #retractedByStored(): RangeSet {
    const isCounting = (run: RunRecord): boolean => run.retracts && run.first < this.freeze;
    this.#retractedBefore ??= new RangeSet(
      this.#stored.filter(isCounting).flatMap((run) => retractsIn(this.#read(run).segment, this.freeze)),
    );
    return this.#retractedBefore;
  }

  /** A run that covers the log at a length between its ends. */
  #inside(length: number): RunRecord | undefined {
    const isIn = (run: RunRecord | undefined): boolean => run !== undefined && run.first < length && length < run.end;
    const held = this.#heldRuns[firstBehind(this.#heldRuns, length)];
    if (isIn(held)) return held;
    return this.#chain.touches({ from: length - 1, end: length + 1 }) ? this.#unheldNear(length).find(isIn) : undefined;
  }

  /** A run without payloads that covers an entry of which the past is certain: not found where several lie above another. */
  #unheldAt(seq: number): RunRecord | undefined {
    const run = this.#unheldRuns[placeFor(this.#unheldRuns, seq) - 1];
    return run && seq < Math.min(run.end, this.freeze) ? run : undefined;
  }

  /** The runs without payloads that begin no further before a length than a segment reaches. */
  #unheldNear(length: number): RunRecord[] {
    const from = placeFor(this.#unheldRuns, length - SEGMENT_ENTRIES_MAX);
    return this.#unheldRuns.slice(from, placeFor(this.#unheldRuns, length));
  }
}

function rangeOf({ first, end }: RunRecord): Range {
  return { from: first, end };
}

/** Puts the run in its place by first seq: mostly the last one. */
function insertRun(runs: RunRecord[], run: RunRecord): void {
  const isLast = (runs.at(-1)?.first ?? 0) <= run.first;
  runs.splice(isLast ? runs.length : placeFor(runs, run.first), 0, run);
}

/** Where a run that begins at a seq belongs among these, which ascend by their first seqs: behind those that begin there. */
function placeFor(runs: readonly RunRecord[], first: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle]?.first ?? 0) <= first) low = middle + 1;
    else high = middle;
  }
  return low;
}
