// The message that an edit or a reaction is about, as it is shown.
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import { openSession, type Session } from '../../../sync/session.js';
import { clockAt } from '../../../topic/order/order.js';
import { type Target, targetAt } from '../../../topic/reading/target.js';
import type { MessageView } from '../../../topic/reading/view.js';
import { openViewer } from '../../../topic/reading/viewer.js';
import { newTopic, type Topic, topicOfId } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { openKeysOfMessage } from '../topics/topic-keys.js';
import { findMessage } from './find-message.js';

/** A message that is shown here. */
export interface MessageAbout {
  readonly session: Session;
  readonly topic: Topic;
  readonly target: Target;
  readonly view: MessageView;
}

/**
 * The message of that id; of an edit that which it edits.
 * @throws SatchelError as `findMessage`, and `usage` for what is not shown or is a reaction
 */
export async function messageAbout(context: Context, wanted: string): Promise<MessageAbout> {
  const repository = await context.repository();
  await openKeysOfMessage(context, wanted);
  const session = openSession(repository);
  const found = targetAt(repository, findMessage(repository, wanted));
  const topic = topicOfId(session.topics, found.topic) ?? newTopic(found.topic, '', 'seen');
  const viewer = openViewer(session, topic);
  const link = viewer.links.of(found);
  const target = link?.kind === 'edit' ? targetAt(repository, link.target) : found;
  const entry = repository.entry(target.log, target.seq);
  if (!entry) throw new Error('a message that was found is not held');
  const view = viewer.view({ entry, clock: clockAt(repository, target), afterGap: false });
  if (view.state === 'shown' || view.state === 'contradicted') return { session, topic, target, view };
  const what = link?.kind === 'reaction' ? 'is a reaction' : `is not shown: ${view.state}`;
  throw new SatchelError('usage', `message ${shortId(target.id)} ${what}`, {
    hint: 'satchel read shows what can be named',
  });
}
