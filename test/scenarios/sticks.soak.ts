// Six people and three sticks, for as many seeds as there is time for: SOAK_SEEDS (20), from SOAK_FROM (1000).
import { it } from 'vitest';
import { memoryDirectory } from '../testkit/scratch.js';
import { StickWorld } from '../testkit/stick-world.js';

const SEEDS = Number(process.env['SOAK_SEEDS'] ?? 20);
const FROM = Number(process.env['SOAK_FROM'] ?? 1_000);

it.each(Array.from({ length: SEEDS }, (_, i) => FROM + i))('sticks, seed %i', async (seed) => {
  const world = await StickWorld.create(memoryDirectory(), seed);
  for (let i = 0; i < 300; i++) await world.step();
  await world.expectRest();
});
