// Two hundred bits, and every frame at which a connection can end.
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { flipping, pipePair } from '../testkit/pipes.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { cutAfter, DamagedWorld } from './damage.js';

const EACH = 20;
/** Few frames are shorter. */
const STEP = 61;
const BITS = Number(process.env['STREAM_BITS'] ?? 200);
const chance = new Chance(seedOf('STREAM_SEED'));

it(`${BITS} bits are other ones`, async () => {
  let world = await DamagedWorld.create(memoryDirectory(), chance);
  const bytes = await world.soundBytes();
  let failed = 0;
  for (let i = 0; i < BITS; i++) {
    // what was said before makes nothing harder
    if (i % EACH === 0) world = await DamagedWorld.create(memoryDirectory(), chance);
    const at = chance.below(8 * bytes);
    const direction = chance.pick(['toA', 'toB']);
    const reports = await world.over(pipePair({ [direction]: flipping(at) }), `bit ${at} ${direction}`);
    if (reports.some(({ failure }) => failure)) failed++;
  }
  console.log(`${failed} of ${BITS} streams failed`);
  expect(failed).toBeGreaterThan(BITS / 10);
});

it.each(['toA', 'toB'] as const)('a connection ends in every frame, %s', async (direction) => {
  const world = await DamagedWorld.create(memoryDirectory(), chance);
  const bytes = await world.soundBytes();
  for (let after = 0; after < bytes; after += STEP)
    await world.over(cutAfter(after, direction), `cut after ${after} ${direction}`);
});
