// Noting what was read.
import { markRead } from '../../../repository/read-marks.js';
import type { Repository } from '../../../repository/repository.js';
import type { Viewer } from '../../../topic/reading/viewer.js';

/** Counts everything held of the topic as read; a repository that can only be read stays as it is. */
export function noteRead(repository: Repository, { topic }: Pick<Viewer, 'topic'>): void {
  const { lastArrival } = repository;
  // what has rotten is taken out before, so that it is noted which of it was read until now
  if (repository.logsWithLoss().length > 0) repository.refresh();
  markRead(repository.layout, topic.topic, lastArrival);
}
