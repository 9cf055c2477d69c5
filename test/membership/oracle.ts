// The rules of spec/private.md once more, slowly and from the page alone: sets of names, no places, nothing shared with the program.
// What the program says of a graph is compared with this.
import { type GraphLog, type GraphStatement, type MembersGraph, personOf } from '../testkit/members-graph.js';

/** What a graph comes to. */
export interface OracleAnswer {
  readonly role: (person: string) => number;
  readonly counting: ReadonlySet<string>;
  readonly isShutOut: (device: string, generation: number) => boolean;
  readonly end: (log: GraphLog) => number | undefined;
  readonly past: (ids: readonly string[]) => ReadonlySet<string> | undefined;
}

/** Which statements every replica discards, by the page's "Intake". */
export function discardedBy(
  { owners, statements }: MembersGraph,
  most: { readonly statements: number; readonly forcing: number },
): ReadonlySet<string> {
  const byId = new Map(statements.map((one) => [one.id, one]));
  const past = (one: GraphStatement): ReadonlySet<GraphStatement> => {
    const found = new Set<GraphStatement>();
    const open = [...one.prev];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const before = byId.get(id);
      if (!before || found.has(before)) continue;
      found.add(before);
      open.push(...before.prev);
    }
    return found;
  };
  const isForced = ({ by, merge, prev }: GraphStatement): boolean => {
    const cited = prev.flatMap((id) => byId.get(id) ?? []);
    const isNews = (other: GraphStatement): boolean => !cited.some((c) => past(c).has(other));
    return merge === true && cited.some((other) => other.by !== by && isNews(other));
  };
  const isBad = (one: GraphStatement): boolean => {
    const before = [...past(one)];
    const own = before.filter(({ by }) => by === one.by);
    const free = Math.min(own.filter(isForced).length, Math.floor((before.length - own.length) / most.forcing));
    if (own.length - free >= most.statements) return true;
    const person = personOf(one.by);
    const isGrant = ({ by, set }: GraphStatement) =>
      set?.person === person && set.role === 3 && owners.includes(personOf(by));
    return !owners.includes(person) && !before.some(isGrant);
  };
  const bad = statements.filter(isBad);
  return new Set(
    statements.filter((one) => bad.includes(one) || [...past(one)].some((b) => bad.includes(b))).map(({ id }) => id),
  );
}

type List = GraphStatement & { readonly list: NonNullable<GraphStatement['list']> };
type Set_ = GraphStatement & { readonly set: NonNullable<GraphStatement['set']> };

/** The answer for all statements of the graph, whose pasts are all in it. */
export function oracle({ owners, statements }: MembersGraph): OracleAnswer {
  const byId = new Map(statements.map((one) => [one.id, one]));
  const pasts = new Map<string, ReadonlySet<string>>();
  const pastOf = (id: string): ReadonlySet<string> => {
    const known = pasts.get(id);
    if (known) return known;
    const past = new Set((byId.get(id)?.prev ?? []).flatMap((prev) => [prev, ...pastOf(prev)]));
    pasts.set(id, past);
    return past;
  };
  const knows = (later: { id: string }, earlier: { id: string }): boolean => pastOf(later.id).has(earlier.id);

  // Reach
  const isOutOfReach = (one: GraphStatement): boolean => {
    const person = personOf(one.by);
    const before = statements.filter((other) => knows(one, other));
    const told = before.flatMap((other) => generationsTold(other, person));
    let reached = 1;
    for (let i = 0; i < told.length; i++)
      for (const next of told) if (next <= reached + 16) reached = Math.max(reached, next);
    const listed = one.list && (one.list.person ?? person) === person ? one.list.generation : 1;
    return Math.max(one.generation ?? 1, listed) > reached + 16;
  };

  // Devices
  const lists = statements
    .filter((one): one is List => one.list !== undefined)
    .filter((one) => isByAuthority(one) && !isOutOfReach(one));
  const counting = new Set<string>();
  const listsOf = (person: string): List[] => lists.filter((one) => personOf(one.by) === person);
  const countingLists = new Map<string, List[]>();
  for (const person of new Set(lists.map((one) => personOf(one.by)))) {
    const chosen: List[] = [];
    let next: List[] = [];
    const generations = new Set(listsOf(person).map((one) => one.list.generation));
    for (const generation of [...generations].sort((a, b) => b - a)) {
      const these = listsOf(person).filter((one) => one.list.generation === generation);
      const firstOfNext = next.filter((one) => !next.some((other) => knows(one, other)));
      const candidates = chosen.length === 0 ? these : these.filter((one) => firstOfNext.some((f) => knows(f, one)));
      const authority = candidates.map((one) => one.list.authority).reduce((a, b) => (a < b ? a : b), '\uffff');
      const now = candidates.filter((one) => one.list.authority === authority);
      chosen.push(...now);
      if (now.length > 0) next = now;
    }
    countingLists.set(person, chosen);
    for (const one of chosen) counting.add(one.id);
  }

  // Shut out, void
  const shutters = (device: string, certificate: number): List[] => {
    const all = countingLists.get(personOf(device)) ?? [];
    const found = all.filter(({ list }) => {
      if (list.removed.includes(device)) {
        return !all.some((e) => e.list.generation > list.generation && e.list.current.includes(device));
      }
      if (list.current.includes(device)) return false;
      return certificate < list.generation && !all.some((e) => isOver(e, { list }) && e.list.current.includes(device));
    });
    return found.filter((one) => !found.some((other) => knows(one, other)));
  };
  const isVoid = (one: GraphStatement): boolean => {
    if (isOutOfReach(one)) return true;
    const first = shutters(one.by, one.generation ?? 1);
    return !one.list && first.length > 0 && !first.some((f) => knows(f, one));
  };

  // Leaving and sets
  const sets = statements.filter((one): one is Set_ => one.set !== undefined && !isVoid(one));
  const leaves = sets.filter((one) => one.set.person === personOf(one.by) && one.set.role === 0);
  const others = sets.filter((one) => {
    const author = personOf(one.by);
    const hasLeft = leaves.some((leave) => personOf(leave.by) === author && knows(one, leave));
    const isGood = one.set.role === 0 || one.set.role === 3;
    return (
      one.set.person !== author && owners.includes(author) && !hasLeft && !owners.includes(one.set.person) && isGood
    );
  });
  const good = [...leaves, ...others];
  for (const one of good) counting.add(one.id);

  // Roles
  const roleIn = (person: string, isKnown: (id: string) => boolean): number => {
    const on = good.filter((one) => one.set.person === person && isKnown(one.id));
    if (owners.includes(person)) return on.length > 0 ? 0 : 5;
    const last = on.filter((one) => !on.some((other) => knows(other, one)));
    return last.length === 0 ? 0 : Math.min(...last.map((one) => one.set.role));
  };

  // Epochs and merges
  for (const one of statements) {
    if (!one.epoch && !one.merge) continue;
    const past = pastOf(one.id);
    if (!isVoid(one) && roleIn(personOf(one.by), (id) => past.has(id)) >= 3) counting.add(one.id);
  }

  // Ends of logs
  const end = ({ log, by, generation = 1, heads }: GraphLog): number | undefined => {
    if (!heads.every((id) => byId.has(id))) return undefined;
    const past = new Set(heads.flatMap((id) => [id, ...pastOf(id)]));
    if (roleIn(personOf(by), (id) => past.has(id)) < 3) return 0;
    const removals = good.filter((one) => one.set.person === personOf(by) && one.set.role === 0 && !past.has(one.id));
    const last = removals.filter((one) => !removals.some((other) => knows(other, one)));
    const first = shutters(by, generation);
    const ends = last.map((one) => one.cut?.[log] ?? 0);
    if (first.length > 0) ends.push(Math.max(...first.map((one) => one.cut?.[log] ?? 0)));
    return Math.min(...ends);
  };

  return {
    role: (person) => roleIn(person, () => true),
    counting,
    isShutOut: (device, generation) => shutters(device, generation).length > 0,
    end,
    past: (ids) => (ids.every((id) => byId.has(id)) ? new Set(ids.flatMap((id) => [id, ...pastOf(id)])) : undefined),
  };
}

/** The generations of a person that a statement tells of. */
function generationsTold({ by, generation = 1, list, set }: GraphStatement, person: string): number[] {
  const ofAuthor = personOf(by) === person ? [generation] : [];
  const ofList = list && (list.person ?? personOf(by)) === person ? [list.generation] : [];
  const ofCard = set?.person === person && set.cardGeneration !== undefined ? [set.cardGeneration] : [];
  return [...ofAuthor, ...ofList, ...ofCard];
}

function isByAuthority({ by, list }: List): boolean {
  const person = list.person ?? personOf(by);
  return person === personOf(by) && by === list.authority && list.current.includes(by);
}

/** Whether the first list counts over the second. */
function isOver({ list: a }: Pick<List, 'list'>, { list: b }: Pick<List, 'list'>): boolean {
  if (a.generation !== b.generation) return a.generation > b.generation;
  if (a.version !== b.version) return a.version > b.version;
  return (a.hash ?? '') < (b.hash ?? '');
}
