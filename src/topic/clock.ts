// The writer's rule for logical clocks, and whom it refuses to follow (spec/message.md, "Clock").
import { CLOCK_LIMIT } from '../format/limits.js';

/** Entries further ahead than this of both the own time and the topic's median pull nobody along. */
export const AHEAD_MAX_MS = 30 * 86_400_000;

/** What a writer compares strangers' clocks with. */
export interface Present {
  /** Milliseconds since 1970 on the own clock. */
  readonly time: number;
  /** Median of the clocks in the topic; undefined when there are none. */
  readonly median: number | undefined;
}

/**
 * The clock of the next message: above the own `previous` one and those of its deps, and at least `time`. At the very
 * end of the range it stays there; such an entry then sorts right after its predecessor.
 */
export function nextClock(time: number, previous: number, deps: readonly number[]): number {
  let least = Math.max(time, 0, previous + 1);
  for (const clock of deps) least = Math.max(least, clock + 1);
  return Math.min(least, CLOCK_LIMIT - 1);
}

/** Whether a clock is more than 30 days ahead of both the own time and the topic's median. */
export function isFarAhead(clock: number, present: Present): boolean {
  return clock > Math.max(present.time, present.median ?? present.time) + AHEAD_MAX_MS;
}

/** The lower median of the latest clock of each log; a log without one (-1) has no say. Undefined when none has. */
export function medianClock(clocks: Iterable<number>): number | undefined {
  const known = [...clocks].filter((clock) => clock >= 0).sort((a, b) => a - b);
  return known[(known.length - 1) >>> 1];
}
