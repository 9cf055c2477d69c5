// What import and export work with: the repository, who we are, whom we know, which topics we keep.
import type { PersonId, TopicId } from '../format/ids.js';
import { type Contact, type Contacts, readContacts } from '../identity/contacts.js';
import { readSelf, type Self } from '../identity/self.js';
import type { Repository } from '../repository/repository.js';
import type { Quotas } from '../topic/quota.js';
import { readTopics, type Topic, type Topics } from '../topic/topics.js';
import type { Helper } from './ahead/helper.js';

/** The user's decisions beside the repository; read once a command. */
export interface Session {
  readonly repository: Repository;
  readonly self: Self;
  readonly contacts: Contacts;
  readonly topics: Topics;
  /** How much of others is taken in, when the user set it. */
  readonly quotas?: Quotas | undefined;
  /** Verifies beside us what is imported. */
  readonly helper?: Helper | undefined;
}

/**
 * The session of an open repository.
 * @throws SatchelError `no-identity`, `damaged`
 */
export function openSession(repository: Repository): Session {
  const { directory } = repository;
  return { repository, self: readSelf(directory), contacts: readContacts(directory), topics: readTopics(directory) };
}

/** Contacts that were accepted and not blocked. */
export function activeContacts(session: Session): Contact[] {
  return [...session.contacts.values()].filter((contact) => contact.accepted && !contact.blocked);
}

/** Whether the person's logs are neither taken nor passed on. */
export function isBlocked(session: Session, person: PersonId): boolean {
  return session.contacts.get(person)?.blocked ?? false;
}

/** Topics whose logs we pass on: those we keep, or every one of which we hold anything, for who carries all. */
export function passedOnTopics(session: Session): TopicId[] {
  if (session.topics.carryAll) return session.repository.topics();
  return keptTopics(session).map((kept) => kept.topic);
}

function keptTopics(session: Session): Topic[] {
  return session.topics.topics.filter((topic) => topic.joined || topic.carry);
}
