// Which heads of others a new message cites (spec/message.md, "Deps").
import type { LogId, TopicId } from '../format/ids.js';
import { DEPS_MAX } from '../format/limits.js';
import type { Repository } from '../repository/repository.js';
import type { LogSummary } from '../repository/summary.js';
import { isFarAhead, type Present } from './clock.js';
import type { Dep } from './message.js';

/** An entry that could be cited, with its effective clock; -1 when it has none. */
export interface Citable extends Dep {
  readonly clock: number;
}

/** What a new message cites. */
export interface Citation {
  readonly deps: readonly Dep[];
  /** The clocks of the deps: the new message's is above them. */
  readonly clocks: readonly number[];
  /** Index of the reply's target in `deps`. */
  readonly reply: number | undefined;
}

/** A repository as far as heads are found in it. */
export type HeadSource = Pick<Repository, 'frozen' | 'log' | 'logsOfTopic' | 'arrivedAfter'>;

/** Heads of the topic's other logs that brought messages since the last entry of `own`; of all, when there is none. */
export function newHeads(source: HeadSource, topic: TopicId, own: LogId | undefined): Citable[] {
  const since = own && source.log(own)?.arrival;
  const logs = since === undefined ? source.logsOfTopic(topic) : changedLogs(source, topic, since);
  return logs
    .filter(({ log, messages }) => log !== own && messages > 0 && !source.frozen.has(log))
    .map(({ log, end, id, maxClock }) => ({ log, seq: end - 1, id, clock: maxClock }));
}

/** The reply's target first, then the latest heads, 16 at most; heads far ahead are left out unless replied to. */
export function chooseDeps(heads: readonly Citable[], present: Present, reply?: Citable): Citation {
  const others = heads
    .filter((head) => !isFarAhead(head.clock, present) && !isSameEntry(head, reply))
    .sort((a, b) => b.clock - a.clock || (a.log < b.log ? -1 : 1));
  const chosen = [...(reply ? [reply] : []), ...others].slice(0, DEPS_MAX);
  return {
    deps: chosen.map(({ log, seq, id }) => ({ log, seq, id })),
    clocks: chosen.map(({ clock }) => clock),
    reply: reply ? 0 : undefined,
  };
}

function changedLogs(source: HeadSource, topic: TopicId, since: number): LogSummary[] {
  const changed = new Set<LogId>();
  for (const run of source.arrivedAfter(since)) if (run.messages > 0 && !run.unheld) changed.add(run.log);
  return [...changed].flatMap((log) => source.log(log) ?? []).filter((summary) => summary.topic === topic);
}

function isSameEntry(a: Dep, b: Dep | undefined): boolean {
  return b !== undefined && a.log === b.log && a.seq === b.seq;
}
