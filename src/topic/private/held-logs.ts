// The logs of a private topic as far as they are held, for who says how far they count (spec/private.md, "Cuts").
import type { Repository } from '../../repository/repository.js';
import type { HeldLog } from '../members/cuts.js';
import type { TopicView } from './topic-view.js';

/** All of them, each up to where nothing of it is missing. */
export function heldLogs(repository: Repository, { logs }: TopicView): readonly HeldLog[] {
  return logs.map((log) => {
    const [first] = repository.held(log.log);
    return { ...log, length: first?.from === 0 ? first.end : 0, written: log.summary.arrival };
  });
}
