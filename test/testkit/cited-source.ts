// Logs of a vector as a repository would tell of them to whoever looks for cited entries.
import type { EntryId, LogId } from '../../src/format/ids.js';
import type { HeldRange } from '../../src/repository/index/held.js';
import type { StoredEntry } from '../../src/repository/store/open-segment.js';
import type { CitedSource } from '../../src/topic/order/cited.js';
import type { CitedLog } from './vectors-cited.js';

/** The logs as held. */
export function citedSource(logs: readonly CitedLog[]): CitedSource {
  const of = (log: LogId): CitedLog => logs.find((one) => one.log === log) ?? { log, runs: [], entries: [] };
  const idAt = ({ entries }: CitedLog, end: number): EntryId => entries[end - 1]?.id as EntryId;
  return {
    frozen: new Map(logs.flatMap(({ log, frozen }) => (frozen === undefined ? [] : [[log as LogId, frozen] as const]))),
    log: (log) => {
      const { runs } = of(log);
      return { entries: runs.reduce((sum, [from, end]) => sum + end - from, 0), end: runs.at(-1)?.[1] ?? 0 };
    },
    held: (log) => {
      const ranges: HeldRange[] = [];
      const { frozen = Number.POSITIVE_INFINITY } = of(log);
      for (const [from, last] of of(log).runs.filter(([first]) => first < frozen)) {
        const end = Math.min(last, frozen);
        const before = ranges.at(-1)?.end === from ? ranges.pop() : undefined;
        ranges.push({ from: before?.from ?? from, end, id: idAt(of(log), end) });
      }
      return ranges;
    },
    runs: (log, from, end) =>
      of(log)
        .runs.filter(([first, last]) => first < end && from < last)
        .map(([, last]) => ({ end: last, id: idAt(of(log), last) })),
    entry: (log, seq) => {
      const { runs, entries } = of(log);
      const entry = runs.some(([from, end]) => from <= seq && seq < end) ? entries[seq] : undefined;
      const payload = entry?.payload ? Buffer.from(entry.payload, 'hex') : undefined;
      const meta = Buffer.alloc(0);
      return entry && ({ log, seq, id: entry.id as EntryId, meta, payload } as unknown as StoredEntry);
    },
  };
}
