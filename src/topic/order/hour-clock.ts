// Clocks of private topics: whole hours in the clear, the rest inside (spec/epochs.md, "Hour clock"). Clear milliseconds would tell
// by whom a log was answered, and so which logs are one conversation.
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

/** The last clock that what is not opened can have where nothing outside says more than this one, ms. */
export function latestWithin(clock: number): number {
  return Math.min(hourOf(clock) + HOUR_MS, CLOCK_LIMIT) - 1;
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

/** What is no ms within an hour counts as the last. */
function withinHour(ms = HOUR_MS): number {
  return Number.isInteger(ms) && ms >= 0 && ms < HOUR_MS ? ms : HOUR_MS - 1;
}
