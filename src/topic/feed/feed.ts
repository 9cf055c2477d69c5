// A consumer is handed messages, at most so many at once, and commits them (spec/cli.md, "feed"). What is handed out is durable
// before anybody prints it, so whoever is killed gets exactly that again.
import type { TopicId } from '../../format/ids.js';
import { subtractRanges } from '../../repository/index/held.js';
import { isUnplaced } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import type { Acquainted } from '../reading/people.js';
import { type Consumer, committed, consumerNamed, findConsumer, newConsumer, writeConsumer } from './consumer.js';
import { nextDue, waitingIn } from './due.js';
import { SeqSets } from './seq-sets.js';

/** So many are handed out at once, at most: what is printed twice when a consumer was killed. */
const HANDED_OUT_MAX = 1_000;

/** Who is handed messages of which topics. */
export interface Feed {
  readonly name: string;
  readonly topics: readonly TopicId[];
  /** At once, at most. */
  readonly most?: number;
}

/**
 * The consumer with what is handed out to it: what was and is not committed, and nothing else; without that, what is due.
 * Durable when it is returned. The lock is taken only when there is something new.
 * @throws SatchelError `busy`, `damaged`, `io`, `no-space`
 */
export function handOut(around: Acquainted, { name, topics, most = HANDED_OUT_MAX }: Feed): Consumer {
  const { repository } = around;
  const known = findConsumer(repository.layout, name);
  if (known && (known.handedOut.length > 0 || !nextDue(around, topics, known, most))) return known;
  return repository.locked(() => {
    const consumer = findConsumer(repository.layout, name) ?? newConsumer(name);
    const due = consumer.handedOut.length > 0 ? undefined : nextDue(around, topics, consumer, most);
    if (known && !due) return consumer;
    return writeConsumer(repository, { ...consumer, ...due?.position, handedOut: due?.messages ?? consumer.handedOut });
  });
}

/**
 * Commits all up to an offset, durably; what was committed before stays so.
 * @throws SatchelError `not-found`, `usage` when nothing with that offset was handed out, `busy`, `damaged`, `io`, `no-space`
 */
export function commitUpTo(repository: Repository, name: string, offset: number): Consumer {
  return repository.locked(() => {
    const consumer = consumerNamed(repository.layout, name);
    const after = committed(consumer, offset);
    return after.offset === consumer.offset ? consumer : writeConsumer(repository, after);
  });
}

/**
 * A consumer that is not there yet begins here: it gets what is not held now, or waits for a key. Durable.
 * @throws SatchelError `busy`, `damaged`, `io`, `no-space`
 */
export function beginFromNow({ repository }: Acquainted, { name }: Feed): void {
  repository.locked(() => {
    if (findConsumer(repository.layout, name)) return;
    const done = new SeqSets();
    for (const summary of repository.logs()) {
      if (isUnplaced(summary)) continue;
      const held = repository.runs(summary.log).map(({ first, end }) => ({ from: first, end }));
      done.add(summary.log, subtractRanges(held, waitingIn(repository, summary)));
    }
    writeConsumer(repository, { ...newConsumer(name), done: done.stored() });
  });
}
