// What import and export work with: the repository, who we are, whom we know, which topics we keep.
import type { PersonId, TopicId } from '../format/ids.js';
import { type Contact, type Contacts, readContacts } from '../identity/contacts.js';
import { type Devices, readDevices } from '../identity/devices.js';
import { contactsOf, decidedRelation, type Met, type Relation, relationTo } from '../identity/relations.js';
import { readSelf, type Self } from '../identity/self.js';
import type { Repository } from '../repository/repository.js';
import type { Quotas } from '../topic/quota.js';
import { readTopics, type Topic, type Topics } from '../topic/topics.js';
import { readAcquaintances } from './known/acquaintances.js';

/** The user's decisions beside the repository; read once a command. */
export interface Session {
  readonly repository: Repository;
  readonly self: Self;
  readonly contacts: Contacts;
  /** Persons with several devices. */
  readonly devices?: Devices;
  readonly topics: Topics;
  /** How much of others is taken in, when the user set it. */
  readonly quotas?: Quotas | undefined;
}

/**
 * The session of an open repository.
 * @throws SatchelError `no-identity`, `damaged`
 */
export function openSession(repository: Repository): Session {
  const { directory } = repository;
  const decided = { self: readSelf(directory), contacts: readContacts(directory), devices: readDevices(directory) };
  return { repository, ...decided, topics: readTopics(directory) };
}

/** Contacts that were accepted, and neither blocked nor replaced. */
export function activeContacts(session: Session): Contact[] {
  return contactsOf(session);
}

/** Whether the person is one of them. */
export function isContact(session: Session, person: PersonId): boolean {
  return decidedRelation(session, person) === 'contact';
}

/** Whether the person was a contact, and began anew as another one: it gets nothing any more. */
export function isFormer(session: Session, person: PersonId): boolean {
  return decidedRelation(session, person) === 'former';
}

/** Whether the person's logs are neither taken nor passed on. */
export function isBlocked(session: Session, person: PersonId): boolean {
  return decidedRelation(session, person) === 'blocked';
}

/** Tells who somebody is, by what was decided here and what is held: for as long as nothing of that changes. */
export function openRelations(session: Session): (person: PersonId | undefined) => Relation {
  const { repository, topics } = session;
  const joined = new Set(topics.topics.filter((topic) => topic.joined).map(({ topic }) => topic));
  let cards: ReadonlySet<PersonId> | undefined;
  const hasCard = (person: PersonId): boolean => {
    cards ??= new Set(readAcquaintances(repository).map((one) => one.person));
    return cards.has(person);
  };
  const met: Met = {
    joinedTopicsOf: (person) => topicsOf(session, person).filter((topic) => joined.has(topic)),
    isMet: (person) => repository.logsOfPerson(person).length > 0 || hasCard(person),
  };
  return (person) => relationTo(session, met, person);
}

/** The topics in which the person writes, as far as its logs are held. */
export function topicsOf({ repository }: Session, person: PersonId): TopicId[] {
  return [...new Set(repository.logsOfPerson(person).flatMap(({ topic }) => topic ?? []))];
}

/** Topics whose logs we pass on: those we keep, or every one of which we hold anything, for who carries all. */
export function passedOnTopics(session: Session): TopicId[] {
  if (session.topics.carryAll) return session.repository.topics();
  return keptTopics(session).map((kept) => kept.topic);
}

/** A private topic that we were in: that we left, the others still have to hear. */
export function isLeft({ kind, joined, invitedBy }: Topic): boolean {
  return kind === 'private' && !joined && invitedBy === undefined;
}

function keptTopics(session: Session): Topic[] {
  return session.topics.topics.filter((topic) => topic.joined || topic.carry || isLeft(topic));
}
