// One topic in which nothing can be written stops no export (spec/private.md, "Sharing"; spec/message.md, "Acknowledgements").
import { type ErrorCode, SatchelError } from '../../format/error.js';
import type { TopicId } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';
import { forgetView } from '../../topic/private/topic-view.js';
import type { Author } from '../../topic/writing/own-log.js';

/** Writes in a topic; where the topic itself stands in the way it is left as it is, and the author hears of it. */
export async function orPassOver(
  repository: Repository,
  { onPassedOver }: Pick<Author, 'onPassedOver'>,
  topic: TopicId,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof SatchelError) || !OF_ONE_TOPIC.has(error.code)) throw error;
    // what was taken into the view was never written
    forgetView(repository, topic);
    onPassedOver?.(topic, error);
  }
}

/** What is the matter with one topic; a disk, a lock or a passphrase is with all of them. */
const OF_ONE_TOPIC: ReadonlySet<ErrorCode> = new Set([
  'bad-card',
  'newer-version',
  'not-allowed',
  'over-limit',
  'too-large',
  'waiting-for-key',
]);
