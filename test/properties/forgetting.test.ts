// Random visits of people who forget: what is forgotten stays so, nobody loses by it what anybody could still bring, and all
// come to rest. FORGET_SEED plays the same again, FORGET_WORLDS more of them.
import { it } from 'vitest';
import { ForgettingWorld } from '../testkit/forgetting-world.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';

const STEPS = 24;
const WORLDS = Number(process.env['FORGET_WORLDS'] ?? 2);
const seed = seedOf('FORGET_SEED');

it.each(Array.from({ length: WORLDS }, (_, i) => i))(
  'whoever forgets loses it alone (%i)',
  { timeout: 120_000 },
  async (i) => {
    const world = await ForgettingWorld.create(memoryDirectory(), seed + i);
    for (let step = 0; step < STEPS; step++) await world.step();
    await world.expectRest();
  },
);
