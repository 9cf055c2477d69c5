// What came since a topic was read last (spec/repository.md, "Journal").
import type { PersonId, TopicId } from '../format/ids.js';
import type { Repository } from '../repository/repository.js';

/** Messages of a topic that arrived after commit number `since`, but for those of people left out (ourselves). */
export function countUnread(
  repository: Repository,
  topic: TopicId,
  options: { readonly since: number; readonly leftOut: (person: PersonId) => boolean },
): number {
  let count = 0;
  for (const { log, person, arrival } of repository.logsOfTopic(topic)) {
    if (arrival <= options.since || (person && options.leftOut(person))) continue;
    for (const run of repository.runs(log)) if (run.arrival > options.since) count += run.messages;
  }
  return count;
}
