// Which heads of others a new message cites (spec/message.md, "Deps").
import type { LogId } from '../../format/ids.js';
import { DEPS_MAX } from '../../format/limits.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Cited, Dep } from '../message/message.js';
import type { ClockJudge } from './clock-judge.js';
import { latestWithin } from './hour-clock.js';

/** An entry that could be cited, with its effective clock; -1 when it has none. */
export interface Citable extends Dep {
  readonly clock: number;
}

/** What a new message cites. */
export interface Citation {
  readonly deps: readonly Cited[];
  /** The clocks of the deps: the new message's is above them. */
  readonly clocks: readonly number[];
  /** Index of the reply's target in `deps`. */
  readonly reply: number | undefined;
}

/** A log of the topic; frozen ones are not cited. */
type CitableLog = Pick<LogSummary, 'log' | 'end' | 'id' | 'maxClock' | 'waits'> & {
  readonly frozen?: number | undefined;
};

/**
 * Heads of the topic's other logs that brought messages since the author's last entry.
 * @param arrivals runs that are newer than that entry, of whatever log
 */
export function newHeads(
  arrivals: Iterable<Pick<RunRecord, 'log' | 'messages' | 'unheld'>>,
  topicLogs: Iterable<CitableLog>,
  own: LogId | undefined,
): Citable[] {
  const changed = new Set<LogId>();
  for (const run of arrivals) if (run.messages > 0 && !run.unheld) changed.add(run.log);
  const heads: Citable[] = [];
  for (const { frozen, ...head } of topicLogs) {
    const { log } = head;
    if (log === own || frozen !== undefined || !changed.has(log)) continue;
    heads.push(headOf(head));
  }
  return heads;
}

/** The newest entry that is held of a log; while some of it waits for a key, its clock is the latest that it can turn out to be. */
export function headOf({ log, end, id, maxClock, waits }: Omit<CitableLog, 'frozen'>): Citable {
  return { log, seq: end - 1, id, clock: waits ? latestWithin(maxClock) : maxClock };
}

/**
 * The reply's target first, then the latest heads, 16 at most; those with absurd clocks are left out unless replied to.
 * `by` is the own entry that commits to the target already.
 */
export function chooseDeps(
  heads: readonly Citable[],
  { isAbsurd }: Pick<ClockJudge, 'isAbsurd'>,
  reply?: Citable,
  by?: number,
): Citation {
  const others = heads
    .filter((head) => !isSameEntry(head, reply) && !isAbsurd(head.log, head.clock))
    .sort((a, b) => b.clock - a.clock || (a.log < b.log ? -1 : 1));
  const chosen = [...(reply ? [reply] : []), ...others].slice(0, DEPS_MAX);
  return {
    deps: chosen.map((one) => citedAs(one, one === reply ? by : undefined)),
    clocks: chosen.map(({ clock }) => clock),
    reply: reply ? 0 : undefined,
  };
}

function citedAs({ log, seq, id }: Citable, by: number | undefined): Cited {
  return by === undefined ? { log, seq, id } : { log, seq, by };
}

function isSameEntry(a: Dep, b: Dep | undefined): boolean {
  return b !== undefined && a.log === b.log && a.seq === b.seq;
}
