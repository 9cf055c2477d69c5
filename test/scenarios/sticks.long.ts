// Six people and three sticks that are lost, cloned, rolled back, late and full (spec/drive.md).
import { beforeAll, describe, it } from 'vitest';
import { prepareSignatures } from '../../src/format/signature/signature.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { StickWorld } from '../testkit/stick-world.js';

const STEPS = 120;

beforeAll(prepareSignatures);

describe('six people and three sticks', () => {
  it.each([1, 2])('come to one conversation and to rest (seed %i)', async (seed) => {
    const world = await StickWorld.create(memoryDirectory(), seed);
    for (let i = 0; i < STEPS; i++) await world.step();
    await world.expectRest();
  });
});
