// Sets of entries of many logs.
import type { ContentsRecord } from '../../format/bundle/contents.js';
import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { countRanges, subtractRanges } from '../../repository/index/held.js';
import { union } from '../known/knowledge.js';

/** For each log ascending, disjoint ranges. */
export type LogRanges = ReadonlyMap<LogId, readonly Range[]>;

/** What the records span. */
export function rangesOf(records: Iterable<Pick<ContentsRecord, 'log' | 'first' | 'end'>>): LogRanges {
  return unionOf([...records].map(({ log, first, end }) => new Map([[log, [{ from: first, end }]]])));
}

/** All ranges together. */
export function unionOf(all: Iterable<LogRanges>): LogRanges {
  const found = new Map<LogId, Range[]>();
  for (const [log, list] of [...all].flatMap((ranges) => [...ranges])) {
    const known = found.get(log);
    if (known) known.push(...list);
    else found.set(log, [...list]);
  }
  return new Map([...found].map(([log, list]) => [log, union(list)]));
}

/** The part of one that the other lacks. */
export function minus(some: LogRanges, others: LogRanges): LogRanges {
  const rest = [...some].map(([log, ranges]) => [log, subtractRanges(ranges, others.get(log) ?? [])] as const);
  return new Map(rest.filter(([, ranges]) => ranges.length > 0));
}

/** The part that both have. */
export function intersection(some: LogRanges, others: LogRanges): LogRanges {
  return minus(some, minus(some, others));
}

/** How many entries they are. */
export function countEntries(ranges: LogRanges): number {
  return [...ranges.values()].reduce((sum, list) => sum + countRanges(list), 0);
}
