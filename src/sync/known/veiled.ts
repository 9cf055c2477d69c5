// Veiled logs, seen by who may not have their keys: who is sent them, and what is said of them (spec/veiled.md, "Carrying").
import type { Frontier } from '../../format/bundle/frontier.js';
import type { LogId, PersonId, TopicId } from '../../format/ids.js';
import { isUnplaced, isVeiledLog } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { ROLE } from '../../topic/members/statement.js';
import { viewTopic } from '../../topic/private/topic-view.js';
import type { Session } from '../session.js';

/**
 * Whether somebody is sent what it lacks of the log: of a veiled one only who writes in its topic, as far as that is known here,
 * and whoever named it and did not say that it is to end there. Whoever never named it does not need it.
 */
export function isAskedFor(
  repository: Repository,
  { person, frontier }: { readonly person: PersonId; readonly frontier: Frontier | undefined },
  log: LogId,
): boolean {
  const summary = repository.log(log);
  return (
    !isVeiledLog(summary) || isNamed(repository, frontier, log) || writesBeside(repository, summary?.topic, person)
  );
}

/** What lies behind a freeze nobody wants: that says nothing of the rest. */
function isNamed(repository: Repository, frontier: Frontier | undefined, log: LogId): boolean {
  const ranges = frontier?.get(log);
  const last = ranges?.at(-1);
  return ranges !== undefined && (last?.end !== Number.POSITIVE_INFINITY || last.from === repository.frozen.get(log));
}

/** Who takes part, by what is held; without keys who is seen to write. */
function writesBeside(repository: Repository, topic: TopicId | undefined, person: PersonId): boolean {
  if (topic === undefined) return false;
  if ((viewTopic(repository, topic)?.resolution.role(person) ?? ROLE.none) >= ROLE.member) return true;
  return repository.logsOfTopic(topic).some((one) => one.veiled && one.person === person);
}

/** Whether more of a log is wanted here: of a veiled one that is not placed only by who carries everything. */
export function isWantedOn(session: Session, log: LogId): boolean {
  return !isUnplaced(session.repository.log(log)) || session.topics.carryAll;
}
