// The same as properties.test.ts, in hundreds of lives, a few of them long; in thousands by `npm run soak`. TOPIC_SEED plays the same
// ones again, TOPIC_HISTORIES says how many.
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { seedOf } from '../testkit/seed.js';
import { findings } from './findings.js';
import { World } from './world.js';

const SEED = seedOf('TOPIC_SEED');
const IS_SOAK = process.env['SOAK'] === '1';
const HISTORIES = Number(process.env['TOPIC_HISTORIES'] ?? (IS_SOAK ? 20_000 : 500));
/** Mostly short ones, which find most in the time that they take. */
const stepsOf = (run: number): number => (run % 100 === 99 ? 200 : run % 10 === 9 ? 80 : 30);

it('what a user would swear by holds', () => {
  let statements = 0;
  let forged = 0;
  for (let run = 0; run < HISTORIES; run++) {
    const options = { steps: stepsOf(run), keepsKeys: run % 2 === 0 };
    const world = new World(new Chance(SEED + run), options);
    world.live(options);
    expect(findings(world), `seed ${SEED + run}, ${options.steps} steps`).toEqual([]);
    statements += world.members[0]?.held.graph.size ?? 0;
    forged += world.evilStatements.length;
  }
  console.log(`${HISTORIES} histories, ${statements} statements held in the end, ${forged} forged`);
  expect(statements).toBeGreaterThan(8 * HISTORIES);
  expect(forged).toBeGreaterThan(HISTORIES);
});

it.each(['removalsKnown', 'listsCovered'])('is broken without %s', (rule) => {
  const isBroken = (run: number): boolean => {
    const options = { steps: 60, rules: { [rule]: false } };
    const world = new World(new Chance(SEED + run), options);
    world.live(options);
    return findings(world).length > 0;
  };
  expect(Array.from({ length: 100 }, (_, run) => run).some(isBroken)).toBe(true);
});
