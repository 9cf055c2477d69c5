// Who takes part in a private topic, as a function of the statements that are held (spec/private.md, "Resolution"): no clock, no
// recursion, and the order in which they came makes no difference.
import type { PersonId, StatementId } from '../../format/ids.js';
import { Bits } from './bits.js';
import { type DeviceRulings, type PlacedList, ruleDevices } from './device-rulings.js';
import type { Graph, Placed } from './graph.js';
import { RULES, type Rules } from './rules.js';
import { type Author, ROLE, type SaysRole } from './statement.js';

/** A set that counts, or may. */
export type PlacedSet = Placed<SaysRole>;

/** What the statements of a topic come to. */
export interface Resolution {
  readonly graph: Graph;
  /** Those of the topic's id. */
  readonly owners: ReadonlySet<PersonId>;
  /** Owners, and whoever a set that counts is about. */
  readonly persons: ReadonlySet<PersonId>;
  /** Devices statements that count. */
  readonly lists: readonly PlacedList[];
  /** Whether a statement has its effect. */
  counts(id: StatementId): boolean;
  /** What the person is now: 0, 3 or 5. */
  role(person: PersonId): number;
  /** What it was to somebody who knew this past and nothing else. */
  roleIn(person: PersonId, past: Bits): number;
  /** The sets on a person that count, each after its past. */
  setsOn(person: PersonId): readonly PlacedSet[];
  /** Who shut the device out; nobody for one that speaks. */
  shutOutBy(device: Author): readonly PlacedList[];
}

/** The people who read and write now. */
export function participants(resolution: Resolution): readonly PersonId[] {
  return [...resolution.persons].filter((person) => resolution.role(person) >= ROLE.member);
}

/** Resolves all statements of the graph as it is now; `rules` are for tests. */
export function resolve(graph: Graph, owners: readonly PersonId[], rules: Rules = RULES): Resolution {
  const rulings = ruleDevices(graph, rules);
  const ownerSet = new Set(owners);
  const sets = countingSets(graph, ownerSet, rulings, rules);
  const setsOn = (person: PersonId): readonly PlacedSet[] => sets.get(person) ?? [];
  const informed = new Set([...sets.values()].flatMap(knowingAllBefore));
  const roleIn = (person: PersonId, past?: Bits): number => {
    const isKnown = ({ at }: PlacedSet): boolean => !past || past.has(at);
    // an owner is one until it leaves, and does not come back
    if (ownerSet.has(person)) return setsOn(person).some(isKnown) ? ROLE.none : ROLE.owner;
    return setRole(rules.laterSet ? lastOf(setsOn(person), isKnown, informed) : setsOn(person).filter(isKnown), rules);
  };
  const counting = new Bits(graph.size);
  for (const one of [...rulings.counting, ...[...sets.values()].flat()]) counting.add(one.at);
  for (const one of graph.all) {
    if (isByRole(one) && !rulings.isVoid(one) && takesPart(roleIn(one.author.person, one.past), rules)) {
      counting.add(one.at);
    }
  }
  return {
    graph,
    owners: ownerSet,
    persons: new Set([...owners, ...sets.keys()]),
    lists: rulings.counting,
    counts: (id) => counting.has(graph.get(id)?.at ?? graph.size),
    role: (person) => roleIn(person),
    roleIn,
    setsOn,
    shutOutBy: rulings.shutOutBy,
  };
}

function isByRole({ says }: Placed): boolean {
  return says.kind === 'epoch' || says.kind === 'merge';
}

function takesPart(role: number, rules: Rules): boolean {
  return role >= ROLE.member || !rules.authorTakesPart;
}

/** The sets that count, by whom they are about, each after its past. */
function countingSets(
  graph: Graph,
  owners: ReadonlySet<PersonId>,
  { isVoid }: DeviceRulings,
  rules: Rules,
): ReadonlyMap<PersonId, readonly PlacedSet[]> {
  const all = graph.all.filter((one): one is PlacedSet => one.says.kind === 'set' && !isVoid(one));
  const leaves = rules.leaving ? all.filter((one) => isOnSelf(one) && one.says.role === ROLE.none) : [];
  const hasLeft = (person: PersonId, past: Bits): boolean =>
    leaves.some(({ at, author }) => author.person === person && past.has(at));
  const counts = (one: PlacedSet): boolean => {
    if (isOnSelf(one)) return false;
    if (rules.ownersSet && !owners.has(one.author.person)) return false;
    if (rules.leftOwners && hasLeft(one.author.person, one.past)) return false;
    if (rules.ownersUntouched && owners.has(one.says.person)) return false;
    return !rules.knownRoles || one.says.role === ROLE.none || one.says.role === ROLE.member;
  };
  const found = new Map<PersonId, PlacedSet[]>();
  const isLeave = new Set(leaves);
  for (const one of all) {
    if (!isLeave.has(one) && !counts(one)) continue;
    const { person } = one.says;
    const before = found.get(person);
    if (before) before.push(one);
    else found.set(person, [one]);
  }
  return found;
}

/** Whether somebody sets its own role. */
export function isOnSelf({ author, says }: PlacedSet): boolean {
  return author.person === says.person;
}

/** Of what nothing later replaced the lowest. */
function setRole(last: readonly PlacedSet[], rules: Rules): number {
  const roles = last.map(({ says }) => says.role);
  if (roles.length === 0) return ROLE.none;
  return roles.reduce((role, other) => (rules.lowestRole ? Math.min(role, other) : Math.max(role, other)));
}

/** The causally last of the sets on a person that are known; those before one that knows all of them need no look. */
function lastOf(
  sets: readonly PlacedSet[],
  isKnown: (set: PlacedSet) => boolean,
  informed: ReadonlySet<PlacedSet>,
): readonly PlacedSet[] {
  const covered = new Bits();
  const last: PlacedSet[] = [];
  for (let i = sets.length - 1; i >= 0; i--) {
    const set = sets[i];
    if (!set || covered.has(set.at) || !isKnown(set)) continue;
    last.push(set);
    if (informed.has(set)) break;
    covered.addAll(set.past);
  }
  return last;
}

/** Those that have all others before them in their past. */
function knowingAllBefore(sets: readonly PlacedSet[]): readonly PlacedSet[] {
  const places = new Bits();
  return sets.filter((set, before) => {
    const knows = set.past.countIn(places) === before;
    places.add(set.at);
    return knows;
  });
}
