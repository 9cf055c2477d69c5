// What device lists of one person come to for keys (spec/private.md, "List states").
import { describe, expect, it } from 'vitest';
import type { ListState } from '../../../../src/topic/members/list-state.js';
import { covers, listState } from '../../../../src/topic/members/list-state.js';
import { type GraphList, listOf, nameOf } from '../../../testkit/members-graph.js';

const first: GraphList = {
  generation: 1,
  version: 1,
  authority: 'ana',
  current: ['ana', 'ana.a', 'ana.b'],
  removed: [],
  hash: 'b',
};

function state(...lists: readonly GraphList[]): {
  generation: number;
  authority?: string;
  current: string[];
  removed: string[];
} {
  const { generation, authority, current, removed } = listState(lists.map((list) => listOf(list, list.authority)));
  return {
    generation,
    ...(authority && { authority: nameOf(authority) }),
    current: current.map(nameOf),
    removed: removed.map(nameOf),
  };
}

/** More than a function takes as its arguments. */
const MANY = 150_000;

describe('the list state', () => {
  it('of no list is generation 1, with nothing removed', () => {
    expect(state()).toEqual({ generation: 1, current: [], removed: [] });
  });

  it('has what the greatest list calls current, without what any of its generation removed', () => {
    const older = { ...first, current: ['ana'], removed: ['ana.a'] };
    const newer = { ...first, version: 2 };
    expect(state(older, newer)).toEqual({
      generation: 1,
      authority: 'ana',
      current: ['ana', 'ana.b'],
      removed: ['ana.a'],
    });
    expect(state(newer, older)).toEqual(state(older, newer));
  });

  it('takes of two with one version that with the smaller hash', () => {
    expect(state(first, { ...first, current: ['ana'], hash: 'a' }).current).toEqual(['ana']);
    expect(state(first, { ...first, current: ['ana'], hash: 'c' }).current).toEqual(['ana', 'ana.a', 'ana.b']);
  });

  it('takes in as many lists as somebody cares to make', () => {
    const one = listOf(first, 'ana');
    const many = Array.from({ length: MANY }, (_, version) => ({ ...one, version }));
    expect(listState(many)).toMatchObject({ generation: 1, removed: [] });
  });

  it('forgets what an earlier generation removed, and who a rival authority names', () => {
    const removing = { ...first, current: ['ana'], removed: ['ana.a'] };
    const second = { ...first, generation: 2, authority: 'ana.a', current: ['ana.a'], hash: 'x' };
    const rival = { ...second, version: 9, authority: 'ana.b', current: ['ana.b'], removed: ['ana.a'] };
    expect(state(removing, second, rival)).toEqual({
      generation: 2,
      authority: 'ana.a',
      current: ['ana.a'],
      removed: [],
    });
  });
});

describe('to cover', () => {
  const knowing = (generation: number, ...removed: string[]): ListState => ({
    generation,
    authority: undefined,
    current: [],
    removed: removed.map(
      (name) => listOf({ ...first, removed: [name] }, 'ana').removed[0] ?? listOf(first, 'ana').authority,
    ),
  });

  it.each([
    [knowing(1), knowing(1), true],
    [knowing(1, 'a'), knowing(1), true],
    [knowing(1, 'a', 'b'), knowing(1, 'b'), true],
    [knowing(1, 'a'), knowing(1, 'a', 'b'), false],
    [knowing(2), knowing(1, 'a'), true],
    [knowing(1, 'a'), knowing(2), false],
  ])('%#', (known, other, isCovered) => {
    expect(covers(known, other)).toBe(isCovered);
  });
});
