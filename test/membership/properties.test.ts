// Private topics that are lived through, with thieves and forgers: what a user would swear by holds. More in properties.soak.ts.
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { seedOf } from '../testkit/seed.js';
import { findings } from './findings.js';
import { World } from './world.js';

const SEED = seedOf('TOPIC_SEED');
const HISTORIES = 8;

it('what a user would swear by holds', () => {
  let statements = 0;
  for (let run = 0; run < HISTORIES; run++) {
    const options = { steps: 70 };
    const world = new World(new Chance(SEED + run), options);
    world.live(options);
    expect(findings(world), `seed ${SEED + run}`).toEqual([]);
    statements += world.members[0]?.held.graph.size ?? 0;
  }
  expect(statements).toBeGreaterThan(5 * HISTORIES);
});

it('heals where somebody bad says who has its keys, and others begin logs under them', () => {
  const options = { steps: 60, keepsKeys: true };
  const world = new World(new Chance(1_305), options);
  world.live(options);
  expect(findings(world)).toEqual([]);
});

it('fails where nobody need know of removals to write', () => {
  const options = { steps: 70, rules: { removalsKnown: false } };
  const broken = Array.from({ length: 8 }, (_, run) => {
    const world = new World(new Chance(2_000 + run), options);
    world.live(options);
    return findings(world).length;
  });
  expect(broken.filter((count) => count > 0).length).toBeGreaterThan(1);
});
