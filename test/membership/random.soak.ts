// Thousands of random graphs of statements, large ones among them, in many orders.
import { expect, it } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { seedOf } from '../testkit/seed.js';
import { arrivalDifferences, otherOrder } from './arrival.js';
import { differences } from './compare.js';
import { oracle } from './oracle.js';
import { resolveGraph } from './program.js';
import { randomGraph } from './random-graph.js';

const SEED = seedOf('MEMBERS_SEED');
/** Each in two orders, and arriving twice. */
const GRAPHS = process.env['SOAK'] === '1' ? 20_000 : 1_000;

it('resolves and takes in as the page says, in any order', () => {
  for (let run = 0; run < GRAPHS; run++) {
    const chance = new Chance(SEED + run);
    const graph = randomGraph(chance, 4 + chance.below(run % 20 === 0 ? 60 : 36));
    const page = oracle(graph);
    const name = `seed ${SEED + run}`;
    expect(differences(graph, graph.logs, resolveGraph(graph), page), name).toEqual([]);
    for (let i = 0; i < 2; i++) {
      const other = resolveGraph(graph, {}, otherOrder(chance, graph));
      expect(differences(graph, graph.logs, other, page), name).toEqual([]);
      expect(arrivalDifferences(chance, graph), name).toEqual([]);
    }
  }
});
