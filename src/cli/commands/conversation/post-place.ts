// The topic that a message goes to, joined if need be (spec/message.md, "Topics").
import { SatchelError } from '../../../format/error.js';
import type { Repository } from '../../../repository/repository.js';
import type { Session } from '../../../sync/session.js';
import { joinTopic } from '../../../topic/membership.js';
import { readTopics, resolveTopic, type Topic, writeTopics } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { escapeLine } from '../../terminal/escape.js';
import { currentTopic } from '../topics/topic-choice.js';
import { whoReads } from '../topics/who-reads.js';

/**
 * The topic meant by a name: a joined one, else one seen from contacts, else everybody's of that name; without a name
 * the current one. Before that is begun, whoever is there is asked.
 * @throws SatchelError `usage`, `ambiguous`, `not-found` for what is likely to be mistyped
 */
export async function topicToPost(context: Context, session: Session, name: string | undefined): Promise<Topic> {
  if (name === undefined) return joinedCurrent(session);
  const known = resolveTopic(session.topics, name);
  if (known.joined) return known;
  const { withSeenTopics } = await import('../../../sync/known/seen-topics.js');
  const seen = resolveTopic(withSeenTopics(session), name);
  if (seen.kind !== 'rendezvous') return seen;
  return (await import('./new-topic.js')).confirmNew(context, session.topics, seen);
}

/** Joins the topic unless it is joined; the first one becomes current. At its first use it is told who can read along. */
export async function ensureJoined(context: Context, repository: Repository, topic: Topic): Promise<void> {
  if (topic.joined) return;
  if (topic.kind === 'private') throw (await import('../topics/topic-change.js')).notJoined(topic);
  repository.locked(() => {
    const topics = readTopics(repository.directory);
    const joined = joinTopic(topics, topic);
    writeTopics(repository.directory, { ...joined, current: topics.current ?? joined.current });
  });
  context.note(`joined ${describe(topic)}`);
  context.note(await whoReads(context));
}

function describe({ label, kind }: Topic): string {
  const name = `"${escapeLine(label)}"`;
  if (kind === 'rendezvous') return `${name}, which is open to anyone who knows this name`;
  return kind === 'seen' ? `${name}, seen from contacts` : name;
}

function joinedCurrent(session: Session): Topic {
  const topic = currentTopic(session, 'satchel post -t NAME TEXT joins it if need be');
  if (topic.joined) return topic;
  throw new SatchelError('usage', `you left the current topic "${topic.label}"`, {
    hint: 'name another with -t, or join it again with "satchel topic join"',
  });
}
