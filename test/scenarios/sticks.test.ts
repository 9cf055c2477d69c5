// Six people and three sticks that are lost, cloned, rolled back, late and full (spec/drive.md).
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareSignatures } from '../../src/format/signature.js';
import { heldBy } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { StickWorld } from '../testkit/stick-world.js';

beforeAll(prepareSignatures);

describe('six people and three sticks', () => {
  it.each([1, 2])(
    'come to the same conversation and to rest, whatever happens to the sticks (seed %i)',
    async (seed) => {
      const world = await StickWorld.create(scratchDirectory(), seed);
      for (let i = 0; i < 120; i++) await world.step();
      expect(await world.settle()).toBeLessThanOrEqual(6);
      const [first, ...others] = world.people;
      expect(first?.texts('t')).toHaveLength(world.messages);
      for (const other of others) expect(heldBy(other)).toEqual(heldBy(first as never));
      // what everybody has acknowledged is gone but for the newest word of each
      for (const bundles of world.bundles()) expect(bundles.length).toBeLessThanOrEqual(world.people.length);
    },
    120_000,
  );
});
