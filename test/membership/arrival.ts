// Statements that arrive in any order, at a replica that takes in what it may.
import type { StatementId } from '../../src/format/ids.js';
import { HeldStatements } from '../../src/topic/members/held.js';
import type { TopicStatement } from '../../src/topic/members/statement.js';
import type { Chance } from '../testkit/chance.js';
import { idOf, type MembersGraph, statementsOf } from '../testkit/members-graph.js';
import { differences } from './compare.js';
import { discardedBy, oracle } from './oracle.js';
import { deviceOf, resolvedOf } from './program.js';
import type { RandomGraph } from './random-graph.js';

/** Small enough that random graphs meet it. */
const MOST = { statements: 2, forcing: 2, heads: 1_000 };

/** What a replica makes of a graph that arrives at random, a few statements at a time, where it differs from the page. */
export function arrivalDifferences(chance: Chance, graph: RandomGraph): string[] {
  const discarded = discardedBy(graph, MOST);
  const kept: MembersGraph = { ...graph, statements: graph.statements.filter(({ id }) => !discarded.has(id)) };
  const held = new HeldStatements({
    owners: graph.owners.map((name) => idOf(name)),
    own: deviceOf('ana'),
    most: MOST,
  });
  const arriving = shuffled(chance, statementsOf(graph));
  while (arriving.length > 0) held.take(arriving.splice(0, 1 + chance.below(4)));
  const wrong = graph.statements.filter(({ id }) => held.isDiscarded(idOf<StatementId>(id)) !== discarded.has(id));
  const states = wrong.map(({ id }) => `${id} discarded: ${!discarded.has(id)}, expected ${discarded.has(id)}`);
  const waiting = [...held.waiting.map(({ id }) => id), ...held.missing].map((id) => `${id} waits`);
  return [...states, ...waiting, ...differences(kept, graph.logs, resolvedOf(held.resolution), oracle(kept))];
}

/** The statements in another order in which each stands after those it cites. */
export function otherOrder(chance: Chance, graph: MembersGraph): TopicStatement[] {
  const left = statementsOf(graph);
  const order: TopicStatement[] = [];
  while (left.length > 0) {
    const isNext = ({ prev }: TopicStatement): boolean => !left.some(({ id }) => prev.includes(id));
    const next = chance.pick(left.filter(isNext));
    order.push(next);
    left.splice(left.indexOf(next), 1);
  }
  return order;
}

function shuffled<T>(chance: Chance, list: readonly T[]): T[] {
  return list
    .map((one) => [chance.number(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}
