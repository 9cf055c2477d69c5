// The parts of logs that a consumer has not looked at, as a source of entries; what holds no message is told by the index
// without opening it (spec/repository.md, "Consumers").
import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { firstBehind } from '../../repository/index/held.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { isMessage } from '../order/order.js';
import type { EntrySource } from '../source.js';

/** A log, and what of it was not looked at. */
export interface Unlooked {
  readonly summary: LogSummary;
  readonly left: readonly Range[];
}

/** Entries that were not looked at, and the logs in which there are messages among them. */
export interface Unseen {
  readonly source: EntrySource;
  readonly logs: readonly LogSummary[];
}

/** Those of some logs; `onOther` is told what turns out to be no message. */
export function openUnseen(
  repository: Repository,
  logs: readonly Unlooked[],
  onOther: (log: LogId, ranges: readonly Range[]) => void,
): Unseen {
  const runs = new Map<LogId, readonly RunRecord[]>();
  const parts = new Map<LogId, readonly Range[]>();
  for (const { summary, left } of logs) {
    const { log } = summary;
    const all = repository.runs(log).flatMap((run) => partsOf(run, left).map((part) => ({ run, part })));
    const open = all.filter(({ run, part }) => mayHoldMessages(run, part));
    const others = all.filter(({ run, part }) => !mayHoldMessages(run, part));
    if (others.length > 0) {
      onOther(
        log,
        others.map(({ part }) => part),
      );
    }
    runs.set(log, [...new Set(open.map(({ run }) => run))]);
    parts.set(
      log,
      open.map(({ part }) => part),
    );
  }
  function* entries(log: LogId, from = 0, end = Number.POSITIVE_INFINITY): ReturnType<Repository['entries']> {
    const all = parts.get(log) ?? [];
    for (let at = firstBehind(all, from); at < all.length && (all[at]?.from ?? end) < end; at++) {
      const part = all[at] as Range;
      for (const entry of repository.entries(log, Math.max(from, part.from), Math.min(end, part.end))) {
        if (!isMessage(entry)) onOther(log, [{ from: entry.seq, end: entry.seq + 1 }]);
        yield entry;
      }
    }
  }
  return {
    source: {
      frozen: repository.frozen,
      runs: (log) => runs.get(log) ?? [],
      entries,
      segment: (place) => repository.segment(place),
      within: (run) => repository.within(run),
    },
    logs: logs.flatMap(({ summary }) => (runs.get(summary.log)?.length ? [summary] : [])),
  };
}

/** The ranges as far as they lie in a run. */
function partsOf({ first, end }: RunRecord, ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (let at = firstBehind(ranges, first); at < ranges.length; at++) {
    const range = ranges[at];
    if (!range || range.from >= end) break;
    found.push({ from: Math.max(first, range.from), end: Math.min(end, range.end) });
  }
  return found;
}

/** Whether there can be messages in a part of a run: not where all is introduction or housekeeping. */
function mayHoldMessages(run: RunRecord, { from, end }: Range): boolean {
  if (run.messages === 0) return false;
  const { housekeeping } = run;
  if (!housekeeping) return true;
  const others = housekeeping.seqs.filter((seq) => from <= seq && seq < end).length + (from === 0 ? 1 : 0);
  return end - from > others;
}
