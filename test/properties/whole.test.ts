// Worlds of which nothing is lost, and in which there was no rest once: after two silent rounds somebody still removed what
// only it knew to be superfluous, and somebody else then missed it. Many more in whole.long.ts and whole.soak.ts.
import { expect, it } from 'vitest';
import { memoryDirectory } from '../testkit/scratch.js';
import { visitedFailures, watchedFailures } from '../testkit/whole-runs.js';

it.each([1_277, 1_399])('after two silent rounds nothing differs anywhere (seed %i)', async (from) => {
  expect(await visitedFailures(memoryDirectory(), { from, count: 1 })).toEqual([]);
});

it.each(['sealed', 'mixed'] as const)(
  'nor where people seal what they add: all of them, or some (%s)',
  async (sealing) => {
    expect(await visitedFailures(memoryDirectory(), { from: 100, count: 4, sealing })).toEqual([]);
  },
);

it('nor where two let watch look after what they seal', async () => {
  expect(await watchedFailures(memoryDirectory(), { from: 100, count: 1, sealing: 'sealed' })).toEqual([]);
});
