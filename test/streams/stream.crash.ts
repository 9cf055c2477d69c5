// The power is cut at each change that a stream makes.
import { it } from 'vitest';
import { FATES } from '../testkit/power-cut.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { CrashWorld } from './crash.js';

it('what was taken is there wherever the power was cut', async () => {
  const world = await CrashWorld.create(memoryDirectory());
  const changes = await world.changes();
  for (let change = 1; change <= changes; change++)
    await world.cutAt(change, FATES.slice(change % FATES.length).slice(0, 1));
});
