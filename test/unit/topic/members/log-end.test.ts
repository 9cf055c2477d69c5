// How far a log counts where a cut names an entry (spec/private.md, "Ends of logs"); the rest is in the vectors.
import { expect, it } from 'vitest';
import type { EntryId, LogId, PersonId, StatementId } from '../../../../src/format/ids.js';
import { HeldStatements } from '../../../../src/topic/members/held.js';
import { logEnd } from '../../../../src/topic/members/log-end.js';
import { authorOf, entryOf, type GraphStatement, idOf, statementsOf } from '../../../testkit/members-graph.js';

const statements: readonly GraphStatement[] = [
  { id: 'b', by: 'ana', prev: [], set: { person: 'ben', role: 3 } },
  { id: 'r', by: 'ana', prev: ['b'], set: { person: 'ben', role: 0 }, cut: { l1: 4 } },
];

function endOf(idAt: (length: number) => EntryId | undefined): number | undefined {
  const held = new HeldStatements({ owners: [idOf<PersonId>('ana')], own: idOf('ana') });
  held.take(statementsOf({ owners: ['ana'], statements }));
  const log = { log: idOf<LogId>('l1'), author: authorOf({ by: 'ben' }), heads: [idOf<StatementId>('b')], idAt };
  return logEnd(held.resolution, log);
}

it('up to the entry that is named', () => {
  expect(endOf((length) => entryOf('l1', length))).toBe(4);
});

it('also while that is not held', () => {
  expect(endOf(() => undefined)).toBe(4);
});

it('not at all where another one is held in its place', () => {
  expect(endOf((length) => (length === 4 ? entryOf('fork', 4) : entryOf('l1', length)))).toBe(0);
});
