// Ranges of held entries (spec/log.md, "Holding"; spec/bundle.md, "Frontier").
import type { EntryId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { RunRecord } from './run-record.js';

/** A contiguous range of held entries with the id at its end. */
export interface HeldRange extends Range {
  readonly id: EntryId;
}

/** The ranges that the runs cover, joined where they touch; runs come ascending by first seq. */
export function heldRanges(runs: readonly RunRecord[]): HeldRange[] {
  // ids only of the last runs: each has to be decoded
  const ranges: { readonly from: number; last: RunRecord }[] = [];
  for (const run of runs) {
    if (run.unheld) continue;
    const range = ranges[ranges.length - 1];
    if (!range || run.first > range.last.end) ranges.push({ from: run.first, last: run });
    else if (run.end > range.last.end) range.last = run;
  }
  return ranges.map(({ from, last }) => ({ from, end: last.end, id: last.id }));
}

/** What of the ranges lies before a seq; `idBefore` is asked for the id of the entry right before it when one is cut there. */
export function rangesBefore(
  ranges: readonly HeldRange[],
  seq: number,
  idBefore: () => EntryId | undefined,
): HeldRange[] {
  return ranges.flatMap((range) => {
    if (range.end <= seq) return [range];
    const id = range.from < seq ? idBefore() : undefined;
    return id === undefined ? [] : [{ from: range.from, end: seq, id }];
  });
}

/** The parts of `wanted` that none of the ascending, disjoint `covered` ranges covers. */
export function subtractRanges(wanted: readonly Range[], covered: readonly Range[]): Range[] {
  return wanted.flatMap((range) => subtractFrom(range, covered));
}

function subtractFrom(range: Range, covered: readonly Range[]): Range[] {
  const rest: Range[] = [];
  let from = range.from;
  for (let at = firstBehind(covered, from); at < covered.length; at++) {
    const cover = covered[at];
    if (!cover || cover.from >= range.end) break;
    if (cover.from > from) rest.push({ from, end: cover.from });
    from = cover.end;
  }
  if (from < range.end) rest.push({ from, end: range.end });
  return rest;
}

/** The ranges joined and in order. */
export function unionRanges(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a.from - b.from);
  const joined: { from: number; end: number }[] = [];
  for (const { from, end } of sorted) {
    const last = joined[joined.length - 1];
    if (last && from <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ from, end });
  }
  return joined;
}

/** The index of the first of these disjoint, ascending ranges that ends behind a seq. */
export function firstBehind(ranges: readonly { readonly end: number }[], seq: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.end ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a seq lies in one of these disjoint, ascending ranges. */
export function isInRanges(ranges: readonly Range[], seq: number): boolean {
  return (ranges[firstBehind(ranges, seq)]?.from ?? Number.POSITIVE_INFINITY) <= seq;
}

/** Entries in the ranges. */
export function countRanges(ranges: readonly Range[]): number {
  return ranges.reduce((sum, range) => sum + range.end - range.from, 0);
}
