// How many messages there are: each once, and edits and reactions not at all (spec/message.md, "Reading copies", "Edits").
import type { LogId, TopicId } from '../../format/ids.js';
import { isUnplaced, type LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { isPersonLog } from '../person-topic.js';
import { endsIn, messagesOf } from './ends.js';
import { countLinks, openLinks } from './links.js';
import { countAgain, openPlaces } from './places.js';

/** Messages in a topic. */
export function countMessages(repository: Repository, topic: TopicId): number {
  const endOf = endsIn(repository, topic);
  const logs = repository.logsOfTopic(topic);
  const held = logs.reduce((sum, log) => sum + messagesOf(repository, log, endOf(log.log)), 0);
  return held - countOthers(repository, topic, 0);
}

/** Where an import begins. */
export interface Before {
  /** The last commit. */
  readonly commit: number;
  /** Logs of which nobody could say what stands in them. */
  readonly unplaced: ReadonlySet<LogId>;
}

/** What an import that begins now finds. */
export function beforeImport(repository: Repository): Before {
  return { commit: repository.lastArrival, unplaced: new Set([...repository.unplacedLogs()].map(({ log }) => log)) };
}

/**
 * Messages that came since then and were not there in another place, in whatever topic; and those that came before in logs that
 * have been placed since.
 */
export function countArrived(repository: Repository, { commit: since, unplaced }: Before): number {
  const placed = [...unplaced].filter((log) => !isUnplaced(repository.log(log)));
  const before = placed.flatMap((log) => repository.runs(log).filter(({ arrival }) => arrival <= since));
  const runs = [...before, ...repository.arrivedAfter(since)];
  const logs = new Set(runs.map(({ log }) => log));
  const topics = new Set([...logs].filter(hasOthers(repository)).flatMap((log) => repository.log(log)?.topic ?? []));
  const others = [...topics].reduce((sum, topic) => sum + countOthers(repository, topic, since), 0);
  const shown = runs.filter(({ log }) => isConversation(repository.log(log)));
  return shown.reduce((sum, { messages, events }) => sum + messages - events, 0) - others;
}

/** Whether somebody here could read it: nobody knows yet what stands in a veiled log that was not placed. */
function isConversation(log: LogSummary | undefined): boolean {
  return log === undefined || !(isPersonLog(log) || isUnplaced(log));
}

/** Entries that came after commit number `since`, count as messages in the index, and are none of their own. */
function countOthers(repository: Repository, topic: TopicId, since: number): number {
  const places = openPlaces(repository, topic);
  return countAgain(places.all, since) + countLinks(openLinks(repository, topic, places), since, () => true);
}

/** Tells whether anybody's log has to do with such entries: the person's own, and no other, say its messages again. */
function hasOthers(repository: Repository): (log: LogId) => boolean {
  return (log) => {
    const { person, links } = repository.log(log) ?? {};
    if (links) return true;
    return person !== undefined && repository.logsOfPerson(person).some(({ copies }) => copies);
  };
}
