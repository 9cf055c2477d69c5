// What is expensive is seen on any machine, and what only chance or a slow machine made so is not.
import { beforeEach, expect, it, vi } from 'vitest';
import { costOf, isOver, REFERENCE_MS } from './judge.js';
import type { Taken } from './measure.js';

const machine = vi.hoisted(() => ({ slowness: 1 }));
vi.mock('./measure.js', () => ({ calibrate: () => 200 * machine.slowness }));

const START_MS = 70;
beforeEach(() => {
  machine.slowness = 1;
});

/** Whether a command is over a limit that takes so long there, run after run; the last time stays. */
function isFound(...times: readonly number[]): boolean {
  let run = 0;
  const again = (): Taken => {
    const ms = times[Math.min(run++, times.length - 1)] ?? 0;
    return { cpuMs: START_MS + ms * machine.slowness, peakBytes: 50 * 1_048_576, status: 0, output: '' };
  };
  return isOver(costOf(again(), again, { startMs: START_MS }).cost);
}

it.each([1, 2, 5])('judges the same on a machine %i times as slow', (slowness) => {
  expect(REFERENCE_MS).toBe(200);
  machine.slowness = slowness;
  expect(isFound(900)).toBe(false);
  expect(isFound(1_100)).toBe(true);
});

it('lets chance pass, once or for three runs, and nothing that stays slow', () => {
  expect(isFound(1_500, 900)).toBe(false);
  expect(isFound(1_500, 1_500, 1_500, 900)).toBe(false);
  expect(isFound(1_050, 1_100, 1_200, 1_010, 1_300, 1_020, 1_100, 1_400, 1_001)).toBe(true);
});

it('finds memory that is too much, whatever the time', () => {
  const taken: Taken = { cpuMs: START_MS, peakBytes: 201 * 1_048_576, status: 0, output: '' };
  expect(isOver(costOf(taken, () => taken, { startMs: START_MS }).cost)).toBe(true);
});
