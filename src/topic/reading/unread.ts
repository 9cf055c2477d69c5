// Which entries came since a topic was read last (spec/repository.md, "Journal").
import type { LogId, TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { readArrivals } from '../../repository/arrivals.js';
import { subtractRanges } from '../../repository/index/held.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { isMessage } from '../order/order.js';
import { isEvent } from '../payload.js';
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
  const count = others.reduce((sum, { messages, events }) => sum + messages - events, 0);
  return { count, has: (entry) => !isEvent(entry) && people.isOther(repository.log(entry.log)?.person) };
}

/** What was read before it was lost to rot is not new when it comes again. */
function arrived(repository: Repository, topic: TopicId, since: number, people: People): Unread {
  const ranges = new Map<LogId, Range[]>();
  let count = 0;
  for (const { log, first, end, messages, events, unheld } of repository.arrivedAfter(since)) {
    const summary = unheld ? undefined : repository.log(log);
    if (summary?.topic !== topic || !people.isOther(summary.person)) continue;
    const known = ranges.get(log) ?? [];
    ranges.set(log, known);
    const parts = subtractRanges([{ from: first, end }], repository.damage.read.get(log) ?? []);
    const isWhole = parts[0]?.from === first && parts[0].end === end;
    count += isWhole ? messages - events : parts.reduce((sum, part) => sum + countIn(repository, log, part), 0);
    known.push(...parts);
  }
  for (const run of openedAfter(repository, topic, since)) {
    if (!people.isOther(repository.log(run.log)?.person)) continue;
    count += run.messages - run.events;
    ranges.set(run.log, [...(ranges.get(run.log) ?? []), { from: run.first, end: run.end }]);
  }
  for (const list of ranges.values()) list.sort((a, b) => a.from - b.from);
  return { count, has: (entry) => !isEvent(entry) && isInside(ranges.get(entry.log) ?? [], entry.seq) };
}

/**
 * Runs that came before and could be read only after commit number `since`, because their key came then: what the journal notes
 * as an arrival of what was here.
 */
function openedAfter(repository: Repository, topic: TopicId, since: number): RunRecord[] {
  const veiled = new Set(repository.logsOfTopic(topic).flatMap(({ log, veiled: isOne }) => (isOne ? log : [])));
  if (veiled.size === 0) return [];
  const noted = readArrivals(repository.layout).filter(({ log, commit }) => commit > since && veiled.has(log));
  const found = new Map<string, RunRecord>();
  for (const { log, from, end } of noted)
    for (const run of repository.runs(log, from, end))
      if (run.arrival <= since && !run.waits) found.set(`${log}${run.first}`, run);
  return [...found.values()];
}

function countIn(repository: Repository, log: LogId, { from, end }: Range): number {
  return [...repository.entries(log, from, end)].filter((entry) => isMessage(entry) && !isEvent(entry)).length;
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
