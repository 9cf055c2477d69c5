// What somebody writes with a new statement: what it cites, the ends of logs, and what goes along (spec/private.md, "Citing", "With
// its past", "Automatic cuts").
import { describe, expect, it } from 'vitest';
import type { EntryId, LogId, PersonId, StatementId } from '../../../../src/format/ids.js';
import { CARRIED_STATEMENTS_MAX, CUT_LOGS_MAX, STATEMENT_PREV_MAX } from '../../../../src/format/limits.js';
import { carriedLists, carriedPast } from '../../../../src/topic/members/carried-past.js';
import { believedHeads, planCiting } from '../../../../src/topic/members/citing.js';
import { cutOfDevices, cutOfPerson, type HeldLog } from '../../../../src/topic/members/cuts.js';
import type { PlacedEpoch } from '../../../../src/topic/members/entitled.js';
import type { Placed } from '../../../../src/topic/members/graph.js';
import { HeldStatements } from '../../../../src/topic/members/held.js';
import { authorOf, entryOf, type GraphStatement, idOf, nameOf, statementsOf } from '../../../testkit/members-graph.js';

const OWNERS = ['ana', 'bea'];
const adds = (id: string, by: string, prev: string[], person: string): GraphStatement => ({
  id,
  by,
  prev,
  set: { person, role: 3 },
});
const merge = (id: string, by: string, prev: string[]): GraphStatement => ({ id, by, prev, merge: true });

function heldOf(statements: readonly GraphStatement[]): HeldStatements {
  const held = new HeldStatements({ owners: OWNERS.map((name) => idOf<PersonId>(name)), own: idOf('ana') });
  held.take(statementsOf({ owners: OWNERS, statements }));
  expect(held.waiting.length).toBe(0);
  return held;
}

function names(some: readonly { readonly id: StatementId }[]): string[] {
  return some.map(({ id }) => nameOf(id)).sort();
}

describe('heads', () => {
  const many = Array.from({ length: 3 * STATEMENT_PREV_MAX }, (_, i) => merge(`m${i}`, `bea.${i}`, []));

  it('are cited as they are where they find room', () => {
    const held = heldOf([adds('b', 'ana', [], 'ben'), merge('m', 'bea', [])]);
    const plan = planCiting(held.resolution, held.graph.heads(), idOf('ana'));
    expect([plan.merges, plan.prev.map(nameOf).sort()]).toEqual([[], ['b', 'm']]);
  });

  it('are merged in a row until they do, and all of it is held by others', () => {
    const held = heldOf([...many, adds('b', 'ana', [], 'ben'), merge('n', 'ben', ['b'])]);
    const heads = held.graph.heads();
    const last = heads.filter(({ id }) => nameOf(id) === 'n');
    const plan = planCiting(held.resolution, [...heads.filter((one) => !last.includes(one)), ...last], idOf('ben'));
    const written: GraphStatement[] = plan.merges.map((ids, i) =>
      merge(`x${i}`, 'ben', [...ids.map(nameOf), ...(i > 0 ? [`x${i - 1}`] : [])]),
    );
    written.push(merge('last', 'ben', [...plan.prev.map(nameOf), `x${written.length - 1}`]));
    expect(written.map(({ prev }) => prev.length <= STATEMENT_PREV_MAX)).not.toContain(false);
    expect(nameOf(plan.merges[0]?.[0] ?? idOf(''))).toBe('n');
    const before = held.graph.size;
    held.take(statementsOf({ owners: OWNERS, statements: written }));
    expect(held.graph.size).toBe(before + written.length);
    expect(names(held.graph.heads())).toEqual(['last']);
  });
});

describe('what is not believed', () => {
  const list = (id: string, by: string, prev: string[], removed: string[]): GraphStatement => ({
    id,
    by,
    prev,
    list: { generation: 1, version: 2, authority: by, current: [by], removed },
  });
  const believed = (statements: readonly GraphStatement[], person: string, ...not: string[]): string[] => {
    const isDisbelieved = ({ id }: Placed): boolean => not.includes(nameOf(id));
    return names(believedHeads(heldOf(statements).resolution, { person: idOf<PersonId>(person), isDisbelieved }));
  };

  it('is left out, with what cites it', () => {
    const statements = [
      adds('b', 'ana', [], 'ben'),
      adds('x', 'ana.a', ['b'], 'eve'),
      merge('m', 'bea', ['x']),
      merge('n', 'bea', ['b']),
    ];
    expect(believed(statements, 'ana', 'x')).toEqual(['n']);
    expect(believed(statements, 'ana')).toEqual(['m', 'n']);
  });

  it('stays where an own list that counts cites it', () => {
    const statements = [adds('x', 'ana.a', [], 'eve'), merge('y', 'ana.a', ['x']), list('d', 'ana', ['x'], ['ana.b'])];
    expect(believed(statements, 'ana', 'x', 'y')).toEqual(['d']);
    expect(believed(statements, 'ana', 'x', 'y', 'd')).toEqual([]);
  });

  it('never takes the statement that added its author', () => {
    const statements = [adds('b', 'ana.a', [], 'ben'), merge('x', 'ana.a', ['b']), merge('m', 'ben', ['b'])];
    expect(believed(statements, 'ben', 'b', 'x')).toEqual(['b']);
  });
});

describe('cuts', () => {
  const log = (name: string, by: string, length: number, written = 0): HeldLog => ({
    log: idOf<LogId>(name),
    author: authorOf({ by }),
    heads: [idOf<StatementId>('b')],
    length,
    written,
    idAt: (at) => (at <= length ? entryOf(name, at) : undefined),
  });
  const BEN = adds('b', 'ana', [], 'ben');
  const told = (cut: readonly { log: LogId; length: number; id: EntryId }[]): string[] =>
    cut.map(({ id }) => nameOf(id));

  it('name what is held of the person, and nothing of others', () => {
    const { resolution } = heldOf([BEN]);
    expect(
      told(
        cutOfPerson(
          resolution,
          [log('l2', 'ben', 5), log('l1', 'ben.a', 3), log('l3', 'ben', 0), log('l4', 'ana', 9)],
          { person: idOf('ben') },
        ),
      ),
    ).toEqual(['l1#3', 'l2#5']);
  });

  it('leave no more than a cut before', () => {
    const { resolution } = heldOf([
      BEN,
      { id: 'r', by: 'ana', prev: ['b'], set: { person: 'ben', role: 0 }, cut: { l1: 2, l2: 9 } },
    ]);
    expect(
      told(
        cutOfPerson(
          resolution,
          ['l1', 'l2', 'l3'].map((name) => log(name, 'ben', 5)),
          { person: idOf('ben') },
        ),
      ),
    ).toEqual(['l1#2', 'l2#5']);
  });

  it('of somebody as of an earlier time name what was held then', () => {
    const { resolution } = heldOf([BEN]);
    const logs = [log('l1', 'ben', 5), log('l2', 'ben', 5), log('l3', 'ben', 2)];
    const then = new Map([
      ['l1', 3],
      ['l3', 4],
    ]);
    const lengthThen = (id: LogId): number => then.get(nameOf(id)) ?? 0;
    expect(told(cutOfPerson(resolution, logs, { person: idOf('ben'), lengthThen }))).toEqual(['l1#3', 'l3#2']);
  });

  it('of devices name those that are not current, as far as they were held when that was known', () => {
    const { resolution } = heldOf([BEN]);
    const logs = [log('l1', 'ben', 5), log('l2', 'ben.a', 5), log('l3', 'ben.b', 5), log('l4', 'ben.c', 2)];
    const known = new Map([
      ['l2', 3],
      ['l4', 4],
    ]);
    const left = {
      person: idOf<PersonId>('ben'),
      current: [authorOf({ by: 'ben' }).device],
      lengthWhenKnown: (id: LogId) => known.get(nameOf(id)),
    };
    expect(told(cutOfDevices(resolution, logs, left))).toEqual(['l2#3', 'l4#2']);
  });

  it('name the logs last written to where there are too many', () => {
    const { resolution } = heldOf([BEN]);
    const logs = Array.from({ length: CUT_LOGS_MAX + 1 }, (_, i) => log(`l${i}`, 'ben', 1, i));
    const cut = told(cutOfPerson(resolution, logs, { person: idOf('ben') }));
    expect([cut.length, cut.includes('l0#1'), cut.includes('l1#1')]).toEqual([CUT_LOGS_MAX, false, true]);
  });
});

describe('what goes along with a statement', () => {
  const PEOPLE = ['ben', 'cleo', 'dora', 'eve'];
  const members = PEOPLE.map((person, i) => adds(`a${i}`, 'ana', i === 0 ? [] : [`a${i - 1}`], person));
  const carried = (
    statements: readonly GraphStatement[],
    id: string,
    acknowledged: Record<string, string[]> = {},
  ): string[][] => {
    const { resolution, graph } = heldOf(statements);
    const placed = graph.get(idOf<StatementId>(id));
    if (!placed) throw new Error(id);
    const by = (one: StatementId) => new Set((acknowledged[nameOf(one)] ?? []).map((name) => idOf<PersonId>(name)));
    return carriedPast(resolution, placed, by).map(names);
  };

  it('is what fewer than three others cited, back to what enough have', () => {
    const row = [
      merge('x', 'bea', ['a3']),
      merge('y', 'ben', ['x']),
      merge('z', 'cleo', ['y']),
      merge('w', 'ana.a', ['z']),
    ];
    // x: by ben, cleo; y: by cleo; z: by nobody; a3 is cited by bea, ben, cleo
    expect(carried([...members, ...row], 'w')).toEqual([['x', 'y', 'z']]);
    expect(carried([...members, ...row], 'w', { x: ['eve'], y: ['eve', 'dora'] })).toEqual([['z']]);
    expect(carried([...members, ...row], 'w', { x: ['ana'] })).toEqual([['x', 'y', 'z']]);
  });

  it('is not what the own device wrote, nor what lies behind it', () => {
    expect(
      carried([...members, merge('x', 'bea', ['a3']), merge('y', 'ana.a', ['x']), merge('w', 'ana.a', ['y'])], 'w'),
    ).toEqual([]);
  });

  it('where there are fewer others is what not all of them have', () => {
    const two = [adds('b', 'ana', [], 'ben'), merge('x', 'ben', ['b']), merge('w', 'ana', ['x'])];
    expect(carried(two, 'w')).toEqual([['x']]);
    expect(carried(two, 'w', { x: ['bea'] })).toEqual([]);
  });

  it('goes into entries before where it does not fit, its own citations last', () => {
    const row = Array.from({ length: CARRIED_STATEMENTS_MAX + 3 }, (_, i) =>
      merge(`x${i}`, 'bea', [i === 0 ? 'a3' : `x${i - 1}`]),
    );
    const groups = carried([...members, ...row, merge('w', 'ana.a', [`x${CARRIED_STATEMENTS_MAX + 2}`])], 'w');
    expect([groups.length, groups.at(-1)?.length]).toEqual([2, CARRIED_STATEMENTS_MAX]);
    expect(groups.at(-1)).toContain(`x${CARRIED_STATEMENTS_MAX + 2}`);
    expect(groups[0]).toContain('x0');
  });

  it('are lists that no devices statement before it brings', () => {
    const list = { generation: 1, version: 2, authority: 'ben', current: ['ben'], removed: [], hash: 'brought' };
    const statements: GraphStatement[] = [
      adds('b', 'ana', [], 'ben'),
      { id: 'd', by: 'ben', prev: ['b'], list },
      { id: 'p', by: 'ana', prev: ['d'], epoch: { to: ['ana'], lists: { ben: ['brought', 'other'], bea: ['hers'] } } },
    ];
    const { graph } = heldOf(statements);
    const digests = carriedLists(graph, graph.get(idOf<StatementId>('p')) as PlacedEpoch);
    expect(digests.map(nameOf)).toEqual(['other', 'hers']);
  });
});
