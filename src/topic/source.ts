// What the views of this layer need to see of a repository: small enough to be faked in a test.
import type { LogId } from '../format/ids.js';
import type { PlacedEntry } from '../repository/index/placed-entry.js';
import type { RunRecord } from '../repository/index/run-record.js';
import type { StoredEntry } from '../repository/store/open-segment.js';
import type { SegmentPlace } from '../repository/store/segments.js';

/** What the index says of a run, as far as views steer by it. */
export type RunView = SegmentPlace &
  Pick<RunRecord, 'log' | 'id' | 'first' | 'end' | 'clocks' | 'minClock' | 'maxClock' | 'ascending' | 'messages'> &
  Pick<RunRecord, 'acks' | 'housekeeping'>;

/** Runs from the index, entries from the packs. */
export interface EntrySource {
  /** For each log that is known to contradict itself: the lowest seq that is in doubt. */
  readonly frozen: ReadonlyMap<LogId, number>;
  /** Held runs of the log, ascending and disjoint. */
  runs(log: LogId): readonly RunView[];
  /** The stored segment that contains a run; entry i has seq `segment.first + i`. */
  segment(place: SegmentPlace): {
    readonly segment: { readonly first: number };
    readonly entries: readonly StoredEntry[];
    entry(seq: number): StoredEntry | undefined;
  };
  /** The entries of a run by seq, opened when one is asked for. */
  within(run: RunView): { entry(seq: number): StoredEntry | undefined };
  /** Held entries [from, end) of the log, ascending. */
  entries(log: LogId, from?: number, end?: number): Iterable<PlacedEntry>;
}

/** The held runs of a log that begin before it froze. */
export function runsBeforeFreeze(source: EntrySource, log: LogId): RunView[] {
  const frozen = frozenAt(source, log);
  return source.runs(log).filter((run) => run.first < frozen);
}

/** The entries of one run up to where the log froze; decodes one segment, whatever else is held of the log. */
export function entriesBeforeFreeze(source: EntrySource, run: RunView): readonly StoredEntry[] {
  return entriesWithin(source, run, Math.min(run.end, frozenAt(source, run.log)));
}

/** The entries of one run below `end`. */
export function entriesWithin(source: EntrySource, run: RunView, end: number): readonly StoredEntry[] {
  const { segment, entries } = source.segment(run);
  return entries.slice(run.first - segment.first, end - segment.first);
}

/** Entries from this seq on are in doubt: they move nothing, acknowledge nothing, and are no heads to cite. */
export function frozenAt(source: Pick<EntrySource, 'frozen'>, log: LogId): number {
  return source.frozen.get(log) ?? Number.POSITIVE_INFINITY;
}
