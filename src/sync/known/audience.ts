// For whom a bundle is, and what it may speak of: strangers get the topics they write in, and nothing else, not even that
// there are others (spec/bundle.md, "What an export holds").
import type { LogId, PersonId, TopicId } from '../../format/ids.js';
import { isKnown } from '../../identity/relations.js';
import type { Repository } from '../../repository/repository.js';
import { isBlocked, isFormer, passedOnTopics, type Session, topicsOf } from '../session.js';
import { allRecipients, type Recipient } from './recipients.js';

/** What an export was asked for. */
interface Asked {
  readonly to?: readonly Recipient[] | undefined;
  readonly topics?: readonly TopicId[] | undefined;
}

/** The recipients of a bundle, and its topics. */
export interface Audience {
  /** Nobody: for whoever gets it. */
  readonly recipients: readonly Recipient[];
  readonly topics: readonly TopicId[];
  /** Nothing in the bundle may be about any other topic, since a stranger gets it. */
  readonly isLimited: boolean;
}

/** The joined topics in which somebody writes who is no contact, and neither blocked nor former. */
export function sharedTopics(session: Session, person: PersonId): TopicId[] {
  if (isBlocked(session, person) || isFormer(session, person)) return [];
  const joined = new Set(session.topics.topics.filter((one) => one.joined).map(({ topic }) => topic));
  return topicsOf(session, person)
    .filter((topic) => joined.has(topic))
    .sort();
}

/** For whom and about what; with a stranger among the recipients only what every stranger among them writes in. */
export function audienceOf(session: Session, { to, topics }: Asked): Audience {
  const recipients = to ?? allRecipients(session);
  const all = topics ?? passedOnTopics(session);
  const strangers = recipients.filter(({ person }) => isStranger(session, person));
  if (strangers.length === 0) return { recipients, topics: all, isLimited: false };
  const shared = strangers.map(({ person }) => new Set(sharedTopics(session, person)));
  return { recipients, topics: all.filter((topic) => shared.every((one) => one.has(topic))), isLimited: true };
}

/** Whether somebody is neither oneself nor a contact, be it blocked or whatever else. */
export function isStranger(session: Session, person: PersonId): boolean {
  return !isKnown(session, person);
}

/** Tells whether a log is of one of these topics; of no topics given, every log is. */
export function isAbout(repository: Repository, topics: readonly TopicId[] | undefined): (log: LogId) => boolean {
  if (!topics) return () => true;
  const wanted = new Set(topics);
  return (log) => {
    const topic = repository.log(log)?.topic;
    return topic !== undefined && wanted.has(topic);
  };
}
