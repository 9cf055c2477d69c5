// Vectors of who takes part in a private topic (spec/private.md, "Resolution", "Ends of logs"): graphs by hand, each with what it
// comes to everywhere.
import type { GraphCut, GraphLog, GraphStatement, MembersGraph } from './members-graph.js';
import type { Vector } from './vector.js';

/** A graph of statements, and what it comes to. */
export interface GraphVector extends Vector, MembersGraph {
  readonly roles: Readonly<Record<string, number>>;
  /** Statements that have no effect; all others count. */
  readonly without: readonly string[];
  /** Logs, each with the length up to which it counts, "all", or "waiting". */
  readonly logs?: readonly (GraphLog & { readonly end: number | 'all' | 'waiting' })[];
}

/** Graphs. */
export function graphVectors(): GraphVector[] {
  return [...roleGraphs(), ...deviceGraphs(), ...generationGraphs(), ...logGraphs()];
}

/** What each of the following statements has in common, and how much it may be told. */
type More = Pick<GraphStatement, 'generation' | 'cut'>;

function adds(id: string, by: string, prev: string, person: string, more: More = {}): GraphStatement {
  return { id, by, prev: words(prev), set: { person, role: 3 }, ...more };
}

function none(id: string, by: string, prev: string, person: string, cut?: GraphCut): GraphStatement {
  return { id, by, prev: words(prev), set: { person, role: 0 }, ...(cut && { cut }) };
}

/** A list of generation and version, as `1.2`; whoever states it is its authority and current. */
function lists(
  id: string,
  by: string,
  prev: string,
  [number, current, removed]: readonly [number: string, current: string, removed: string],
  more: More & { readonly authority?: string; readonly hash?: string } = {},
): GraphStatement {
  const [generation = 1, version = 1] = number.split('.').map(Number);
  const { authority = by, hash, ...rest } = more;
  const list = {
    generation,
    version,
    authority,
    current: words(current),
    removed: words(removed),
    ...(hash && { hash }),
  };
  return { id, by, prev: words(prev), list, ...rest };
}

function epoch(id: string, by: string, prev: string): GraphStatement {
  return { id, by, prev: words(prev), epoch: { to: [by] } };
}

function merge(id: string, by: string, prev: string): GraphStatement {
  return { id, by, prev: words(prev), merge: true };
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** Ana and Bea own every topic here. */
function graph(
  name: string,
  comment: string,
  statements: readonly GraphStatement[],
  expected: Pick<GraphVector, 'roles' | 'logs'> & { readonly without?: string },
): GraphVector {
  const { roles, without = '', logs } = expected;
  return { name, comment, owners: ['ana', 'bea'], statements, roles, without: words(without), ...(logs && { logs }) };
}

function roleGraphs(): GraphVector[] {
  const added = adds('e', 'ana', '', 'eve');
  const removed = none('r', 'ana', 'e', 'eve');
  return [
    graph('nothing', 'owners have their role from the id', [], { roles: { ana: 5, bea: 5, eve: 0 } }),
    graph(
      'added-and-removed',
      'by one owner who adds, and another who removes, not knowing',
      [added, removed, adds('g', 'bea', 'e', 'eve')],
      { roles: { eve: 0 } },
    ),
    graph('added-again', 'by one who knows of the removal', [added, removed, adds('g', 'bea', 'r', 'eve')], {
      roles: { eve: 3 },
    }),
    graph(
      'removed-and-added-elsewhere',
      'what knew of nothing does not outlive what was set later',
      [added, removed, adds('g', 'bea', 'e', 'eve'), adds('h', 'bea', 'r', 'eve')],
      { roles: { eve: 3 } },
    ),
    graph('member-adds', 'a member is no owner', [adds('b', 'ana', '', 'ben'), adds('x', 'ben', 'b', 'eve')], {
      roles: { ben: 3, eve: 0 },
      without: 'x',
    }),
    graph(
      'removed-adds',
      'nor is somebody removed, who raises itself neither',
      [
        added,
        removed,
        adds('x', 'eve', 'e r', 'eve'),
        adds('y', 'eve', 'e r', 'cleo'),
        epoch('p', 'eve', 'r'),
        merge('m', 'eve', 'r'),
      ],
      { roles: { eve: 0, cleo: 0 }, without: 'x y p m' },
    ),
    graph(
      'removed-back-dates',
      'epochs and merges as if it did not know count; sets of no owner do not',
      [added, removed, adds('x', 'eve', 'e', 'cleo'), epoch('p', 'eve', 'e'), merge('m', 'eve', 'e')],
      { roles: { eve: 0, cleo: 0 }, without: 'x' },
    ),
    graph(
      'leaves-while-added',
      'a member leaves while an owner adds it',
      [added, none('l', 'eve', 'e', 'eve'), adds('g', 'bea', 'e', 'eve')],
      { roles: { eve: 0 } },
    ),
    graph(
      'owner-leaves',
      'it grants nothing afterwards, and nobody makes it an owner again',
      [none('l', 'bea', '', 'bea'), adds('x', 'bea', 'l', 'eve'), adds('y', 'ana', 'l', 'bea')],
      { roles: { bea: 0, eve: 0 }, without: 'x y' },
    ),
    graph(
      'owner-leaves-and-removes',
      'from two devices that do not know each other',
      [adds('b', 'ana', '', 'ben'), none('l', 'ana', 'b', 'ana'), none('r', 'ana.a', 'b', 'ben')],
      { roles: { ana: 0, ben: 0 } },
    ),
    graph('owner-untouched', "an owner is nobody else's target", [none('x', 'bea', '', 'ana')], {
      roles: { ana: 5 },
      without: 'x',
    }),
    graph(
      'unknown-role',
      'a role of other rules',
      [{ id: 'x', by: 'ana', prev: [], set: { person: 'eve', role: 5 } }],
      { roles: { eve: 0 }, without: 'x' },
    ),
    graph(
      'unknown-kind',
      'held and cited, without effect',
      [{ id: 'o', by: 'ana', prev: [], other: true }, adds('b', 'ana', 'o', 'ben')],
      { roles: { ben: 3 }, without: 'o' },
    ),
    graph(
      'members-renew',
      'epochs and merges of who takes part',
      [
        adds('b', 'ana', '', 'ben'),
        epoch('p', 'ben', 'b'),
        merge('m', 'ben', 'p'),
        epoch('q', 'ben', ''),
        epoch('o', 'bea', ''),
      ],
      { roles: { ben: 3 }, without: 'q' },
    ),
  ];
}

function deviceGraphs(): GraphVector[] {
  const b = adds('b', 'ana.a', '', 'ben');
  const d = lists('d', 'ana', 'b', ['1.2', 'ana', 'ana.a']);
  return [
    graph(
      'device-back-dates',
      'what the removing statement did not cite is void',
      [b, d, adds('x', 'ana.a', '', 'eve'), none('y', 'ana.a', '', 'ben')],
      { roles: { eve: 0, ben: 3 }, without: 'x y' },
    ),
    graph(
      'device-cited-later',
      'a later list revives nothing by citing it',
      [b, d, adds('x', 'ana.a', 'b', 'eve'), lists('d2', 'ana', 'd x', ['1.3', 'ana', 'ana.a'])],
      { roles: { eve: 0, ben: 3 }, without: 'x' },
    ),
    graph(
      'removal-back-dated',
      'a cloned authority removes it again from the beginning: one that had seen it is enough',
      [b, d, lists('d2', 'ana', '', ['1.3', 'ana', 'ana.a'])],
      { roles: { ben: 3 } },
    ),
    graph(
      'device-added-later',
      'one that no statement names counts in its generation',
      [lists('d', 'ana', '', ['1.2', 'ana', 'ana.a']), adds('b', 'ana.b', '', 'ben')],
      { roles: { ben: 3 } },
    ),
    graph(
      'tablet-states-list',
      'a device states the list of its authority',
      [
        adds('e', 'ana.a', '', 'eve'),
        adds('b', 'ana.a', 'e', 'ben'),
        none('r', 'ana.a', 'b', 'eve'),
        lists('d1', 'ana', 'r', ['1.3', 'ana ana.b', 'ana.a']),
        lists('d2', 'ana', 'd1', ['1.4', 'ana', 'ana.a ana.b']),
        lists('x', 'ana.b', 'e', ['1.3', 'ana ana.b', 'ana.a'], { authority: 'ana' }),
        lists('y', 'ana.b', 'e', ['1.3', 'ana.b', 'ana.a'], { authority: 'ana' }),
      ],
      { roles: { eve: 0, ben: 3 }, without: 'x y' },
    ),
    graph(
      'tablet-protects',
      'nor does it protect what a stolen laptop writes late',
      [
        lists('d1', 'ana', '', ['1.3', 'ana ana.b', 'ana.a']),
        lists('d2', 'ana', 'd1', ['1.4', 'ana', 'ana.a ana.b']),
        adds('s', 'ana.a', '', 'eve'),
        lists('x', 'ana.b', 's', ['1.3', 'ana ana.b', 'ana.a'], { authority: 'ana' }),
      ],
      { roles: { eve: 0 }, without: 's x' },
    ),
    graph(
      'one-version-twice',
      'both count, and what either removes is removed',
      [
        lists('d1', 'ana', '', ['1.2', 'ana ana.b', 'ana.a'], { hash: 'b' }),
        lists('d2', 'ana', '', ['1.2', 'ana ana.a', 'ana.b'], { hash: 'a' }),
        adds('x', 'ana.a', '', 'eve'),
        adds('y', 'ana.b', '', 'cleo'),
      ],
      { roles: { eve: 0, cleo: 0 }, without: 'x y' },
    ),
    graph(
      'since-keeps-own',
      'a list that leaves out what is not believed cites those before it',
      [
        adds('b', 'ana.b', '', 'ben'),
        lists('d1', 'ana', 'b', ['1.2', 'ana ana.b', 'ana.a']),
        adds('s', 'ana.a', '', 'eve'),
        lists('d2', 'ana', 'd1 s', ['1.3', 'ana', 'ana.a ana.b']),
      ],
      { roles: { eve: 0, ben: 3 }, without: 's' },
    ),
    graph(
      'since-without-own',
      'what it would revive if it did not',
      [
        adds('b', 'ana.b', '', 'ben'),
        lists('d1', 'ana', 'b', ['1.2', 'ana ana.b', 'ana.a']),
        adds('s', 'ana.a', '', 'eve'),
        lists('d2', 'ana', 's', ['1.3', 'ana', 'ana.a ana.b']),
      ],
      { roles: { eve: 3, ben: 0 }, without: 'b' },
    ),
    graph(
      'other-persons-list',
      'a list of somebody else',
      [
        {
          id: 'x',
          by: 'ben',
          prev: [],
          list: { person: 'ana', generation: 1, version: 9, authority: 'ben', current: ['ben'], removed: ['ana'] },
        },
        adds('b', 'ana', '', 'ben'),
      ],
      { roles: { ben: 3, ana: 5 }, without: 'x' },
    ),
  ];
}

function generationGraphs(): GraphVector[] {
  const b = adds('b', 'ana.a', '', 'ben');
  const words2 = (prev: string): GraphStatement =>
    lists('w', 'ana.a', prev, ['2.1', 'ana.a', 'ana'], { generation: 2 });
  return [
    graph(
      'old-authority-late',
      'after the words its list counts for nothing',
      [adds('b', 'ana.b', '', 'ben'), words2('b'), lists('x', 'ana', '', ['1.9', 'ana', 'ana.a ana.b'])],
      { roles: { ben: 3 }, without: 'x' },
    ),
    graph(
      'taken-back',
      'whom the later generation names is not shut out by the earlier',
      [b, lists('t', 'ana', '', ['1.9', 'ana', 'ana.a']), words2('t b'), adds('e', 'ana.a', 'b', 'eve')],
      { roles: { ben: 3, eve: 3 } },
    ),
    graph(
      'minted',
      'a device that the thief of the authority added is void after the words',
      [b, words2('b'), adds('x', 'ana.c', 'b', 'eve'), none('y', 'ana.c', 'b', 'ben')],
      { roles: { ben: 3, eve: 0 }, without: 'x y' },
    ),
    graph(
      'minted-before',
      'what the first statement cites counts, until it is undone',
      [b, adds('x', 'ana.c', 'b', 'eve'), words2('x')],
      { roles: { ben: 3, eve: 3 } },
    ),
    graph(
      'added-in-second',
      'one that was added in that generation counts before any list names it',
      [words2(''), adds('e', 'ana.c', '', 'eve', { generation: 2 })],
      { roles: { eve: 3 } },
    ),
    graph(
      'kept-by-greater',
      'a greater list of the generation names a device that the first left out',
      [
        adds('b', 'ana.b', '', 'ben'),
        words2(''),
        lists('w2', 'ana.a', 'w', ['2.2', 'ana.a ana.b', 'ana'], { generation: 2 }),
      ],
      { roles: { ben: 3 } },
    ),
    graph(
      'kept-by-smaller-hash',
      'of two with one version that with the smaller hash is greater',
      [
        adds('b', 'ana.b', '', 'ben'),
        adds('c', 'ana.c', '', 'cleo'),
        lists('w1', 'ana.a', '', ['2.1', 'ana.a ana.c', 'ana'], { generation: 2, hash: 'b' }),
        lists('w2', 'ana.a', '', ['2.1', 'ana.a ana.b', 'ana'], { generation: 2, hash: 'a' }),
      ],
      { roles: { ben: 3, cleo: 0 }, without: 'c' },
    ),
    graph(
      'two-authorities',
      'of one generation: the smaller key',
      [words2(''), lists('x', 'ana.b', '', ['2.5', 'ana.b', 'ana ana.a'], { generation: 2 })],
      { roles: { ana: 5 }, without: 'x' },
    ),
    graph(
      'old-authority-cites',
      'it protects nothing by citing it',
      [words2(''), adds('s', 'ana.c', '', 'eve'), lists('x', 'ana', 's', ['1.9', 'ana', 'ana.a ana.c'])],
      { roles: { eve: 0 }, without: 's x' },
    ),
    graph(
      'old-list-cited-later',
      'a late list of the old authority that a later one of the new cites',
      [
        b,
        words2('b'),
        adds('s', 'ana.c', 'b', 'eve'),
        lists('x', 'ana', 's', ['1.9', 'ana', 'ana.a ana.c']),
        lists('w2', 'ana.a', 'w x', ['2.2', 'ana.a', 'ana'], { generation: 2 }),
      ],
      { roles: { ben: 3, eve: 0 }, without: 's x' },
    ),
    graph(
      'old-list-cited-by-third',
      'that the first of generation 2 did not cite, and the first of 3 does',
      [
        lists('w2', 'ana.b', '', ['2.1', 'ana.b', 'ana ana.a'], { generation: 2 }),
        adds('s', 'ana.a', '', 'eve'),
        lists('x', 'ana', 's', ['1.9', 'ana', 'ana.a']),
        lists('w3', 'ana.c', 'w2 x', ['3.1', 'ana.c', ''], { generation: 3 }),
      ],
      { roles: { eve: 0 }, without: 's x' },
    ),
    graph(
      'late-rival',
      'a rival of generation 2 that the first of 3 did not cite unseats nobody',
      [
        lists('w2', 'ana.b', '', ['2.1', 'ana.b', 'ana ana.c'], { generation: 2 }),
        adds('s', 'ana.c', '', 'eve'),
        lists('w3', 'ana.d', 'w2 s', ['3.1', 'ana.d', ''], { generation: 3 }),
        lists('x', 'ana.a', '', ['2.3', 'ana.a', ''], { generation: 2 }),
      ],
      { roles: { eve: 0 }, without: 's x' },
    ),
    graph(
      'later-certificate',
      'of a device revives nothing that it signed before',
      [
        words2(''),
        adds('s', 'ana.c', '', 'eve'),
        none('l', 'ana.c', '', 'ana'),
        lists('w3', 'ana.d', 'w s l', ['3.1', 'ana.d', 'ana ana.a'], { generation: 3 }),
        adds('x', 'ana.c', 'w', 'cleo', { generation: 2 }),
      ],
      { roles: { eve: 0, ana: 5, cleo: 0 }, without: 's l x' },
    ),
    graph(
      'list-not-void',
      'a list is judged by its own rule, not by who shut its authority out',
      [
        lists('d', 'ana', '', ['1.2', 'ana', 'ana.b']),
        lists('w1', 'ana.a', 'd', ['2.1', 'ana.a ana', ''], { generation: 2 }),
        lists('w2', 'ana.a', '', ['2.2', 'ana.a', 'ana'], { generation: 2 }),
        adds('s', 'ana.b', '', 'eve', { generation: 2 }),
      ],
      { roles: { eve: 0 }, without: 's' },
    ),
    graph(
      'out-of-reach',
      'generation 18, where nothing brought it within reach',
      [
        lists('x', 'ana.a', '', ['18.1', 'ana.a', 'ana'], { generation: 18 }),
        adds('y', 'ana.b', '', 'eve', { generation: 18 }),
        adds('b', 'ana', '', 'ben'),
        lists('z', 'ana.c', 'x y b', ['35.1', 'ana.c', 'ana'], { generation: 35 }),
      ],
      { roles: { ben: 3, eve: 0 }, without: 'x y z' },
    ),
    graph(
      'within-reach',
      'and where the past tells of generation 2',
      [
        lists('w', 'ana.a', '', ['2.1', 'ana.a', 'ana'], { generation: 2 }),
        lists('x', 'ana.c', 'w', ['18.1', 'ana.c', 'ana ana.a'], { generation: 18 }),
        adds('y', 'ana.a', 'w', 'eve', { generation: 2 }),
      ],
      { roles: { eve: 0 }, without: 'y' },
    ),
  ];
}

function logGraphs(): GraphVector[] {
  const added = adds('e', 'ana', '', 'eve');
  const removed = none('r', 'ana', 'e', 'eve', { l1: 4 });
  const log = (name: string, by: string, heads: string, end: number | 'all' | 'waiting', generation?: number) => ({
    log: name,
    by,
    heads: words(heads),
    ...(generation && { generation }),
    end,
  });
  return [
    graph('log-of-member', 'as the role is where it begins', [added], {
      roles: { eve: 3 },
      logs: [
        log('l1', 'eve', 'e', 'all'),
        log('l2', 'eve', '', 0),
        log('l3', 'ana', '', 'all'),
        log('l4', 'eve', 'e f', 'waiting'),
      ],
    }),
    graph('log-cut', 'up to the cut; what is not named is out', [added, removed], {
      roles: { eve: 0 },
      logs: [log('l1', 'eve', 'e', 4), log('l2', 'eve', 'e', 0), log('l3', 'eve', 'e r', 0)],
    }),
    graph(
      'log-after-return',
      'a new one counts, the old one as far as it was cut',
      [added, removed, adds('g', 'bea', 'r', 'eve')],
      {
        roles: { eve: 3 },
        logs: [log('l1', 'eve', 'e', 4), log('l2', 'eve', 'g', 'all')],
      },
    ),
    graph(
      'log-cut-again',
      'by a larger cut that knows of the smaller one',
      [added, removed, none('r2', 'ana', 'r', 'eve', { l1: 7, l2: 2 })],
      {
        roles: { eve: 0 },
        logs: [log('l1', 'eve', 'e', 7), log('l2', 'eve', 'e', 2)],
      },
    ),
    graph(
      'log-cut-twice',
      'by two that do not know each other: the smaller',
      [added, removed, none('r2', 'bea', 'e', 'eve', { l1: 7 })],
      {
        roles: { eve: 0 },
        logs: [log('l1', 'eve', 'e', 4)],
      },
    ),
    graph(
      'log-of-removed-device',
      'the greatest of what those who first shut it out leave',
      [
        adds('b', 'ana', '', 'ben'),
        lists('d1', 'ben', 'b', ['1.2', 'ben', 'ben.a'], { cut: { l1: 6 } }),
        lists('d2', 'ben', 'b', ['1.3', 'ben', 'ben.a'], { cut: { l1: 2 } }),
        lists('d3', 'ben', 'd1 d2', ['1.4', 'ben', 'ben.a'], { cut: { l1: 9 } }),
      ],
      {
        roles: { ben: 3 },
        logs: [
          log('l1', 'ben.a', 'b', 6),
          log('l2', 'ben.a', 'b', 0),
          log('l3', 'ben', 'b', 'all'),
          log('l4', 'ben.b', 'b', 'all'),
        ],
      },
    ),
    graph(
      'log-of-minted-device',
      'by the certificate in its introduction',
      [lists('w', 'ana.a', '', ['2.1', 'ana.a', 'ana'], { generation: 2, cut: { l1: 3 } })],
      {
        roles: { ana: 5 },
        logs: [
          log('l1', 'ana.c', '', 3),
          log('l2', 'ana.c', '', 0),
          log('l3', 'ana.c', '', 'all', 2),
          log('l4', 'ana.a', '', 'all', 2),
        ],
      },
    ),
  ];
}
