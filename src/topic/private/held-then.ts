// What was held here at an earlier commit (spec/private.md, "Stating devices"): by runs, and by what the journal tells of what
// was merged since.
import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { type Arrival, readArrivals } from '../../repository/arrivals.js';
import { isInRanges, unionRanges } from '../../repository/index/held.js';
import type { Repository } from '../../repository/repository.js';

/** What was held when a commit was the last one. */
export interface HeldThen {
  /** Entries of the log that were held without a gap from the first on. */
  lengthOf(log: LogId): number;
  /** Whether the entry was held. */
  has(log: LogId, seq: number): boolean;
}

/** What was held at that commit; the journal is read once. */
export function heldThen(repository: Repository, commit: number): HeldThen {
  const early = new Map<LogId, Range[]>();
  for (const { log, from, end } of readArrivals(repository.layout).filter((one) => one.commit <= commit)) {
    early.set(log, [...(early.get(log) ?? []), { from, end }]);
  }
  const known = new Map<LogId, readonly Range[]>();
  const rangesOf = (log: LogId): readonly Range[] => {
    const runs = repository.runs(log).filter(({ arrival }) => arrival <= commit);
    const byRuns = runs.map(({ first, end }) => ({ from: first, end }));
    const ranges = known.get(log) ?? unionRanges([...byRuns, ...(early.get(log) ?? [])]);
    known.set(log, ranges);
    return ranges;
  };
  return {
    lengthOf: (log) => {
      const [first] = rangesOf(log);
      return first?.from === 0 ? first.end : 0;
    },
    has: (log, seq) => isInRanges(rangesOf(log), seq),
  };
}

/** The last commit before a time, ms on the own clock; undefined where nothing tells any more what had come by then. */
export function commitBefore({ layout, lastArrival }: Repository, timeMs: number): number | undefined {
  const arrivals = readArrivals(layout);
  const last = numberOf(
    Math.max,
    arrivals.filter(({ at }) => at < timeMs),
  );
  if (last !== undefined) return last;
  const isWhole = lastArrival === 0 || numberOf(Math.min, arrivals) === 1;
  return isWhole ? 0 : undefined;
}

function numberOf(choose: (a: number, b: number) => number, arrivals: readonly Arrival[]): number | undefined {
  return arrivals.reduce<number | undefined>(
    (chosen, { commit }) => (chosen === undefined ? commit : choose(chosen, commit)),
    undefined,
  );
}
