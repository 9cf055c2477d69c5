// That no number of statements is too many to take in (spec/private.md, "Intake").
import { expect, it } from 'vitest';
import type { StatementId } from '../../../../src/format/ids.js';
import { HeldStatements } from '../../../../src/topic/members/held.js';
import { type GraphStatement, idOf, statementsOf } from '../../../testkit/members-graph.js';

const merge = (id: string, by: string, prev: string[]): GraphStatement => ({ id, by, prev, merge: true });

it('statements in any number wait for one that is missing', () => {
  const held = new HeldStatements({ owners: [idOf('ana')], own: idOf('ana') });
  const [waits] = statementsOf({ owners: [], statements: [merge('m', 'ben', ['x'])] });
  if (!waits) throw new Error('no statement');
  // more than a function takes as its arguments
  const many = Array.from({ length: 150_000 }, (_, i) => i.toString(16).padStart(64, '0') as StatementId);
  held.take(many.map((id) => ({ ...waits, id })));
  expect(held.waiting.length).toBe(many.length);
  held.take(statementsOf({ owners: [], statements: [merge('x', 'eve', [])] }));
  expect([held.waiting, held.graph.size]).toEqual([[], 0]);
});
