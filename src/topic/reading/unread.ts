// Which entries came since a topic was read last (spec/repository.md, "Journal").
import type { LogId, TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { readArrivals } from '../../repository/arrivals.js';
import { subtractRanges, unionRanges } from '../../repository/index/held.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { isEvent } from '../payload.js';
import { endsIn, messagesIn, messagesOf } from './ends.js';
import { countLinks, type Links, openLinks } from './links.js';
import type { People } from './people.js';
import { countAgain, openPlaces, type Places, wasThere } from './places.js';

/** What is new in one topic. */
export interface Unread {
  /** Messages; those of ourselves and of blocked people are never unread. */
  readonly count: number;
  has(entry: Pick<StoredEntry, 'log' | 'seq' | 'payload'>): boolean;
}

/** What came to the topic after commit number `since`, or all of it when it was never read. */
export function unreadOf(
  repository: Repository,
  topic: TopicId,
  since: number | undefined,
  people: People,
  places: Places = openPlaces(repository, topic),
  links: Links = openLinks(repository, topic, places),
): Unread {
  const found = since === undefined ? everything(repository, topic, people) : arrived(repository, topic, since, people);
  if (places.isEmpty && links.isEmpty) return found;
  const isOther = (log: LogId): boolean => people.isOther(repository.log(log)?.person);
  const others = places.all.filter(({ original }) => isOther(original.log));
  return {
    count: found.count - countAgain(others, since ?? 0) - countLinks(links, since ?? 0, isOther),
    has: (entry) => {
      const placed = places.of(entry);
      if (!found.has(entry) || links.of(entry)) return false;
      return !(placed && (places.isElsewhere(entry) || wasThere(placed, since ?? 0)));
    },
  };
}

function everything(repository: Repository, topic: TopicId, people: People): Unread {
  const others = repository.logsOfTopic(topic).filter(({ person }) => people.isOther(person));
  const endOf = endsIn(repository, topic);
  const count = others.reduce((sum, log) => sum + messagesOf(repository, log, endOf(log.log)), 0);
  const isShown = ({ log, seq }: Pick<StoredEntry, 'log' | 'seq'>): boolean => seq < endOf(log);
  return {
    count,
    has: (entry) => !isEvent(entry) && isShown(entry) && people.isOther(repository.log(entry.log)?.person),
  };
}

/** What was read before it was lost to rot is not new when it comes again. */
function arrived(repository: Repository, topic: TopicId, since: number, people: People): Unread {
  const ranges = new Map<LogId, Range[]>();
  const endOf = endsIn(repository, topic);
  let count = 0;
  for (const { log, first, end, messages, events, unheld } of repository.arrivedAfter(since)) {
    const summary = unheld ? undefined : repository.log(log);
    if (summary?.topic !== topic || !people.isOther(summary.person)) continue;
    const known = ranges.get(log) ?? [];
    ranges.set(log, known);
    const until = Math.min(end, Math.max(first, endOf(log)));
    const parts = subtractRanges([{ from: first, end: until }], repository.damage.read.get(log) ?? []);
    const isWhole = parts[0]?.from === first && parts[0].end === end;
    count += isWhole ? messages - events : parts.reduce((sum, part) => sum + messagesIn(repository, log, part), 0);
    known.push(...parts);
  }
  for (const [log, opened] of openedAfter(repository, topic, since)) {
    if (!people.isOther(repository.log(log)?.person)) continue;
    const parts = opened
      .filter(({ from }) => from < endOf(log))
      .map((part) => ({ ...part, end: Math.min(part.end, endOf(log)) }));
    count += parts.reduce((sum, part) => sum + messagesIn(repository, log, part), 0);
    ranges.set(log, [...(ranges.get(log) ?? []), ...parts]);
  }
  for (const list of ranges.values()) list.sort((a, b) => a.from - b.from);
  return { count, has: (entry) => !isEvent(entry) && isInside(ranges.get(entry.log) ?? [], entry.seq) };
}

/**
 * What came before and was placed or could be read only after commit number `since`, because its key came then: what the journal
 * notes as an arrival of what was here.
 */
function openedAfter(repository: Repository, topic: TopicId, since: number): Map<LogId, Range[]> {
  const veiled = new Set(repository.logsOfTopic(topic).flatMap(({ log, veiled: isOne }) => (isOne ? log : [])));
  const found = new Map<LogId, Range[]>();
  if (veiled.size === 0) return found;
  const noted = readArrivals(repository.layout).filter(({ log, commit }) => commit > since && veiled.has(log));
  for (const { log, from, end } of noted)
    for (const run of repository.runs(log, from, end)) {
      if (run.arrival > since || run.unheld) continue;
      const part = { from: Math.max(from, run.first), end: Math.min(end, run.end) };
      found.set(log, unionRanges([...(found.get(log) ?? []), part]));
    }
  return found;
}

/** Whether a seq lies in one of the ascending, disjoint ranges. */
function isInside(ranges: readonly Range[], seq: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.end ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return (ranges[low]?.from ?? Number.POSITIVE_INFINITY) <= seq;
}
