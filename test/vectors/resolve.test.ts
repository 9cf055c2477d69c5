// Every vector of `fixtures/resolve.json`: who takes part by a graph of statements, and how far logs count.
import { describe, expect } from 'vitest';
import { oracle } from '../membership/oracle.js';
import { type Resolved, resolveGraph } from '../membership/program.js';
import { openFixture } from '../testkit/fixture.js';
import type { GraphVector } from '../testkit/vectors-resolve.js';

const fixture = openFixture('resolve.json');

describe.each([
  ['the program', (graph: GraphVector) => resolveGraph(graph)],
  ['the page, read again', (graph: GraphVector) => byPage(graph)],
])('%s', (_who, resolved) => {
  fixture.each<GraphVector>('graphs', (vector) => {
    const { role, counts, end } = resolved(vector);
    const roles = Object.keys(vector.roles).map((person) => [person, role(person)]);
    expect(Object.fromEntries(roles), vector.comment).toEqual(vector.roles);
    expect(vector.statements.map(({ id }) => id).filter((id) => !counts(id))).toEqual(vector.without);
    const logs = (vector.logs ?? []).map((log) => ({ ...log, end: told(end(log)) }));
    expect(logs).toEqual(vector.logs ?? []);
  });
});

fixture.expectAllRun();

function byPage(graph: GraphVector): Pick<Resolved, 'role' | 'counts' | 'end'> {
  const { role, counting, end } = oracle(graph);
  return { role, counts: (id) => counting.has(id), end };
}

function told(end: number | undefined): number | 'all' | 'waiting' {
  if (end === undefined) return 'waiting';
  return end === Number.POSITIVE_INFINITY ? 'all' : end;
}
