// What the commands about topics share: finding the topic that is meant, and changing topics under the lock.
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import { openSession, type Session } from '../../../sync/session.js';
import { ROLE } from '../../../topic/members/statement.js';
import { whyNotWriting } from '../../../topic/private/may-write.js';
import { outOf } from '../../../topic/private/standing.js';
import { viewTopic } from '../../../topic/private/topic-view.js';
import {
  findTopic,
  resolveTopic,
  type Topic,
  type Topics,
  topicOfId,
  withTopic,
  writeTopics,
} from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { quoteWord } from '../../command/next.js';
import { escapeLine } from '../../terminal/escape.js';
import { openTopicKeys } from './topic-keys.js';

/**
 * Replaces the topics by what `change` makes of them, under the repository's lock; returns its `value`.
 * @throws SatchelError as `change`, and then nothing has changed
 */
export async function changeTopics<T>(
  context: Context,
  change: (session: Session) => { readonly topics: Topics; readonly value: T },
): Promise<T> {
  // Under the lock the index takes in what others wrote meanwhile.
  const repository = await context.repository();
  return repository.locked(() => {
    const session = openSession(repository);
    const { topics, value } = change(session);
    writeTopics(repository.directory, topics);
    return value;
  });
}

/** Changes what the user decided about one topic, the current one by default, and reports it. */
export async function changeTopic(
  context: Context,
  name: string | undefined,
  change: (topic: Topic) => Topic,
  line: (label: string) => string,
): Promise<void> {
  const after = await changeTopics(context, ({ topics }) => {
    const value = change(name === undefined ? currentTopic(topics) : findTopic(topics, name));
    return { topics: withTopic(topics, value), value };
  });
  await reportTopic(context, after, line(topicLabel(after)));
}

/** The topic that a name means, among the known ones, those seen from contacts, and the rendezvous of that name. */
export function meantTopic(session: Session, name: string): Topic {
  return resolveTopic(withSeenTopics(session), name);
}

/**
 * The current topic.
 * @throws SatchelError `not-found` when there is none
 */
export function currentTopic(topics: Topics): Topic {
  const current = topicOfId(topics, topics.current);
  if (current) return current;
  throw new SatchelError('not-found', 'there is no current topic', {
    hint: 'name one, or make one current with "satchel topic join NAME" or "satchel topic switch NAME"',
  });
}

/** The joined topic of that name, with a hint when it is only seen. @throws SatchelError `not-found`, `ambiguous` */
export function joinedTopic(session: Session, name: string): Topic {
  const topic = findTopic(withSeenTopics(session), name);
  if (topic.joined) return topic;
  throw new SatchelError('not-found', `the topic "${topic.label}" is not joined`, {
    hint: `run "satchel topic join ${quoteWord(topic.label)}"`,
  });
}

/** Why nothing is written in a private topic that is not joined: who left it is only added again by others. */
export function notJoined({ label, invitedBy }: Topic): SatchelError {
  return invitedBy === undefined
    ? new SatchelError('not-allowed', `you left the private topic "${label}"`, {
        hint: 'only its owners can add you again',
      })
    : new SatchelError('usage', `you have not joined the private topic "${label}"`, {
        hint: `run "satchel topic join ${quoteWord(label)}"`,
      });
}

/** Says what became of a topic: a line for people, the topic for programs, and what else they are told. */
export async function reportTopic(context: Context, topic: Topic, line: string, more: object = {}): Promise<void> {
  if (!context.json) return context.print(line);
  await openTopicKeys(context, [topic], 'file');
  context.printJson({ ...topicJson(topic, openSession(await context.repository())), ...more });
}

/** A topic as programs read it. */
export function topicJson(topic: Topic, session: Session): Record<string, unknown> {
  const { topic: topicId, label, kind, joined, muted, receipts, carry } = topic;
  const all = { name: label, topicId, kind, joined, muted, receipts, carry };
  return kind === 'private' ? { ...all, private: true, ...privateJson(topic, session) } : { ...all, private: false };
}

/** What a private topic is to us: the role is null while nobody knows, for want of keys. */
function privateJson({ topic, joined, invitedBy }: Topic, session: Session): Record<string, unknown> {
  const view = viewTopic(session.repository, topic);
  const role = view && ROLE_WORDS.get(view.resolution.role(session.self.person));
  const all = { role: role ?? null, rules: 1 };
  const out = view && outOf(view, session.self.person);
  if (out) return { ...all, state: out.state, ...(out.state === 'removed' && { removedBy: out.by }) };
  if (!joined) return { ...all, state: invitedBy ? 'invited' : 'left', invitedBy: invitedBy ?? null };
  const isIn = view && !whyNotWriting(view, session.self.person);
  return { ...all, state: isIn || !view ? 'joined' : 'joining' };
}

const ROLE_WORDS: ReadonlyMap<number, string> = new Map([
  [ROLE.owner, 'owner'],
  [ROLE.member, 'member'],
  [ROLE.none, 'none'],
]);

/** `"garden" (3fa1c0ffee)`. */
export function topicLabel({ label, topic }: Pick<Topic, 'label' | 'topic'>): string {
  return `"${escapeLine(label)}" (${shortId(topic)})`;
}
