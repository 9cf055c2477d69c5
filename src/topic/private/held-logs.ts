// The logs of a private topic as far as they are held, for who says how far they count (spec/private.md, "Cuts").
import type { TopicId } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';
import type { HeldLog } from '../members/cuts.js';
import { soundLength, type TopicView } from './topic-view.js';

/** All of them, each up to where nothing of it is missing, and it does not contradict itself. */
export function heldLogs(repository: Repository, { logs }: TopicView): readonly HeldLog[] {
  return logs.map((log) => {
    const [first] = repository.held(log.log);
    const length = first?.from === 0 ? Math.min(first.end, soundLength(repository, log.log)) : 0;
    return { ...log, length, written: log.summary.arrival };
  });
}

/**
 * Whoever is cut off by what the disk did not give would be cut off everywhere: to be asked before such a statement is written.
 * @throws SatchelError `io`
 */
export function assertRead(repository: Repository, topic: TopicId): void {
  for (const { log } of repository.logsOfTopic(topic)) {
    const failure = repository.unreadable(log);
    if (failure) throw failure;
  }
}
