// Random graphs of statements: the program says what the page says, whatever came first. More of them in random.soak.ts.
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { seedOf } from '../testkit/seed.js';
import { arrivalDifferences, otherOrder } from './arrival.js';
import { differences } from './compare.js';
import { oracle } from './oracle.js';
import { resolveGraph } from './program.js';
import { randomGraph } from './random-graph.js';

const SEED = seedOf('MEMBERS_SEED');

it('resolves as the page says', () => {
  let counting = 0;
  for (let run = 0; run < 300; run++) {
    const chance = new Chance(SEED + run);
    const graph = randomGraph(chance, 4 + chance.below(26));
    const page = oracle(graph);
    expect(differences(graph, graph.logs, resolveGraph(graph), page), `seed ${SEED + run}`).toEqual([]);
    counting += page.counting.size;
  }
  expect(counting).toBeGreaterThan(300);
});

it('resolves the same in another order', () => {
  for (let run = 0; run < 100; run++) {
    const chance = new Chance(SEED + run);
    const graph = randomGraph(chance, 4 + chance.below(26));
    const page = oracle(graph);
    for (let i = 0; i < 2; i++) {
      const resolved = resolveGraph(graph, {}, otherOrder(chance, graph));
      expect(differences(graph, graph.logs, resolved, page), `seed ${SEED + run}`).toEqual([]);
    }
  }
});

it('takes in the same, in whatever order it comes', () => {
  for (let run = 0; run < 100; run++) {
    const chance = new Chance(SEED + run);
    const graph = randomGraph(chance, 4 + chance.below(30));
    for (let i = 0; i < 2; i++) expect(arrivalDifferences(chance, graph), `seed ${SEED + run}`).toEqual([]);
  }
});
