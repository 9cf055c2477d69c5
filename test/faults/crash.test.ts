// Every command with the power cut at some of its changes and at its end, other ones each time; `npm run crash` does it at each.
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { seedOf } from '../testkit/seed.js';
import { changesOf, crashAt, manyFates } from './crash.js';
import { Machine } from './machine.js';
import { PRIVATE_SCENES } from './private-scenes.js';
import { RARER_SCENES } from './rarer-scenes.js';
import { SCENES } from './scenes.js';

const LIMIT_MS = 300_000;
/** Places in each command, besides its end. */
const CUTS = 3;

const seed = seedOf('CRASH_SEED');

it.each([...SCENES, ...RARER_SCENES, ...PRIVATE_SCENES])('$name', { timeout: LIMIT_MS }, async (scene) => {
  const chance = new Chance(seed);
  const machine = new Machine();
  await scene.before(machine);
  const { changes, memory } = await changesOf(scene, machine);
  expect(changes).toBeGreaterThan(1);
  const cuts = [Number.POSITIVE_INFINITY, ...Array.from({ length: CUTS }, () => 1 + chance.below(changes))];
  for (const cutAt of cuts) {
    machine.memory = memory.clone();
    await crashAt(scene, machine, { cutAt, fates: [chance.pick(manyFates(seed, 5))] });
  }
});
