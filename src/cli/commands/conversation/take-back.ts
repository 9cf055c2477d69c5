// Takes back what is to be forgotten and nobody is known to have, so that it is missing for nobody (spec/cli.md, "forget").
import { SatchelError } from '../../../format/error.js';
import type { EntryId } from '../../../format/ids.js';
import type { Named } from '../../../sync/forget.js';
import type { Session } from '../../../sync/session.js';
import { openRetractions } from '../../../topic/reading/retracted.js';
import { targetAt } from '../../../topic/reading/target.js';
import { topicOfId } from '../../../topic/topics.js';
import { retract } from '../../../topic/writing/retract.js';
import type { Context } from '../../command/context.js';
import { openAuthor } from './author.js';

/**
 * Retracts own entries as `retract` does; which were. One in a log that is not written here any more stays as it is.
 * @throws SatchelError `locked`, `wrong-passphrase` as every command that writes
 */
export async function takeBack(
  context: Context,
  { repository, topics }: Session,
  entries: readonly Named[],
): Promise<ReadonlySet<EntryId>> {
  const done = new Set<EntryId>();
  for (const entry of entries) {
    // the retraction of a message takes along its edits
    if (openRetractions(repository).has(entry)) continue;
    const target = targetAt(repository, entry);
    try {
      await retract(repository, await openAuthor(context), target, topicOfId(topics, target.topic)?.label ?? '');
      done.add(entry.id);
    } catch (error) {
      if (!(error instanceof SatchelError) || error.code !== 'refused') throw error;
    }
  }
  return done;
}
