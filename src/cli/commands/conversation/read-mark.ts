// Noting what was read.
import { markRead } from '../../../repository/read-marks.js';
import type { Repository } from '../../../repository/repository.js';
import { readTopic } from '../../../topic/reading/reading.js';
import type { Viewer } from '../../../topic/reading/viewer.js';

/** Counts everything held of the topic as read; a repository that can only be read stays as it is. */
export function noteRead(repository: Repository, { topic }: Pick<Viewer, 'topic'>): void {
  const { lastArrival } = repository;
  // what has rotten is taken out before, so that it is noted which of it was read until now
  if (repository.logsWithLoss().length > 0) repository.refresh();
  markRead(repository.layout, topic.topic, lastArrival);
}

/** More unread messages than this are not gone through only to see which of them cannot be shown. */
const COUNTED_MAX = 10_000;

/**
 * How many unread messages were not shown, of which so many were: what is hidden, gone or of the kind that nobody can be
 * shown does not count.
 */
export function newsLeft(repository: Repository, viewer: Viewer, unreadShown: number): number {
  const { count } = viewer.unread;
  if (unreadShown >= count) return 0;
  if (count > COUNTED_MAX) return count - unreadShown;
  return Math.max(0, Array.from(readTopic(repository, viewer, { unread: true })).length - unreadShown);
}
