// What its user has forgotten here: payloads that are gone from this disk alone (spec/repository.md, "refs/forgotten.json";
// spec/log.md, "Holding").
import type { LogId } from '../format/ids.js';
import type { Range } from '../format/log/meta.js';
import { RangeSet } from './index/range-set.js';
import type { Layout } from './layout.js';
import { readState, writeState } from './state.js';

/** Of each log the seqs whose payloads were forgotten. */
export type Forgotten = ReadonlyMap<LogId, RangeSet>;

/** What was forgotten in most logs. */
export const NOTHING_FORGOTTEN = new RangeSet();

/** All that was forgotten. @throws SatchelError `damaged` when the file is malformed */
export function readForgotten(layout: Layout): Forgotten {
  const { forgotten = [] } = readState(layout, 'forgotten') ?? {};
  return new Map(forgotten.map(({ log, ranges }) => [log, new RangeSet(ranges.map(([from, end]) => ({ from, end })))]));
}

/** Adds to it, durably: from here on these payloads are not shown, taken or passed on. Only under the repository's lock. */
export function addForgotten(layout: Layout, more: ReadonlyMap<LogId, readonly Range[]>): void {
  const all = new Map(readForgotten(layout));
  for (const [log, ranges] of more) {
    const known = all.get(log) ?? new RangeSet();
    known.add(ranges);
    all.set(log, known);
  }
  const list = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  writeState(layout, 'forgotten', {
    forgotten: list.map(([log, set]) => ({
      log,
      ranges: set.ranges.map(({ from, end }): [number, number] => [from, end]),
    })),
  });
}
