// Clocks of private topics: whole hours in the clear, the rest inside (spec/epochs.md, "Hour clock"). Clear milliseconds would tell
// by whom a log was answered, and so which logs are one conversation.
import type { LogId } from '../../format/ids.js';
import { CLOCK_LIMIT } from '../../format/limits.js';

/** An hour, ms. */
export const HOUR_MS = 3_600_000;

/** When an author says that it wrote something, and where it puts it: ms since 1970, the clock at least the time. */
export interface Clocks {
  readonly time: number;
  readonly clock: number;
}

/** Clocks in two parts: what stands in the clear, in whole hours, and what is sealed, ms within those. */
export interface SplitClocks {
  readonly outer: Clocks;
  readonly inner: Clocks;
}

/** What is written of exact clocks outside and inside of an entry. */
export function splitClocks({ time, clock }: Clocks): SplitClocks {
  const outer = { time: hourOf(time), clock: hourOf(clock) };
  return { outer, inner: { time: time - outer.time, clock: clock - outer.clock } };
}

/** The exact clocks of an entry; of one that is not opened the last ms that they can be. */
export function exactClocks(outer: Clocks, inner?: Clocks): Clocks {
  const time = outer.time + withinHour(inner?.time);
  const clock = outer.clock + withinHour(inner?.clock);
  return { time, clock: Math.min(clock, CLOCK_LIMIT - 1) };
}

/** A private entry where its log stands in the order; `clock` is the outer clock that it sorts by. */
export interface HourEntry {
  readonly log: LogId;
  readonly seq: number;
  readonly clock: number;
  /** The inner clock as it was written; absent when the entry is not opened. */
  readonly inner?: number | undefined;
}

/** An entry with what it sorts by: `inner` is the inner effective clock, infinite where it is not opened. */
export type HourPlaced = HourEntry & { readonly inner: number };

/** The entries of one log, in the order of their seqs, with what they sort by. */
export function* hourPlaces(entries: Iterable<HourEntry>): Generator<HourPlaced> {
  let hour = Number.NaN;
  let highest = 0;
  for (const entry of entries) {
    if (entry.clock !== hour) highest = 0;
    hour = entry.clock;
    if (entry.inner !== undefined) highest = Math.max(highest, withinHour(entry.inner));
    // what is not opened pushes nothing
    yield { ...entry, inner: entry.inner === undefined ? Number.POSITIVE_INFINITY : highest };
  }
}

/** Negative when the first comes before the second. */
export function compareHourPlaces(a: HourPlaced, b: HourPlaced): number {
  if (a.clock !== b.clock) return a.clock - b.clock;
  if (a.inner !== b.inner) return a.inner < b.inner ? -1 : 1;
  if (a.log !== b.log) return a.log < b.log ? -1 : 1;
  return a.seq - b.seq;
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

/** What is no ms within an hour counts as the last. */
function withinHour(ms = HOUR_MS): number {
  return Number.isInteger(ms) && ms >= 0 && ms < HOUR_MS ? ms : HOUR_MS - 1;
}
