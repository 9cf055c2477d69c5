// What a control entry carries besides a new statement (spec/private.md, "With its past"): those before it that others may not have
// yet, so that a statement given to one person delays nothing.
import type { Digest, PersonId, StatementId } from '../../format/ids.js';
import { CARRIED_STATEMENTS_MAX, CARRIED_UNTIL } from '../../format/limits.js';
import type { EpochBody } from '../../format/private/epoch-body.js';
import type { Graph, Placed } from './graph.js';
import { participants, type Resolution } from './resolve.js';

/**
 * Statements to carry with one that is held, in groups of as many as one control entry takes: what it cites itself first, in the
 * last group, which goes with it; the other groups go into entries before. `acknowledgedBy` are people seen to have
 * acknowledged an entry that holds the statement.
 */
export function carriedPast(
  resolution: Resolution,
  statement: Placed,
  acknowledgedBy: (id: StatementId) => ReadonlySet<PersonId>,
): readonly (readonly Placed[])[] {
  const { graph } = resolution;
  const members = participants(resolution).filter((person) => person !== statement.author.person);
  const isEnough = (one: Placed): boolean => {
    const others = members.filter((person) => person !== one.author.person);
    const acknowledged = acknowledgedBy(one.id);
    const having = others.filter((person) => acknowledged.has(person) || isCitedBy(graph, one, person));
    return having.length >= Math.min(CARRIED_UNTIL, others.length);
  };
  const found = backFrom(graph, statement, isEnough);
  const groups: Placed[][] = [];
  for (let at = 0; at < found.length; at += CARRIED_STATEMENTS_MAX) {
    groups.unshift(found.slice(at, at + CARRIED_STATEMENTS_MAX));
  }
  return groups;
}

/** What is reached by citations without passing one that enough have; what the device wrote itself was carried then. */
function backFrom(graph: Graph, statement: Placed, isEnough: (one: Placed) => boolean): readonly Placed[] {
  const found = new Map<number, Placed>();
  const isOwn = ({ author }: Placed): boolean => author.device === statement.author.device;
  for (let open: readonly Placed[] = [statement]; open.length > 0; ) {
    const cited = open.flatMap(({ prev }) => prev.flatMap((id) => graph.get(id) ?? []));
    open = [...new Set(cited)].filter((one) => !found.has(one.at) && !isOwn(one) && !isEnough(one));
    for (const one of open) found.set(one.at, one);
  }
  return [...found.values()];
}

function isCitedBy({ all }: Graph, { at }: Placed, person: PersonId): boolean {
  return all.some(({ author, past }) => author.person === person && past.has(at));
}

/** The lists to carry with an epoch's statement: those that it names and no devices statement in its past brings. */
export function carriedLists({ all }: Graph, epoch: Placed<EpochBody>): readonly Digest[] {
  const brought = new Set(
    all.flatMap(({ at, says }) =>
      says.kind === 'devices' && says.list && epoch.past.has(at) ? [says.list.digest] : [],
    ),
  );
  return epoch.says.lists.flatMap(({ lists }) => lists).filter((digest) => !brought.has(digest));
}
