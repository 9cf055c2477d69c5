// How far a log of a private topic counts (spec/private.md, "Ends of logs").
import type { EntryId, LogId, StatementId } from '../../format/ids.js';
import type { CutLog } from '../../format/private/cut.js';
import { causallyLast } from './graph.js';
import type { Resolution } from './resolve.js';
import { RULES, type Rules } from './rules.js';
import { type Author, ROLE } from './statement.js';

/** A log whose introduction was opened. */
export interface TopicLog {
  readonly log: LogId;
  /** As the card in the introduction says. */
  readonly author: Author;
  /** The statements that its author held when it began the log. */
  readonly heads: readonly StatementId[];
  /** The id of the last of so many entries; undefined where they are not held, or the log contradicts itself before. */
  idAt(length: number): EntryId | undefined;
}

/**
 * Below which length entries of the log count: Infinity where nothing ends it; undefined while its heads are not held, which
 * leaves all of it waiting. Entry 0 stays placed also at 0.
 */
export function logEnd(resolution: Resolution, log: TopicLog, rules: Rules = RULES): number | undefined {
  const past = resolution.graph.pastOf(log.heads);
  if (!past) return undefined;
  const { person } = log.author;
  if (rules.roleAtHeads && resolution.roleIn(person, past) < ROLE.member) return 0;
  const removals = resolution.setsOn(person).filter(({ at, says }) => says.role === ROLE.none && !past.has(at));
  const shutters = resolution.shutOutBy(log.author);
  const ends = rules.removalCuts ? causallyLast(removals).map(({ says }) => lengthNamed(says.cut, log)) : [];
  if (rules.deviceCuts && shutters.length > 0) {
    ends.push(shutters.reduce((greatest, { says }) => Math.max(greatest, lengthNamed(says.cut, log)), 0));
  }
  return ends.reduce((least, end) => Math.min(least, end), Number.POSITIVE_INFINITY);
}

/** The length that a cut leaves of the log; 0 where it does not name it, or names another past of it. */
function lengthNamed(cut: readonly CutLog[], { log, idAt }: TopicLog): number {
  const named = cut.find((one) => one.log === log);
  if (!named) return 0;
  const held = idAt(named.length);
  return held === undefined || held === named.id ? named.length : 0;
}
