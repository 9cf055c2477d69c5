// Takes back what is to be forgotten and nobody is known to have, so that it is missing for nobody (spec/cli.md, "forget").
import type { EntryId, TopicId } from '../../../format/ids.js';
import type { Named } from '../../../sync/forget.js';
import type { Session } from '../../../sync/session.js';
import { type Target, targetAt } from '../../../topic/reading/target.js';
import { topicOfId } from '../../../topic/topics.js';
import { retractAll } from '../../../topic/writing/retract.js';
import type { Context } from '../../command/context.js';
import { openAuthor } from './author.js';

/**
 * Retracts own entries as `retract` does, in one commit for each log; which were. One in a log that is not written here any more stays as it is.
 * @throws SatchelError `locked`, `wrong-passphrase` as every command that writes
 */
export async function takeBack(
  context: Context,
  { repository, topics }: Session,
  entries: readonly Named[],
): Promise<ReadonlySet<EntryId>> {
  const byTopic = new Map<TopicId, Target[]>();
  for (const target of entries.map((entry) => targetAt(repository, entry)))
    byTopic.set(target.topic, [...(byTopic.get(target.topic) ?? []), target]);
  const done = new Set<EntryId>();
  for (const [topic, targets] of byTopic) {
    const place = { topic, label: topicOfId(topics, topic)?.label ?? '' };
    for (const id of await retractAll(repository, await openAuthor(context), targets, place)) done.add(id);
  }
  return done;
}
