// satchel topic leave: no more of a topic is taken (spec/cli.md, "Topics").
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import type { Session } from '../../../sync/session.js';
import { leaveTopic } from '../../../topic/membership.js';
import { findTopic, type Topic, topicOfId } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { changeTopics, currentTopic, joinedTopic, reportTopic, topicLabel } from './topic-change.js';

/** Leaves it; says which topic is current then. */
export async function run(context: Context, args: Args<'topic leave'>): Promise<void> {
  const { left, current } = await changeTopics(context, (session) => {
    const { topics } = session;
    const topic = args.topic === undefined ? currentTopic(topics) : topicToLeave(session, args.topic);
    const after = leaveTopic(topics, topic);
    return { topics: after, value: { left: { ...topic, joined: false }, current: topicOfId(after, after.current) } };
  });
  reportTopic(context, left, `Left ${topicLabel(left)}; what you hold of it stays.`);
  context.note('Logs of your contacts in it are still taken.');
  context.note(current ? `The current topic is ${topicLabel(current)}.` : 'There is no current topic now.');
}

/** A topic that was left already is left: whoever runs a command again that failed at its end finds it done. */
function topicToLeave(session: Session, name: string): Topic {
  const { topic } = findTopic(withSeenTopics(session), name);
  return topicOfId(session.topics, topic) ?? joinedTopic(session, name);
}
