// Six people and three sticks that are lost, cloned, rolled back, late and full (spec/drive.md).
import { describe, it } from 'vitest';
import { memoryDirectory } from '../testkit/scratch.js';
import { StickWorld } from '../testkit/stick-world.js';

const STEPS = 120;

describe('six people and three sticks', () => {
  it.each([1, 2])('come to one conversation and to rest (seed %i)', async (seed) => {
    const world = await StickWorld.create(memoryDirectory(), seed);
    for (let i = 0; i < STEPS; i++) await world.step();
    await world.expectRest();
  });
});
