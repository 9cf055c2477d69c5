// Which statements a replica holds, which wait, and which it discards (spec/private.md, "Intake").
import { describe, expect, it } from 'vitest';
import type { StatementId } from '../../../../src/format/ids.js';
import { DEVICE_STATEMENTS_MAX, FLOOD_HEADS_MAX, FLOOD_HEADS_MERGED } from '../../../../src/format/limits.js';
import { type HeldOptions, HeldStatements } from '../../../../src/topic/members/held.js';
import { RULES } from '../../../../src/topic/members/rules.js';
import { type GraphStatement, idOf, nameOf, statementsOf } from '../../../testkit/members-graph.js';

const OWNERS = ['ana', 'bea'];
const adds = (id: string, by: string, prev: string[], person: string): GraphStatement => ({
  id,
  by,
  prev,
  set: { person, role: 3 },
});
const merge = (id: string, by: string, prev: string[]): GraphStatement => ({ id, by, prev, merge: true });
const epoch = (id: string, by: string, prev: string[]): GraphStatement => ({ id, by, prev, epoch: { to: [by] } });

const EVE = adds('e', 'ana', [], 'eve');
const BEN = adds('b', 'ana', [], 'ben');

function heldBy(own: string, options: Partial<HeldOptions> = {}): HeldStatements {
  return new HeldStatements({ owners: OWNERS.map((name) => idOf(name)), own: idOf(own), ...options });
}

function give(held: HeldStatements, ...statements: readonly GraphStatement[]): string[] {
  return held.take(statementsOf({ owners: OWNERS, statements })).map(({ id }) => nameOf(id));
}

function isDiscarded(held: HeldStatements, id: string): boolean {
  return held.isDiscarded(idOf<StatementId>(id));
}

function waiting(held: HeldStatements): string[] {
  return held.waiting.map(({ id }) => nameOf(id)).sort();
}

describe('statements that arrive', () => {
  it('are held when what they cite is', () => {
    const held = heldBy('ana');
    expect(give(held, merge('m', 'ben', ['b', 'e']))).toEqual([]);
    expect([waiting(held), held.missing.map(nameOf)]).toEqual([['m'], ['b', 'e']]);
    expect(give(held, EVE)).toEqual(['e']);
    expect(held.missing.map(nameOf)).toEqual(['b']);
    expect(give(held, BEN)).toEqual(['b', 'm']);
    expect([waiting(held), held.missing]).toEqual([[], []]);
  });

  it('twice are held once', () => {
    const held = heldBy('ana');
    expect(give(held, EVE, EVE)).toEqual(['e']);
    expect(give(held, EVE)).toEqual([]);
    expect(held.graph.size).toBe(1);
  });

  it('are resolved anew only when there are others', () => {
    const held = heldBy('ana');
    const { resolution } = held;
    expect(held.resolution).toBe(resolution);
    give(held, EVE);
    expect(held.resolution).not.toBe(resolution);
    expect(held.resolution.role(idOf('eve'))).toBe(3);
  });
});

describe('a stranger', () => {
  it('is discarded, with all that cites it, and asked for no more', () => {
    const held = heldBy('ana');
    give(held, merge('x', 'eve', []), merge('y', 'ana', ['x', 'z']), BEN);
    expect([isDiscarded(held, 'x'), isDiscarded(held, 'y'), waiting(held), held.missing]).toEqual([true, true, [], []]);
    expect(give(held, merge('v', 'ben', ['b', 'y']))).toEqual([]);
    expect(isDiscarded(held, 'v')).toBe(true);
  });

  it('is not somebody whom an owner added, though that has no effect', () => {
    const held = heldBy('ana');
    const left: GraphStatement = { id: 'l', by: 'ana', prev: [], set: { person: 'ana', role: 0 } };
    give(held, left, adds('e', 'ana', ['l'], 'eve'), merge('m', 'eve', ['e']));
    expect(held.graph.size).toBe(3);
    expect(held.resolution.counts(idOf('m'))).toBe(false);
  });

  it('is one whom only a member added', () => {
    const held = heldBy('ana');
    give(held, BEN, adds('x', 'ben', ['b'], 'eve'), merge('y', 'eve', ['x']));
    expect([held.graph.size, isDiscarded(held, 'y')]).toEqual([2, true]);
  });

  it('would be held if this rule did not hold', () => {
    const held = heldBy('ana', { rules: { ...RULES, strangersDiscarded: false } });
    expect(give(held, merge('x', 'eve', []))).toEqual(['x']);
  });
});

describe('a device', () => {
  const most = { statements: 5, heads: FLOOD_HEADS_MAX };
  const chain = (count: number, by: string, from: string): GraphStatement[] =>
    Array.from({ length: count }, (_, i) => epoch(`${by}${i}`, by, [i === 0 ? from : `${by}${i - 1}`]));

  it('writes as many statements as it may, and no more', () => {
    const held = heldBy('ana', { most });
    give(held, BEN, ...chain(7, 'ben', 'b'));
    expect([held.graph.size, isDiscarded(held, 'ben5'), isDiscarded(held, 'ben6')]).toEqual([6, true, true]);
  });

  it('writes more if this rule does not hold', () => {
    const held = heldBy('ana', { most, rules: { ...RULES, deviceQuota: false } });
    give(held, BEN, ...chain(7, 'ben', 'b'));
    expect(held.graph.size).toBe(8);
  });

  it.each([
    [true, 'all'],
    [false, 'm0 m1 m2 m3 m4'],
  ])('is not used up by merges that others forced: %s', (mergesFree, expected) => {
    const held = heldBy('ana', { most: { ...most, forcing: 2 }, rules: { ...RULES, mergesFree } });
    const heads = Array.from({ length: 14 }, (_, i) => epoch(`x${i}`, `bea.${i}`, []));
    const merges = Array.from({ length: 7 }, (_, i) =>
      merge(`m${i}`, 'ben', [i === 0 ? 'b' : `m${i - 1}`, `x${2 * i}`, `x${2 * i + 1}`]),
    );
    give(held, BEN, ...heads);
    const taken = give(held, ...merges, ...chain(5, 'ben', 'm6'));
    expect(taken.join(' ')).toBe(expected === 'all' ? 'm0 m1 m2 m3 m4 m5 m6 ben0 ben1 ben2 ben3 ben4' : expected);
    expect(give(held, epoch('last', 'ben', ['ben4']))).toEqual([]);
  });

  const bea = Array.from({ length: 40 }, (_, i) => epoch(`x${i}`, `bea.${i}`, [i === 0 ? 'b' : `x${i - 1}`]));

  it.each<[string, (i: number) => string[]]>([
    ['of its own alone', (i) => [i === 0 ? 'x39' : `m${i - 1}`]],
    ['of what it had merged before', (i) => (i === 0 ? ['x39'] : ['x39', `m${i - 1}`])],
  ])('is used up by merges %s', (_, prev) => {
    const held = heldBy('ana', { most: { ...most, forcing: 1 } });
    give(held, BEN, ...bea);
    const merges = Array.from({ length: 20 }, (_one, i) => merge(`m${i}`, 'ben', prev(i)));
    // the first one was forced
    expect(give(held, ...merges)).toEqual(merges.slice(0, most.statements + 1).map(({ id }) => id));
  });

  it('is used up by merges side by side, but for one for so many statements of others', () => {
    const held = heldBy('ana', { most: { ...most, forcing: 20 } });
    give(held, BEN, ...bea);
    const merges = Array.from({ length: 8 }, (_, i) => merge(`m${i}`, 'ben', ['x39']));
    expect(give(held, ...merges)).toHaveLength(8);
    const knowing = (id: string, count: number): GraphStatement =>
      merge(
        id,
        'ben',
        merges.slice(0, count).map((one) => one.id),
      );
    // two of those in its past are free
    expect(give(held, knowing('few', 6), knowing('many', 7))).toEqual(['few']);
  });

  it('may write thousands', () => {
    const held = heldBy('ana');
    const many = Array.from({ length: DEVICE_STATEMENTS_MAX + 1 }, (_, i) =>
      merge(`${i}`, 'ana', i === 0 ? [] : [`${i - 1}`]),
    );
    give(held, ...many);
    expect(held.graph.size).toBe(DEVICE_STATEMENTS_MAX);
  });
});

describe('a flood', () => {
  const heads = (count: number, from = 0): GraphStatement[] =>
    Array.from({ length: count }, (_, i) => epoch(`x${from + i}`, 'eve', ['e']));

  it('of heads waits from the 65th on, until somebody else cites one', () => {
    const held = heldBy('ana');
    give(held, EVE, BEN, ...heads(FLOOD_HEADS_MAX + 3));
    expect(held.graph.size).toBe(2 + FLOOD_HEADS_MAX);
    expect(held.flooding.map(nameOf)).toEqual(['eve']);
    const [first = ''] = waiting(held);
    give(held, merge('m', 'ben', ['b', first]));
    expect([held.graph.size, waiting(held).length]).toEqual([2 + FLOOD_HEADS_MAX + 2, 2]);
  });

  it('ends when a member merges what is held', () => {
    const held = heldBy('ana');
    const all = heads(FLOOD_HEADS_MAX + 3);
    give(held, EVE, ...all);
    const cited = held.graph.heads().map(({ id }) => nameOf(id));
    give(held, merge('m', 'ana', cited));
    expect([waiting(held), held.graph.size]).toEqual([[], FLOOD_HEADS_MAX + 5]);
    expect(held.flooding).toEqual([]);
  });

  it('lets wait what came last', () => {
    const held = heldBy('ana');
    const all = heads(FLOOD_HEADS_MAX + 1);
    give(held, EVE, ...all);
    expect(waiting(held)).toEqual(all.slice(-1).map(({ id }) => id));
  });

  it('is seen from half as many heads on', () => {
    const held = heldBy('ana');
    give(held, EVE, ...heads(FLOOD_HEADS_MERGED - 1));
    expect(held.flooding).toEqual([]);
    give(held, ...heads(1, FLOOD_HEADS_MERGED));
    expect(held.flooding.map(nameOf)).toEqual(['eve']);
  });

  it('of the own device, and a long row of one device, is none', () => {
    const own = heldBy('eve');
    give(own, EVE, ...heads(FLOOD_HEADS_MAX + 3));
    expect([waiting(own), own.flooding]).toEqual([[], []]);
    const held = heldBy('ana');
    give(held, EVE, ...Array.from({ length: 200 }, (_, i) => epoch(`y${i}`, 'eve', [i === 0 ? 'e' : `y${i - 1}`])));
    expect([waiting(held), held.graph.size]).toEqual([[], 201]);
  });

  it('would be held if this rule did not hold', () => {
    const held = heldBy('ana', { rules: { ...RULES, flood: false } });
    give(held, EVE, ...heads(FLOOD_HEADS_MAX + 3));
    expect(waiting(held)).toEqual([]);
  });
});
