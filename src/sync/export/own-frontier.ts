// What we say that we hold (spec/bundle.md, "Frontier").
import { type Frontier, type FrontierRange, frontierLogSize } from '../../format/bundle/frontier.js';
import { type LogId, NO_ENTRY } from '../../format/ids.js';
import { FRONTIER_MAX } from '../../format/limits.js';
import type { LogSummary } from '../../repository/index/summary.js';
import { isWantedOn } from '../known/veiled.js';
import { activeContacts, passedOnTopics, type Session } from '../session.js';

/** Ranges stated of one log, at most: the latest. Saying less than is held is always safe. */
const RANGES_MAX = 256;

/**
 * Ranges of the logs to be named first, then of our own and contacts', then those passed on, as far as they fit; only of
 * logs that may be told of.
 */
export function ownFrontier(
  session: Session,
  first: Iterable<LogId> = [],
  isTold: (log: LogId) => boolean = () => true,
): Frontier {
  const frontier = new Map<LogId, readonly FrontierRange[]>();
  let size = 0;
  for (const [log, ranges] of statedInOrder(session, first, isTold)) {
    size += frontierLogSize(ranges.length);
    if (size > FRONTIER_MAX) break;
    frontier.set(log, ranges);
  }
  return frontier;
}

/** The same of as many logs as there are, each once. */
export function* statedInOrder(
  session: Session,
  first: Iterable<LogId>,
  isTold: (log: LogId) => boolean,
): Generator<[LogId, readonly FrontierRange[]]> {
  const seen = new Set<LogId>();
  for (const log of logsInOrder(session, first)) {
    if (seen.has(log) || !isTold(log)) continue;
    seen.add(log);
    const ranges = statedOf(session, log);
    if (ranges.length > 0) yield [log, ranges];
  }
}

/** What we say that we hold of a log. */
export function statedOf(session: Session, log: LogId): readonly FrontierRange[] {
  return stated(session, log).slice(-RANGES_MAX);
}

/** What we hold of a log; of others' that contradict themselves, that we want no more from there on. */
function stated(session: Session, log: LogId): readonly FrontierRange[] {
  const { repository, self } = session;
  const frozen = repository.frozen.get(log);
  const held = repository.held(log);
  if (frozen === undefined && !isWantedOn(session, log)) return [...held, noMoreFrom(held.at(-1)?.end ?? 0)];
  // what is left over of our own elsewhere may have been lost here
  if (frozen === undefined || repository.log(log)?.person === self.person) return held;
  return [...held, noMoreFrom(frozen)];
}

function noMoreFrom(from: number): FrontierRange {
  return { from, end: Number.POSITIVE_INFINITY, id: NO_ENTRY };
}

function* logsInOrder(session: Session, first: Iterable<LogId>): Generator<LogId> {
  const { repository } = session;
  yield* first;
  yield* sorted(repository.logsOfPerson(session.self.person));
  yield* sorted(activeContacts(session).flatMap(({ person }) => repository.logsOfPerson(person)));
  for (const topic of passedOnTopics(session)) yield* sorted(repository.logsOfTopic(topic));
  yield* sorted([...repository.unplacedLogs()]);
}

function sorted(logs: readonly LogSummary[]): LogId[] {
  return logs.map(({ log }) => log).sort();
}
