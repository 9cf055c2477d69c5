// What somebody lacks of what is held here (spec/bundle.md, "What an export holds").

import type { LogId, PersonId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { subtractRanges } from '../../repository/index/held.js';
import { messagesWithin } from '../../repository/index/housekeeping.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { isMessage } from '../../topic/order/order.js';
import { isEvent } from '../../topic/payload.js';
import { isPersonLog } from '../../topic/person-topic.js';
import { logsToWriteAgain } from '../../topic/writing/write-again.js';
import type { Knowledge } from '../known/knowledge.js';
import { keptBack } from './kept-back.js';
import type { PendingLog } from './pending-log.js';

/** Of somebody of whom nothing is known: it needs everything. */
export const NOTHING_KNOWN: Pick<Knowledge, 'spares'> = { spares: () => [] };

/**
 * The ranges of the logs that the knowledge does not cover; what lies behind a contradiction is passed on no more, and what was
 * forgotten here not either, unless it was taken back.
 */
export function pendingOf(
  repository: Repository,
  logs: Iterable<LogSummary>,
  knowledge: Pick<Knowledge, 'spares'>,
): PendingLog[] {
  const pending: PendingLog[] = [];
  for (const { log } of logs) {
    const here = subtractRanges(repository.held(log), keptBack(repository, log).ranges);
    const ranges = subtractRanges(here, knowledge.spares(log));
    if (ranges.length > 0) pending.push({ log, ranges });
  }
  return pending;
}

/**
 * Of ranges that lie somewhere what the knowledge does not cover; what lies behind a freeze waits for nobody, although an
 * author's device may get it.
 */
export function waitingOf(
  repository: Repository,
  lying: Iterable<readonly [LogId, readonly Range[]]>,
  knowledge: Pick<Knowledge, 'spares'>,
): PendingLog[] {
  return [...lying].map(([log, ranges]) => {
    const freeze = repository.frozen.get(log) ?? Number.POSITIVE_INFINITY;
    const behind = { from: freeze, end: Number.POSITIVE_INFINITY };
    return { log, ranges: subtractRanges(subtractRanges(ranges, [behind]), knowledge.spares(log)) };
  });
}

/**
 * What is left over behind the freezes of a person's logs, until what it says has come in another place: one of its devices
 * may have lost it, and writes it again. Nobody else gets it.
 */
export function leftOverFor(repository: Repository, person: PersonId, logs: Iterable<LogSummary>): PendingLog[] {
  const own = [...logs].filter((one) => one.person === person && repository.leftOver(one.log).length > 0);
  if (own.length === 0) return [];
  const due = logsToWriteAgain(repository, person);
  return own.flatMap(({ log }) => (due.has(log) ? [{ log, ranges: repository.leftOver(log) }] : []));
}

/**
 * Messages among the entries: what is neither introduction nor housekeeping, nor in a person log, nor an event, as far as whoever
 * carries a veiled log can tell.
 */
export function countMessages(repository: Repository, pending: readonly PendingLog[]): number {
  const shown = pending.filter(({ log }) => !isPersonLog(repository.log(log) ?? {}));
  return countContent(repository, shown) - countEvents(repository, shown);
}

/** The same, with what person logs say of devices, and what members of private topics tell one another's programs. */
export function countContent(repository: Repository, pending: readonly PendingLog[]): number {
  let count = 0;
  for (const { log, ranges } of pending) for (const range of ranges) count += messagesIn(repository, log, range);
  return count;
}

function countEvents(repository: Repository, pending: readonly PendingLog[]): number {
  let count = 0;
  for (const { log, ranges } of pending) for (const range of ranges) count += eventsIn(repository, log, range);
  return count;
}

function eventsIn(repository: Repository, log: LogId, { from, end }: Range): number {
  return repository.runs(log, from, end).reduce((sum, run) => {
    if (run.events === 0) return sum;
    if (from <= run.first && run.end <= end) return sum + run.events;
    const entries = repository.entries(log, Math.max(run.first, from), Math.min(run.end, end));
    return sum + [...entries].filter((entry) => isMessage(entry) && isEvent(entry)).length;
  }, 0);
}

/** The index counts messages by run, and mostly knows those in a part of one too. */
function messagesIn(repository: Repository, log: LogId, range: Range): number {
  let count = 0;
  for (const run of repository.runs(log, range.from, range.end))
    count += messagesWithin(run, range) ?? messagesSeen(repository, run, range);
  return count;
}

/** What of a range is no message: housekeeping, and the introduction. */
export function housekeepingOf(repository: Repository, log: LogId, range: Range): Range[] {
  return repository.runs(log, range.from, range.end).flatMap((run) => {
    const part = { from: Math.max(run.first, range.from), end: Math.min(run.end, range.end) };
    const messages = messagesWithin(run, part);
    if (messages === 0) return [part];
    if (messages === part.end - part.from) return [];
    const others = [...repository.entries(log, part.from, part.end)].filter((entry) => !isMessage(entry));
    return others.map(({ seq }) => ({ from: seq, end: seq + 1 }));
  });
}

function messagesSeen(repository: Repository, { log, first, end }: RunRecord, range: Range): number {
  let count = 0;
  for (const entry of repository.entries(log, Math.max(first, range.from), Math.min(end, range.end)))
    if (isMessage(entry)) count++;
  return count;
}
