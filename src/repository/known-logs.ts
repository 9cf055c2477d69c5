// What judging a segment, and deriving what the index says of it, has to know of the logs that are here (spec/log.md, "Taking
// a segment"): the open repository, seen from below.
import type { LogId, PersonId } from '../format/ids.js';
import type { Interpreter } from './index/ingest.js';
import type { PlacedEntry } from './index/placed-entry.js';
import type { RangeSet } from './index/range-set.js';
import type { RunRecord } from './index/run-record.js';
import type { LogSummary } from './index/summary.js';
import type { Layout } from './layout.js';
import type { OpenSegment } from './store/open-segment.js';
import type { Packs } from './store/packs.js';
import type { SegmentPlace } from './store/segments.js';

/** The logs that are here. */
export interface KnownLogs {
  readonly layout: Layout;
  readonly packs: Packs;
  readonly interpreter: Interpreter;
  /** The own clock. */
  readonly world: { now(): number };
  /** For each log that is known to contradict itself: the lowest seq that is in doubt. */
  readonly frozen: ReadonlyMap<LogId, number>;
  /** The seqs of a log whose payloads were forgotten here. */
  forgotten(log: LogId): RangeSet;
  /** What is held of a log; undefined when nothing is. */
  log(log: LogId): LogSummary | undefined;
  /** The logs of a person. */
  logsOfPerson(person: PersonId): readonly LogSummary[];
  /** Runs of a log, held or left over, that touch [from, end). */
  runs(log: LogId, from?: number, end?: number): RunRecord[];
  /** All run records of a log, held or not. */
  records(log: LogId): readonly RunRecord[];
  /** The entry of a log at `seq`, when it is held. */
  entry(log: LogId, seq: number): PlacedEntry | undefined;
  /** The segment at a place, with its entries. */
  segment(place: SegmentPlace): OpenSegment;
}
