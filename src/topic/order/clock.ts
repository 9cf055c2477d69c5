// Clocks in numbers: the next one of a writer, the median of many, and how far ahead is too far (spec/message.md, "Clock").
import { CLOCK_LIMIT } from '../../format/limits.js';
import type { World } from '../../repository/repository.js';

/** Entries further ahead than this of both the own time and the others' median pull nobody along. */
export const AHEAD_MAX_MS = 30 * 86_400_000;
/** A time further than this behind its clock can't be right: who was pulled along is behind by half of it. */
export const BEHIND_MAX_MS = 2 * AHEAD_MAX_MS;

/**
 * The clock of the next message: above the own `previous` one and those of its deps, and at least `time`. At the very
 * end of the range it stays there; such an entry then sorts right after its predecessor.
 */
export function nextClock(time: number, previous: number, deps: readonly number[]): number {
  let least = Math.max(time, 0, previous + 1);
  for (const clock of deps) least = Math.max(least, clock + 1);
  return Math.min(least, CLOCK_LIMIT - 1);
}

/** The lower of the two in the middle, or the one that is; undefined of none. */
export function lowerMedian(clocks: Iterable<number>): number | undefined {
  const sorted = sortedClocks(clocks);
  return sorted[(sorted.length - 1) >>> 1];
}

/** The lower median of what is left when one of the clocks, which are sorted, is taken out; looks at no more than two. */
export function lowerMedianWithout(sorted: readonly number[], one: number): number | undefined {
  if (sorted.length < 2) return undefined;
  const middle = (sorted.length - 2) >>> 1;
  const found = sorted[middle];
  return found !== undefined && found < one ? found : sorted[middle + 1];
}

/** The clocks, ascending. */
export function sortedClocks(clocks: Iterable<number>): number[] {
  return [...clocks].sort((a, b) => a - b);
}

/** Milliseconds since 1970 that have surely passed: by the own clock, or because this program was made then. */
export function ownTime({ now, built = 0 }: World): number {
  return Math.max(now(), built);
}

/** Whether the own clock could be right: it is not before the program that reads it was made. */
export function isPlausible({ now, built = 0 }: World): boolean {
  return now() >= built;
}
