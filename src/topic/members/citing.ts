// What a new statement cites (spec/private.md, "Citing"): all heads, by way of merges where they are too many, and without what a
// removed device is not to be believed.
import type { PersonId, StatementId } from '../../format/ids.js';
import { STATEMENT_PREV_MAX } from '../../format/limits.js';
import { Bits } from './bits.js';
import type { Graph, Placed } from './graph.js';
import type { Resolution } from './resolve.js';
import { ROLE } from './statement.js';

/** How a statement comes to cite so many heads. */
export interface CitingPlan {
  /** What each merge that is to be written before cites; each but the first also the one before it. */
  readonly merges: readonly (readonly StatementId[])[];
  /** What the statement itself cites, and the last merge if there is one. */
  readonly prev: readonly StatementId[];
}

/**
 * The plan for these heads of the graph by somebody who is this person: it needs the statement that added it in the past of
 * each statement it writes, merges too, or they are discarded.
 */
export function planCiting(resolution: Resolution, heads: readonly Placed[], person: PersonId): CitingPlan {
  const grant = grantOf(resolution, person);
  const leads = ({ at, past }: Placed): boolean => grant !== undefined && (at === grant.at || past.has(grant.at));
  const first = heads.find(leads);
  const ordered = first ? [first, ...heads.filter((head) => head !== first)] : heads;
  const ids = ordered.map(({ id }) => id);
  const merges: (readonly StatementId[])[] = [];
  let room = STATEMENT_PREV_MAX;
  while (ids.length > room) {
    merges.push(ids.splice(0, room));
    room = STATEMENT_PREV_MAX - 1;
  }
  return { merges, prev: ids };
}

/** The statement that first added the person, whether or not it counts; undefined for owners, who need none. */
function grantOf({ graph, owners }: Resolution, person: PersonId): Placed | undefined {
  if (owners.has(person)) return undefined;
  return graph.all.find(
    ({ author, says }) =>
      says.kind === 'set' && says.person === person && says.role === ROLE.member && owners.has(author.person),
  );
}

/** What a devices statement is not to cite. */
export interface Disbelief {
  /** Who writes it. */
  readonly person: PersonId;
  /** Whether the author is not to be believed in having written this when it came. */
  isDisbelieved(statement: Placed): boolean;
}

/**
 * The heads of all but what is not believed and what cites that. Never left out are what added the person, and its devices
 * statements that count, with their pasts, unless such a one is itself not believed: what it shut out would be revived.
 */
export function believedHeads(resolution: Resolution, { person, isDisbelieved }: Disbelief): readonly Placed[] {
  const { graph, lists } = resolution;
  const believed = believedBy(graph, isDisbelieved);
  const own = lists.filter((one) => one.author.person === person && !isDisbelieved(one));
  const grant = grantOf(resolution, person);
  for (const one of [...own, ...(grant ? [grant] : [])]) believed.addAll(one.past).add(one.at);
  const cited = new Bits(graph.size);
  const kept = graph.all.filter(({ at }) => believed.has(at));
  for (const { past } of kept) cited.addAll(past);
  return kept.filter(({ at }) => !cited.has(at));
}

function believedBy({ all, size }: Graph, isDisbelieved: (statement: Placed) => boolean): Bits {
  const believed = new Bits(size);
  for (const one of all) {
    const isFree = !isDisbelieved(one) && one.past.countIn(believed) === one.past.countIn(one.past);
    if (isFree) believed.add(one.at);
  }
  return believed;
}
