// Edits and reactions in worlds at random, with a clone and the freeze that it brings: whatever the order in which things arrive,
// all see the same in the end. EDITS of them (3), from the seed EDITS_FROM (1) on.
import { describe, it } from 'vitest';
import { EditsWorld } from '../testkit/edits-world.js';
import { memoryDirectory } from '../testkit/scratch.js';

const COUNT = Number(process.env['EDITS'] ?? 3);
const FROM = Number(process.env['EDITS_FROM'] ?? 1);
const STEPS = 30;

describe('edits and reactions', () => {
  it.each(Array.from({ length: COUNT }, (_, i) => FROM + i))(
    'are the same for all (EDITS=1 EDITS_FROM=%i)',
    async (seed) => {
      const world = await EditsWorld.create(memoryDirectory(), seed);
      for (let i = 0; i < STEPS; i++) await world.step();
      await world.expectRest();
    },
  );
});
