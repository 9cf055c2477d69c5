// Clones of one home that nobody noticed, in worlds at random: every message is shown once, nothing becomes unread twice, and
// whatever the order in which things arrive, all see the same in the end. COPIES of them (6), from the seed COPIES_FROM (1) on.
import { describe, it } from 'vitest';
import { CopiesWorld } from '../testkit/copies-world.js';
import { memoryDirectory } from '../testkit/scratch.js';

const COUNT = Number(process.env['COPIES'] ?? 6);
const FROM = Number(process.env['COPIES_FROM'] ?? 1);
const STEPS = 30;

describe('clones of one home', () => {
  it.each(Array.from({ length: COUNT }, (_, i) => FROM + i))(
    'say everything once (COPIES=1 COPIES_FROM=%i)',
    async (seed) => {
      const world = await CopiesWorld.create(memoryDirectory(), seed);
      for (let i = 0; i < STEPS; i++) await world.step();
      await world.expectRest();
    },
  );
});
