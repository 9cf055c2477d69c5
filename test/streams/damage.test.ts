// Some of what may happen to bytes on the way; damage.long.ts has more of it.
import { it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { flipping, pipePair } from '../testkit/pipes.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { cutAfter, DamagedWorld } from './damage.js';

const TIMES = 5;
const chance = new Chance(seedOf('STREAM_SEED'));

it('a bit is another one', async () => {
  const world = await DamagedWorld.create(memoryDirectory(), chance);
  const bytes = await world.soundBytes();
  for (let i = 0; i < TIMES; i++) {
    const at = chance.below(8 * bytes);
    const direction = chance.pick(['toA', 'toB']);
    await world.over(pipePair({ [direction]: flipping(at) }), `bit ${at} ${direction}`);
  }
});

it('the connection ends', async () => {
  const world = await DamagedWorld.create(memoryDirectory(), chance);
  const bytes = await world.soundBytes();
  for (let i = 0; i < TIMES; i++) {
    const after = chance.below(bytes);
    const direction = chance.pick(['toA', 'toB'] as const);
    await world.over(cutAfter(after, direction), `cut after ${after} ${direction}`);
  }
});
