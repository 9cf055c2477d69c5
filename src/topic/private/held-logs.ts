// The logs of a private topic as far as they are held, for who says how far they count (spec/private.md, "Cuts").
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
