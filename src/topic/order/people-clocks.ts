// What the people in some logs have told of their clocks, one clock a person (spec/message.md, "Clock").
import type { LogId, PersonId } from '../../format/ids.js';
import type { LogSummary } from '../../repository/index/summary.js';
import { placementOf } from '../../repository/placement.js';
import type { Repository } from '../../repository/repository.js';
import { clockIn } from '../payload.js';
import { NO_CLOCK } from './order.js';

/** A person, or a log of which nobody knows yet whose it is. */
export type Writer = PersonId | LogId;

/** Who writes a log, as far as known. */
export function writerOf({ log, person }: Pick<LogSummary, 'log' | 'person'>): Writer {
  return person ?? log;
}

/** The clock of each person who has one: the highest of its logs, but for those that it continued in another. */
export function clocksOfPeople(repository: Repository, logs: Iterable<LogSummary>): Map<Writer, number> {
  const clocks = new Map<Writer, number>();
  for (const [writer, own] of logsByWriter(repository, logs)) {
    const clocksThere = current(repository, own).map((log) => clockOfLog(repository, log));
    const clock = clocksThere.reduce((highest, one) => Math.max(highest, one), NO_CLOCK);
    if (clock !== NO_CLOCK) clocks.set(writer, clock);
  }
  return clocks;
}

type Counted = Pick<LogSummary, 'log' | 'end' | 'maxClock' | 'entries' | 'messages'>;

/** The highest clock of a log's messages and of its last entry, be that an acknowledgement; -1 when none can be read. */
export function clockOfLog(repository: Repository, log: Counted): number {
  return Math.max(log.maxClock, lastClock(repository, log));
}

/** That of the last entry alone, -1 when it has none that can be read or is below that of a message before it. */
function lastClock(repository: Repository, { log, end, entries, messages }: Counted): number {
  // behind the introduction are messages only, and their clocks are in the log's highest one: no run is looked up for that
  if (end === 0 || (entries === end && messages === end - 1)) return NO_CLOCK;
  const [run] = repository.runs(log, end - 1, end);
  const housekeeping = run?.housekeeping;
  // the clocks of messages are in the log's highest one
  if (housekeeping && housekeeping.seqs.at(-1) !== end - 1) return NO_CLOCK;
  if (housekeeping?.clock !== undefined) return housekeeping.clock;
  const last = repository.entry(log, end - 1);
  return (last && clockIn(last)) ?? NO_CLOCK;
}

/** What comes behind a contradiction tells nothing. */
function logsByWriter(repository: Repository, logs: Iterable<LogSummary>): Map<Writer, LogSummary[]> {
  const found = new Map<Writer, LogSummary[]>();
  for (const log of logs) {
    if (repository.frozen.has(log.log)) continue;
    const writer = writerOf(log);
    const known = found.get(writer);
    if (known) known.push(log);
    else found.set(writer, [log]);
  }
  return found;
}

/** Those that no other of them continues. */
function current(repository: Repository, logs: readonly LogSummary[]): readonly LogSummary[] {
  if (logs.length === 1) return logs;
  const continued = new Set(logs.flatMap((log) => continuedBy(repository, log)));
  return logs.filter(({ log }) => !continued.has(log));
}

function continuedBy(repository: Repository, { log, continues }: LogSummary): LogId[] {
  if (continues !== true) return [];
  const older = placementOf(repository, log)?.after?.log;
  return older ? [older] : [];
}
