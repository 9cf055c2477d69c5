// What a commit must know of one log to judge a further segment of it: what is held, which ids are known where, what was
// retracted. Built once a commit, kept up to date as segments are taken (spec/repository.md, "Taking a segment").
import { BodyReader } from '../format/body.js';
import type { EntryId } from '../format/ids.js';
import { decodeMeta, type Range } from '../format/meta.js';
import type { Segment } from '../format/segment.js';
import { type HeldRange, heldRanges, subtractRanges } from './held.js';
import type { Known } from './ingest.js';
import type { RunRecord } from './record.js';
import type { OpenSegment, SegmentPlace } from './segments.js';

/** Knowledge of one log during one commit. */
export class LogState {
  #records: RunRecord[];
  #held: HeldRange[];
  readonly #points = new Map<number, EntryId>();
  readonly #read: (place: SegmentPlace) => OpenSegment;

  /** `records` are all run records of the log, ascending by first seq; `read` opens a stored segment. */
  constructor(records: readonly RunRecord[], read: (place: SegmentPlace) => OpenSegment) {
    this.#records = [...records];
    this.#held = heldRanges(records);
    this.#read = read;
    for (const run of records) this.#addPoints(run);
  }

  /** What is held, those of this commit included. */
  get held(): readonly HeldRange[] {
    return this.#held;
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
    return this.#records.find((run) => run.first <= length && length <= run.end);
  }

  /** Whether every id of the range is known, held or not. */
  hasChain(range: Range): boolean {
    return subtractRanges([range], asRanges(this.#records)).length === 0;
  }

  /** Run records whose payloads are missing without a cause, and have not come since. */
  get unheld(): RunRecord[] {
    return this.#records.filter(
      (run) => run.unheld && subtractRanges([{ from: run.first, end: run.end }], this.#held).length > 0,
    );
  }

  /** What the ingest of `segment` asks. */
  known(segment: Segment, now: number): Known {
    let retracted: readonly Range[] | undefined;
    return {
      held: this.#held,
      now,
      retracted: () => {
        retracted ??= [...this.#retractedByStored(), ...retractsIn(segment)];
        return retracted;
      },
    };
  }

  /** Adds the runs of a segment that was taken. */
  add(runs: readonly RunRecord[]): void {
    if (runs.length === 0) return;
    for (const run of runs) this.#addPoints(run);
    const last = this.#records[this.#records.length - 1];
    this.#records.push(...runs);
    if (last && runs.some((run) => run.first < last.end)) this.#records.sort((a, b) => a.first - b.first);
    this.#held = this.#extendHeld(runs) ?? heldRanges(this.#records);
  }

  /** The usual case, one run right behind what is held, without looking at all runs again. */
  #extendHeld(runs: readonly RunRecord[]): HeldRange[] | undefined {
    const [run] = runs;
    const last = this.#held[this.#held.length - 1];
    if (runs.length !== 1 || !run || !last || run.unheld || run.first !== last.end) return undefined;
    return [...this.#held.slice(0, -1), { from: last.from, end: run.end, id: run.id }];
  }

  #addPoints(run: RunRecord): void {
    this.#points.set(run.first, run.previous);
    this.#points.set(run.end, run.id);
  }

  #retractedByStored(): Range[] {
    return this.#records.filter((run) => run.retracts).flatMap((run) => retractsIn(this.#read(run).segment));
  }
}

function asRanges(records: readonly RunRecord[]): Range[] {
  return records.map(({ first, end }) => ({ from: first, end }));
}

/** Every range that a segment's entries retract. */
export function retractsIn(segment: Segment): Range[] {
  const reader = new BodyReader(segment.raw);
  const ranges: Range[] = [];
  while (reader.next()) ranges.push(...(decodeMeta(reader.meta).retracts ?? []));
  return ranges;
}
