// Which topic a command is about: the one named, else the current one.
import { SatchelError } from '../../../format/error.js';
import type { Session } from '../../../sync/session.js';
import { findTopic, type Topic, topicOfId } from '../../../topic/topics.js';

/**
 * The current topic.
 * @throws SatchelError `usage` when there is none
 */
export function currentTopic(session: Session, example: string): Topic {
  const current = topicOfId(session.topics, session.topics.current);
  if (current) return current;
  throw new SatchelError('usage', 'no topic is current', { hint: `name one: ${example}` });
}

/**
 * The topic to read: of that name, known or seen from contacts, else the current one.
 * @throws SatchelError `usage`, `not-found`, `ambiguous`
 */
async function topicToRead(session: Session, name: string | undefined): Promise<Topic> {
  if (name === undefined) {
    const current = topicOfId(session.topics, session.topics.current);
    return (
      current ??
      (await onlyTopic(session)) ??
      currentTopic(session, 'satchel read -t NAME; "satchel topic list" shows them')
    );
  }
  try {
    return findTopic(session.topics, name);
  } catch (error) {
    if (!(error instanceof SatchelError) || error.code !== 'not-found') throw error;
    const { withSeenTopics } = await import('../../../sync/known/seen-topics.js');
    return findTopic(withSeenTopics(session), name);
  }
}

/**
 * The topics to read: those of the names, all that are joined, else the current one.
 * @throws SatchelError `usage`, `not-found`, `ambiguous`
 */
export async function topicsToRead(session: Session, names: readonly string[], all: boolean): Promise<Topic[]> {
  if (all && names.length > 0) {
    throw new SatchelError('usage', '--topic does not go together with --all-topics', {
      hint: 'leave one of them out',
    });
  }
  if (all) return session.topics.topics.filter(({ joined }) => joined);
  if (names.length === 0) return [await topicToRead(session, undefined)];
  const found: Topic[] = [];
  for (const name of names) {
    const topic = await topicToRead(session, name);
    if (!found.some((one) => one.topic === topic.topic)) found.push(topic);
  }
  return found;
}

/** Right after a first import there is often just one topic: nobody should have to name it. */
async function onlyTopic(session: Session): Promise<Topic | undefined> {
  const { withSeenTopics } = await import('../../../sync/known/seen-topics.js');
  const [only, ...others] = withSeenTopics(session).topics;
  return others.length === 0 ? only : undefined;
}
