// Placing veiled logs with the keys that are here, and reading more of those that wait (spec/veiled.md, "Placing"). Doing it
// again changes nothing.
import type { LogId } from '../format/ids.js';
import { noteArrivals } from '../repository/arrivals.js';
import { plainRun, type RunRecord } from '../repository/index/run-record.js';
import { isUnplaced } from '../repository/index/summary.js';
import type { Repository } from '../repository/repository.js';

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
  const logs = [...placeable(repository), ...readable(repository)];
  if (logs.length === 0) return { logs, messages: 0 };
  const closed = logs.flatMap((log) => closedRuns(repository, log));
  repository.reinterpret(logs);
  const opened = closed.filter((run) => repository.runs(run.log, run.first, run.end).every(({ waits }) => !waits));
  const { layout, lastArrival, world } = repository;
  const arrived = opened.map((run) => ({ ...plainRun(run), arrival: lastArrival }));
  noteArrivals(layout, arrived, world.now());
  return { logs, messages: opened.reduce((sum, { messages, events }) => sum + messages - events, 0) };
}

/** Of a log that is not placed every run, of another one those in which something waits. */
function closedRuns(repository: Repository, log: LogId): RunRecord[] {
  const summary = repository.log(log);
  const isNew = summary !== undefined && isUnplaced(summary);
  return repository.runs(log).filter((run) => isNew || run.waits);
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

/** Placed ones in which something waits that opens now: by the first entry of each run that waits. */
function readable(repository: Repository): LogId[] {
  const placed = [...repository.logs()].filter((log) => log.waits && !isUnplaced(log));
  return placed.slice(0, PLACED_MAX).flatMap(({ log }) => (opensMore(repository, log) ? [log] : []));
}

function opensMore(repository: Repository, log: LogId): boolean {
  const runs = repository.runs(log).filter((run) => run.waits);
  return runs.some((run) => {
    for (const entry of repository.entries(log, Math.max(run.first, 1), run.end))
      if (entry.said !== undefined) return true;
    return false;
  });
}
