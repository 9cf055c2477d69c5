// Placing veiled logs with the keys that are here, and reading more of those that wait (spec/veiled.md, "Placing"). Doing it
// again changes nothing.
import type { LogId } from '../format/ids.js';
import type { Range } from '../format/log/meta.js';
import { noteArrivals } from '../repository/arrivals.js';
import { isInRanges, subtractRanges } from '../repository/index/held.js';
import { waitsForKey } from '../repository/index/payload-notes.js';
import { plainRun, type RunRecord } from '../repository/index/run-record.js';
import { isUnplaced, type LogSummary } from '../repository/index/summary.js';
import type { Repository } from '../repository/repository.js';
import { isMessage } from './order/order.js';
import { isEvent } from './payload.js';

/** Logs that are not placed, and placed ones that wait, of which one pass tries so many at most. */
const TRIED_MAX = 10_000;

/** How it is done. */
export interface Placing {
  /** Of so many logs at most. */
  readonly most?: number;
  /** Whether the messages of a run were told as new when they came. */
  readonly wasCounted?: (run: RunRecord) => boolean;
}

/** What can be read now and could not before. */
export interface Opened {
  readonly logs: readonly LogId[];
  /** As many messages are shown in them that were not, and were not counted. */
  readonly messages: number;
}

/**
 * Places what the interpreter's keys open among the veiled logs that are not placed, and notes of placed ones what they open
 * now. What became readable counts as arrived at this moment. Of more than `most` logs it tries so many, other ones each time.
 * Only under the repository's lock.
 * @throws SatchelError `no-space`, `io`
 */
export function placeLogs(
  repository: Repository,
  { most = TRIED_MAX, wasCounted = () => false }: Placing = {},
): Opened {
  const unplaced = placeable(repository, most);
  const logs = [...unplaced, ...readable(repository, most)];
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
  const openedOf = (run: RunRecord): RunRecord[] => {
    const closed = isNew.has(run.log) ? [{ from: run.first, end: run.end }] : run.waiting;
    const still = isNew.has(run.log) ? [] : waitingIn(repository, run);
    return subtractRanges(closed, still).map(({ from, end }) => ({ ...run, first: from, end, arrival: lastArrival }));
  };
  noteArrivals(layout, before.flatMap(openedOf), world.now());
  const news = before.filter((run) => !wasCounted(run)).flatMap(openedOf);
  return { logs, messages: news.reduce((sum, part) => sum + openedIn(repository, part), 0) };
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

/** Logs that are not placed and that a key here opens, those that came first in front. */
function placeable(repository: Repository, most: number): LogId[] {
  const unplaced = [...repository.unplacedLogs()].sort((a, b) => a.arrival - b.arrival || (a.log < b.log ? -1 : 1));
  const opens = ({ log }: LogSummary): boolean => {
    const payload = repository.entry(log, 0)?.payload;
    return payload !== undefined && repository.interpreter.introduction(log, payload) !== undefined;
  };
  return someOf(unplaced, most, repository)
    .filter(opens)
    .map(({ log }) => log);
}

/** Placed ones in which something waits that opens now: by the first entry that does. */
function readable(repository: Repository, most: number): LogId[] {
  const waiting = [...repository.logs()].filter((log) => log.waits && !isUnplaced(log));
  return someOf(waiting, most, repository).flatMap(({ log }) => (opensMore(repository, log) ? [log] : []));
}

/** So many in a row: from the first on, or, where there are more, from one that chance picks, so that none is always behind. */
function someOf<T>(all: readonly T[], most: number, { world }: Repository): readonly T[] {
  if (all.length <= most) return all;
  const from = world.random(6).readUIntBE(0, 6) % all.length;
  return [...all.slice(from), ...all.slice(0, from)].slice(0, most);
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
