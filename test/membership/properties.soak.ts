// The same as properties.test.ts, for longer, in longer lives, and with rules left out whose absence random evil is sure to find.
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { seedOf } from '../testkit/seed.js';
import { findings } from './findings.js';
import { World } from './world.js';

const SEED = seedOf('TOPIC_SEED');
const HISTORIES = process.env['SOAK'] === '1' ? 5_000 : 200;

it('what a user would swear by holds', () => {
  for (let run = 0; run < HISTORIES; run++) {
    const options = { steps: run % 10 === 0 ? 200 : 110 };
    const world = new World(new Chance(SEED + run), options);
    world.live(options);
    expect(findings(world), `seed ${SEED + run}`).toEqual([]);
  }
});

it.each(['removalsKnown', 'listsCovered'])('is broken without %s', (rule) => {
  const options = { steps: 110, rules: { [rule]: false } };
  const broken = Array.from({ length: 60 }, (_, run) => {
    const world = new World(new Chance(SEED + run), options);
    world.live(options);
    return findings(world).length > 0;
  });
  expect(broken).toContain(true);
});
