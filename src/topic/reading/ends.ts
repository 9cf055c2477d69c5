// Up to where logs count in what is shown (spec/private.md, "Ends of logs"): all of them without end, but in a private topic.
import type { LogId, TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { isMessage } from '../order/order.js';
import { isEvent } from '../payload.js';
import { endsOf } from '../private/noted-ends.js';

/** The ends of the logs of a topic; what waits for statements counts until they have come. */
export function endsIn(repository: Repository, topic: TopicId): (log: LogId) => number {
  const endOf = endsOf(repository, topic);
  if (!endOf) return () => Number.POSITIVE_INFINITY;
  return (log) => endOf(log) ?? Number.POSITIVE_INFINITY;
}

/** Messages of a log that are shown to anybody, below its end. */
export function messagesOf(repository: Repository, { log, messages, events }: LogSummary, end: number): number {
  return end === Number.POSITIVE_INFINITY ? messages - events : messagesIn(repository, log, { from: 0, end });
}

/** The same of a part of it, without a look at runs that lie in it whole. */
export function messagesIn(repository: Repository, log: LogId, { from, end }: Range): number {
  return repository.runs(log, from, end).reduce((sum, run) => {
    const part = { from: Math.max(from, run.first), end: Math.min(end, run.end) };
    const isWhole = part.from === run.first && part.end === run.end;
    return sum + (isWhole ? run.messages - run.events : entriesIn(repository, log, part));
  }, 0);
}

function entriesIn(repository: Repository, log: LogId, { from, end }: Range): number {
  return [...repository.entries(log, from, end)].filter((entry) => isMessage(entry) && !isEvent(entry)).length;
}
