// The power is cut at some changes; stream.crash.ts does it at each.
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { FATES } from '../testkit/power-cut.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { CrashWorld } from './crash.js';

const CUTS = 3;

it('what was taken is there after the power was cut', async () => {
  const chance = new Chance(seedOf('STREAM_SEED'));
  const world = await CrashWorld.create(memoryDirectory());
  const changes = await world.changes();
  expect(changes).toBeGreaterThan(20);
  for (let i = 0; i < CUTS; i++) await world.cutAt(1 + chance.below(changes), [chance.pick(FATES)]);
});
