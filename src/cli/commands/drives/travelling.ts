// The topics that travel on a drive, as users name and read them (spec/cli.md, "Drives").
import { SatchelError } from '../../../format/error.js';
import { shortId, type TopicId } from '../../../format/ids.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import { passedOnTopics, type Session } from '../../../sync/session.js';
import { findTopic, topicOfId } from '../../../topic/topics.js';
import { quoteWord } from '../../command/next.js';
import { escapeLine } from '../../terminal/escape.js';

/** Topics named in one line, at most. */
const NAMED_MAX = 5;

/**
 * A topic that can travel: joined, or carried for others.
 * @throws SatchelError `not-found`, `ambiguous`
 */
export function travellingTopic(session: Session, name: string): TopicId {
  const { topic, label } = findTopic(withSeenTopics(session), name);
  if (passedOnTopics(session).includes(topic)) return topic;
  throw new SatchelError('not-found', `"${label}" is neither joined nor carried`, {
    hint: `run "satchel topic join ${quoteWord(label)}" first`,
  });
}

/** Those of them that travel where anybody can read what is added: none that is private. */
export function openAmong({ topics: known }: Session, topics: readonly TopicId[]): readonly TopicId[] {
  return topics.filter((topic) => topicOfId(known, topic)?.kind !== 'private');
}

/** `"garden", "Summer trip" and 3 more`. */
export function topicNames(session: Session, topics: readonly TopicId[]): string {
  const shown = topics.slice(0, NAMED_MAX).map((topic) => labelOf(session, topic));
  return `${shown.join(', ')}${topics.length > shown.length ? ` and ${topics.length - shown.length} more` : ''}`;
}

/** `"garden"`; the beginning of its id, if no label is known. */
function labelOf(session: Session, topic: TopicId): string {
  const label = topicOfId(session.topics, topic)?.label;
  return label === undefined ? shortId(topic) : `"${escapeLine(label)}"`;
}
