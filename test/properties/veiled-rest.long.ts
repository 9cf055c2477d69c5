// Members and carriers of a private topic with sticks (spec/veiled.md, "Carrying"): after whatever they did they come to rest,
// members have everything, and nobody's stick bounces logs for ever.
import { expect, it } from 'vitest';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { VeiledWorld } from '../testkit/veiled-world.js';

const STEPS = 20;
const WORLDS = 4;

const first = seedOf('VEILED_SEED');

it.each(Array.from({ length: WORLDS }, (_, i) => first + i))('world %i comes to rest', async (seed) => {
  const world = await VeiledWorld.create(memoryDirectory(), seed);
  for (let half = 0; half < 2; half++) {
    for (let i = 0; i < STEPS; i++) await world.step();
    await world.rest();
    world.expectWhole();
  }
  if (seed % 2 === 0) expect(world.carried).toBeGreaterThan(0);
});
