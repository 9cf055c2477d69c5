// Graphs at random, honest ones and others alike: what no program would write is met here most of the time.
import type { Chance } from '../testkit/chance.js';
import type { GraphList, GraphLog, GraphStatement, MembersGraph } from '../testkit/members-graph.js';

/** A graph, and a few logs in its topic. */
export interface RandomGraph extends MembersGraph {
  readonly logs: readonly GraphLog[];
}

const OWNERS = ['ana', 'bea'];
/** Ana has several devices, some of which others may have stolen; Ben too. */
const DEVICES = ['ana', 'ana.a', 'ana.b', 'ana.c', 'bea', 'ben', 'ben.a', 'cleo', 'eve'];
const PEOPLE = ['ana', 'bea', 'ben', 'cleo', 'eve'];
const LOGS = ['l1', 'l2', 'l3'];
/** Who may be the authority, by generation. */
const AUTHORITIES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ana: [['ana'], ['ana.a', 'ana.b'], ['ana.c', 'ana.b']],
  ben: [['ben'], ['ben.a'], ['ben.a']],
};

/** So many statements of one topic. */
export function randomGraph(chance: Chance, count: number): RandomGraph {
  const statements: GraphStatement[] = [];
  const shape = { far: chance.number() * 0.6, lists: 0.1 + chance.number() * 0.5, merges: chance.number() * 0.6 };
  for (let i = 0; i < count; i++) statements.push(randomStatement(chance, statements, shape));
  return { owners: OWNERS, statements, logs: LOGS.map((log) => randomLog(chance, statements, log)) };
}

interface Shape {
  /** How often what was written long ago is cited, and nothing since. */
  readonly far: number;
  readonly lists: number;
  readonly merges: number;
}

function randomStatement(chance: Chance, before: readonly GraphStatement[], shape: Shape): GraphStatement {
  const id = `s${before.length}`;
  const prev = randomPrev(chance, before, shape);
  if (chance.happens(shape.lists)) {
    const person = chance.happens(0.75) ? 'ana' : 'ben';
    const list = randomList(chance, person);
    const by = chance.happens(0.9) ? list.authority : chance.pick(DEVICES);
    return { id, by, generation: certificateOf(chance), prev, list, cut: randomCut(chance) };
  }
  const by = chance.pick(DEVICES);
  const common = { id, by, generation: certificateOf(chance), prev };
  if (chance.happens(0.2)) return { ...common, epoch: { to: [by] } };
  if (chance.happens(shape.merges)) return { ...common, merge: true };
  if (chance.happens(0.03)) return { ...common, other: true };
  const role = chance.happens(0.95) ? chance.pick([0, 3]) : 5;
  const card = role === 3 && chance.happens(0.3) ? { cardGeneration: certificateOf(chance) } : {};
  return { ...common, set: { person: chance.pick(PEOPLE), role, ...card }, cut: role === 0 ? randomCut(chance) : {} };
}

function certificateOf(chance: Chance): number {
  if (chance.happens(0.03)) return farGeneration(chance);
  return chance.happens(0.7) ? 1 : 2 + chance.below(2);
}

/** Out of reach, unless something brought it nearer. */
function farGeneration(chance: Chance): number {
  return 15 + chance.below(20);
}

function randomPrev(chance: Chance, before: readonly GraphStatement[], { far }: Shape): string[] {
  if (before.length === 0 || chance.happens(0.05)) return [];
  if (!chance.happens(far)) {
    const cited = new Set(before.flatMap(({ prev }) => prev));
    const heads = before.map(({ id }) => id).filter((id) => !cited.has(id));
    return heads.filter(() => chance.happens(0.7));
  }
  const some = Array.from({ length: 1 + chance.below(3) }, () => chance.pick(before).id);
  return [...new Set(some)];
}

function randomList(chance: Chance, person: string): GraphList {
  const generation = chance.happens(0.04) ? farGeneration(chance) : 1 + chance.below(3);
  const authority = chance.pick(AUTHORITIES[person]?.[generation - 1] ?? [`${person}.a`]);
  const current = [authority];
  const removed: string[] = [];
  for (const device of DEVICES.filter((one) => one.split('.')[0] === person && one !== authority)) {
    const fate = chance.below(3);
    if (fate === 0) current.push(device);
    if (fate === 1) removed.push(device);
  }
  const hash = chance.pick(['a', 'b', 'c']);
  return { generation, version: 1 + chance.below(4), authority, current, removed, hash };
}

function randomCut(chance: Chance): Record<string, number> {
  const named = LOGS.filter(() => chance.happens(0.5));
  return Object.fromEntries(named.map((log) => [log, 1 + chance.below(9)]));
}

function randomLog(chance: Chance, statements: readonly GraphStatement[], log: string): GraphLog {
  const heads = [...new Set(Array.from({ length: chance.below(3) }, () => chance.pick(statements).id))];
  return { log, by: chance.pick(DEVICES), generation: certificateOf(chance), heads };
}
