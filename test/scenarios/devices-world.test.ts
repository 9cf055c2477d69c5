// People with several devices, some lost, one restored, over sticks that are lost, stolen and rolled back: DEVICES_WORLD_SEED plays a run again, SOAK=1 runs
// many.
import { expect, it } from 'vitest';
import { DevicesWorld } from '../testkit/devices-world.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';

const RUNS = process.env['SOAK'] ? 40 : 1;
const STEPS = process.env['SOAK'] ? 200 : 24;

it('come to one conversation and to rest, and what was removed opens nothing more', async () => {
  const first = seedOf('DEVICES_WORLD_SEED');
  for (let seed = first; seed < first + RUNS; seed++) {
    console.log(`seed ${seed}`);
    const world = await DevicesWorld.create(memoryDirectory(), seed);
    for (let i = 0; i < STEPS; i++) {
      if (i === Math.floor(STEPS / 4)) await world.backUp();
      if (i === Math.floor(STEPS / 2)) await world.lose();
      if (i === Math.floor((STEPS * 3) / 4)) await world.restore();
      await world.step();
    }
    await world.expectRest();
    // it did look, and at what matters
    expect(world.seenAfter, `seed ${seed}, ${world.seen} bundles`).toBeGreaterThan(0);
  }
});
