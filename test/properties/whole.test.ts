// Worlds of which nothing is lost, and in which there was no rest once: after two silent rounds somebody still removed what
// only it knew to be superfluous, and somebody else then missed it. Many more in whole.long.ts and whole.soak.ts.
import { expect, it } from 'vitest';
import { memoryDirectory } from '../testkit/scratch.js';
import { visitedFailures } from '../testkit/whole-runs.js';

it.each([1_277, 1_399])('after two silent rounds nothing differs anywhere (seed %i)', async (from) => {
  expect(await visitedFailures(memoryDirectory(), { from, count: 1 })).toEqual([]);
});
