// Six people and three sticks that are lost, cloned, rolled back, late and full (spec/drive.md).
import { describe, it } from 'vitest';
import { memoryDirectory } from '../testkit/scratch.js';
import { StickWorld } from '../testkit/stick-world.js';

const STEPS = 120;

describe('six people and three sticks', () => {
  it.each([
    [1, 'open'],
    [2, 'open'],
    [3, 'sealed'],
    [4, 'mixed'],
  ] as const)('come to one conversation and to rest (seed %i, %s)', async (seed, sealing) => {
    const world = await StickWorld.create(memoryDirectory(), seed, sealing);
    for (let i = 0; i < STEPS; i++) await world.step();
    await world.expectRest();
  });
});
