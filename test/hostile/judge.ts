// How what a command took is judged: against a measure of the machine that is taken beside it, so that a slow machine, or one
// that is busy with something else, makes nothing look expensive, and what is expensive looks so everywhere.
import { calibrate, type Taken } from './measure.js';

/** Processor time above a start that a command may take on the machine that limits are meant for ... */
export const CPU_MAX_MS = 1_000;
/** ... and memory, anywhere. */
export const PEAK_MAX_BYTES = 200 * 1_048_576;
/**
 * What calibration.cjs takes on the machine that limits are meant for: the least that it ever took where the figures in
 * docs/reliability.md were measured, so that no other machine is given more than a second there.
 */
export const REFERENCE_MS = 200;
/** What takes more than this share of a limit is run three times, and its median counts; cheaper runs count at once. */
const SHARE = 0.4;
/** What passes a limit is measured anew so often, and the lowest median counts: chance passes, what is expensive stays so. */
const ROUNDS_MAX = 3;

/** What a command took, at its worst or in the middle. */
export interface Cost {
  /** Processor time above a start, as the machine that limits are meant for would take it. */
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** With how the command ended. */
export interface Judged {
  readonly cost: Cost;
  readonly last: Taken;
}

/** The cost of a command that was run once and can be run `again` and again, and how it ended the last time. */
export function costOf(
  first: Taken,
  again: () => Taken,
  { startMs, cpuMaxMs = CPU_MAX_MS }: { readonly startMs: number; readonly cpuMaxMs?: number | undefined },
): Judged {
  let last = first;
  const once = (): Cost => {
    last = again();
    return scaled(last, startMs);
  };
  const before = scaled(first, startMs);
  if (isCheap(before, cpuMaxMs)) return { cost: before, last };
  let cost = medianOf([before, once(), once()]);
  for (let round = 1; round < ROUNDS_MAX && isOver(cost, cpuMaxMs); round++) {
    const other = medianOf([once(), once(), once()]);
    cost = { cpuMs: Math.min(cost.cpuMs, other.cpuMs), peakBytes: Math.min(cost.peakBytes, other.peakBytes) };
  }
  return { cost, last };
}

/** Whether it passes a limit. */
export function isOver({ cpuMs, peakBytes }: Cost, cpuMaxMs = CPU_MAX_MS): boolean {
  return cpuMs > cpuMaxMs || peakBytes > PEAK_MAX_BYTES;
}

/** A single run, by a measure of the machine taken right behind it. */
export function scaled({ cpuMs, peakBytes }: Taken, startMs: number): Cost {
  const above = Math.max(0, cpuMs - startMs);
  // what costs next to nothing does so on any machine
  const isNothing = above < CPU_MAX_MS / 5;
  return { cpuMs: Math.round(isNothing ? above : (above * REFERENCE_MS) / calibrate()), peakBytes };
}

function isCheap({ cpuMs, peakBytes }: Cost, cpuMaxMs: number): boolean {
  return cpuMs < SHARE * cpuMaxMs && peakBytes < PEAK_MAX_BYTES / 2;
}

function medianOf(all: readonly Cost[]): Cost {
  return { cpuMs: median(all.map(({ cpuMs }) => cpuMs)), peakBytes: median(all.map(({ peakBytes }) => peakBytes)) };
}

/** The one in the middle. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
