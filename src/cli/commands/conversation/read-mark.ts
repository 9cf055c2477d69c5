// Noting what was read.
import { markRead } from '../../../repository/read-marks.js';
import type { Repository } from '../../../repository/repository.js';
import type { Viewer } from '../../../topic/reading/viewer.js';

/** Counts everything held of the topic as read; a repository that can only be read stays as it is. */
export function noteRead(repository: Repository, { topic }: Pick<Viewer, 'topic'>): void {
  markRead(repository.layout, topic.topic, repository.lastArrival);
}
