// Placing veiled logs with the keys that are here, and reading more of those that wait (spec/veiled.md, "Placing"). Doing it
// again changes nothing.
import type { LogId } from '../format/ids.js';
import type { Range } from '../format/log/meta.js';
import { noteArrivals } from '../repository/arrivals.js';
import { isInRanges, subtractRanges } from '../repository/index/held.js';
import { waitsForKey } from '../repository/index/payload-notes.js';
import { plainRun, type RunRecord } from '../repository/index/run-record.js';
import { isUnplaced } from '../repository/index/summary.js';
import type { Repository } from '../repository/repository.js';
import { isMessage } from './order/order.js';
import { isEvent } from './payload.js';

/** Logs looked at in one pass, at most; those that came first are looked at first. */
const PLACED_MAX = 1_000;

/** What can be read now and could not before. */
export interface Opened {
  readonly logs: readonly LogId[];
  /** As many messages are shown in them that were not. */
  readonly messages: number;
}

/**
 * Places what the interpreter's keys open among the veiled logs that are not placed, and notes of placed ones what they open
 * now. What became readable counts as arrived at this moment. Only under the repository's lock.
 * @throws SatchelError `no-space`, `io`
 */
export function placeLogs(repository: Repository): Opened {
  const unplaced = placeable(repository);
  const logs = [...unplaced, ...readable(repository)];
  if (logs.length === 0) return { logs, messages: 0 };
  const isNew = new Set(unplaced);
  const before = logs.flatMap((log) =>
    repository
      .runs(log)
      .filter((run) => isNew.has(log) || run.waits)
      .map(plainRun),
  );
  repository.reinterpret(logs);
  const { layout, lastArrival, world } = repository;
  const parts = before.flatMap((run) => {
    const closed = isNew.has(run.log) ? [{ from: run.first, end: run.end }] : run.waiting;
    const still = isNew.has(run.log) ? [] : waitingIn(repository, run);
    return subtractRanges(closed, still).map(({ from, end }) => ({ ...run, first: from, end, arrival: lastArrival }));
  });
  noteArrivals(layout, parts, world.now());
  return { logs, messages: parts.reduce((sum, part) => sum + openedIn(repository, part), 0) };
}

function waitingIn(repository: Repository, { log, first, end }: RunRecord): Range[] {
  return repository.runs(log, first, end).flatMap(({ waiting }) => waiting);
}

/** Messages that are shown and do not wait. */
function openedIn(repository: Repository, part: RunRecord): number {
  const waiting = waitingIn(repository, part);
  const entries = [...repository.entries(part.log, part.first, part.end)];
  return entries.filter((entry) => isMessage(entry) && !isEvent(entry) && !isInRanges(waiting, entry.seq)).length;
}

function placeable(repository: Repository): LogId[] {
  const unplaced = [...repository.unplacedLogs()].sort((a, b) => a.arrival - b.arrival || (a.log < b.log ? -1 : 1));
  const opens = (log: LogId): boolean => {
    const payload = repository.entry(log, 0)?.payload;
    return payload !== undefined && repository.interpreter.introduction(log, payload) !== undefined;
  };
  return unplaced
    .slice(0, PLACED_MAX)
    .map(({ log }) => log)
    .filter(opens);
}

/** Placed ones in which something waits that opens now: by the first entry that does. */
function readable(repository: Repository): LogId[] {
  const placed = [...repository.logs()].filter((log) => log.waits && !isUnplaced(log));
  return placed.slice(0, PLACED_MAX).flatMap(({ log }) => (opensMore(repository, log) ? [log] : []));
}

function opensMore(repository: Repository, log: LogId): boolean {
  const { interpreter } = repository;
  return repository.runs(log).some(({ waiting }) =>
    waiting.some(({ from, end }) => {
      for (const entry of repository.entries(log, from, end))
        if (entry.said !== undefined || !waitsForKey(entry, entry, interpreter)) return true;
      return false;
    }),
  );
}
