// Which devices statements count, and what of a device that one of them shut out is void (spec/private.md, "Devices", "Shut out",
// "Void"). Only statements of this topic decide: of what person logs say every replica may know something else.

import type { PersonId } from '../../format/ids.js';
import { GENERATION_AHEAD } from '../../format/limits.js';
import { causallyFirst, type Graph, type Placed } from './graph.js';
import type { Rules } from './rules.js';
import type { Author, SaysDevices, StatedList } from './statement.js';

/** A devices statement whose list is one. */
export interface PlacedList extends Placed<SaysDevices> {
  readonly list: StatedList;
}

/** What the devices statements of a topic come to. */
export interface DeviceRulings {
  /** Those that count, of everybody. */
  readonly counting: readonly PlacedList[];
  /** The causally first that shut this device out; none for a device that speaks. */
  shutOutBy(device: Author): readonly PlacedList[];
  /** Whether a statement, other than of devices, has no effect because of who wrote it. */
  isVoid(statement: Placed): boolean;
}

/** The rulings by all statements of the graph as it is now. */
export function ruleDevices(graph: Graph, rules: Rules): DeviceRulings {
  const known = knownGenerations(graph);
  const byPerson = new Map<PersonId, readonly PlacedList[]>();
  for (const [person, all] of wellFormed(graph, known, rules)) byPerson.set(person, countingLists(all, rules));
  const firsts = new Map<string, readonly PlacedList[]>();
  const shutOutBy = (device: Author): readonly PlacedList[] => {
    const lists = byPerson.get(device.person);
    if (!lists) return [];
    const name = `${device.person}/${device.device}/${device.generation}`;
    const found = firsts.get(name) ?? firstToShutOut(device, lists, rules);
    firsts.set(name, found);
    return found;
  };
  return {
    counting: [...byPerson.values()].flat(),
    shutOutBy,
    isVoid: (statement) =>
      isOutOfReach(statement, known) ||
      (rules.shutOutVoid && !isProtected(statement, shutOutBy(statement.author), rules)),
  };
}

/** A statement counts if nobody shut its device out, or one of those who first did had seen it. */
function isProtected({ at }: Placed, firsts: readonly PlacedList[], rules: Rules): boolean {
  if (firsts.length === 0) return true;
  return rules.oneProtects ? firsts.some(({ past }) => past.has(at)) : firsts.every(({ past }) => past.has(at));
}

/** By person, statements of lists by the one device that may state each. */
function wellFormed(graph: Graph, known: Generations, rules: Rules): ReadonlyMap<PersonId, readonly PlacedList[]> {
  const found = new Map<PersonId, PlacedList[]>();
  for (const placed of graph.all) {
    const listed = asList(placed);
    if (!listed || !mayState(listed, rules) || isOutOfReach(listed, known)) continue;
    const before = found.get(listed.author.person);
    if (before) before.push(listed);
    else found.set(listed.author.person, [listed]);
  }
  return found;
}

function asList(placed: Placed): PlacedList | undefined {
  const { says } = placed;
  return says.kind === 'devices' && says.list ? { ...placed, says, list: says.list } : undefined;
}

function mayState({ author, list }: PlacedList, rules: Rules): boolean {
  if (list.person !== author.person || !list.current.includes(list.authority)) return false;
  return rules.authorityAlone ? author.device === list.authority : list.current.includes(author.device);
}

/** Generations downwards: of an earlier one counts what the first of the next later one knew. */
function countingLists(all: readonly PlacedList[], rules: Rules): readonly PlacedList[] {
  const generations = [...new Set(all.map(({ list }) => list.generation))].sort((a, b) => b - a);
  const counting: PlacedList[] = [];
  let deciding: readonly PlacedList[] = [];
  for (const generation of generations) {
    const ofIt = all.filter(({ list }) => list.generation === generation);
    const isFree = counting.length === 0 || !rules.laterGeneration;
    const judges = rules.citedByFirst ? deciding : counting;
    const candidates = isFree ? ofIt : ofIt.filter(({ at }) => judges.some(({ past }) => past.has(at)));
    const authority = smallestAuthority(rules.rivalsCited ? candidates : ofIt);
    const now = candidates.filter(({ list }) => list.authority === authority);
    for (const one of now) counting.push(one);
    if (now.length > 0) deciding = [...(rules.citedByNext ? [] : deciding), ...causallyFirst(now)];
  }
  return counting;
}

function smallestAuthority(some: readonly PlacedList[]): string | undefined {
  return some.map(({ list }) => list.authority).sort()[0];
}

function firstToShutOut(device: Author, lists: readonly PlacedList[], rules: Rules): readonly PlacedList[] {
  const shutters = lists.filter(({ list }) => isShutOut(device, list, lists, rules));
  return rules.firstDecides ? causallyFirst(shutters) : shutters;
}

function isShutOut({ device, generation }: Author, list: StatedList, lists: readonly PlacedList[], rules: Rules) {
  const isCalledCurrent = (isThere: (other: StatedList) => boolean): boolean =>
    lists.some((one) => isThere(one.list) && one.list.current.includes(device));
  if (list.removed.includes(device)) {
    return !rules.takenBack || !isCalledCurrent((other) => other.generation > list.generation);
  }
  if (list.current.includes(device) || !rules.neitherList) return false;
  if (rules.certificates && generation >= list.generation) return false;
  return !rules.greaterList || !isCalledCurrent((other) => isGreater(other, list));
}

/** Whether a list counts over another one of its person, by generation, version, or the smaller hash. */
export function isGreater(a: StatedList, b: StatedList): boolean {
  if (a.generation !== b.generation) return a.generation > b.generation;
  return a.version > b.version || (a.version === b.version && a.digest < b.digest);
}

/** Where the graph tells of which generation of a person: by the cards of its authors, by lists, by cards of who was added. */
type Generations = ReadonlyMap<PersonId, readonly (readonly [at: number, generation: number])[]>;

/** Whether a statement names a generation that its past brings not within reach: what says so does not count. */
function isOutOfReach(statement: Placed, known: Generations): boolean {
  const { author, says } = statement;
  const named = says.kind === 'devices' && says.list?.person === author.person ? says.list.generation : 1;
  const highest = Math.max(author.generation, named);
  if (highest <= 1 + GENERATION_AHEAD) return false;
  const told = (known.get(author.person) ?? []).filter(([at]) => statement.past.has(at)).map(([, one]) => one);
  const reached = told
    .sort((a, b) => a - b)
    .reduce((before, next) => (next <= before + GENERATION_AHEAD ? Math.max(before, next) : before), 1);
  return highest > reached + GENERATION_AHEAD;
}

function knownGenerations(graph: Graph): Generations {
  const known = new Map<PersonId, (readonly [number, number])[]>();
  const note = (person: PersonId, at: number, generation: number | undefined): void => {
    if (generation !== undefined && generation > 1) known.set(person, [...(known.get(person) ?? []), [at, generation]]);
  };
  for (const { at, author, says } of graph.all) {
    note(author.person, at, author.generation);
    if (says.kind === 'set') note(says.person, at, says.generation);
    if (says.kind === 'devices' && says.list) note(says.list.person, at, says.list.generation);
  }
  return known;
}
