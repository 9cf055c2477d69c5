// Whom a drive serves, seen by one visitor (spec/drive.md, "People").

import type { PersonId, TopicId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { isKnown } from '../../identity/relations.js';
import { isStranger, sharedTopics } from '../known/audience.js';
import type { Recipient } from '../known/knowledge.js';
import { lastHeard } from '../known/last-heard.js';
import { activeContacts, isContact, type Session } from '../session.js';
import type { DriveMemory, SeenFile } from './memory.js';

const DAY_MS = 86_400_000;
/** Strangers served in one topic, at most: anybody can list as many as they like. */
const STRANGERS_MAX = 256;

/** The people a visitor adds for, and those whose needs keep a bundle on the drive. */
export interface Served {
  /** Everybody listed but ourselves. */
  readonly others: readonly Card[];
  /** Of these, those who were not heard of for long while others were. */
  readonly silent: ReadonlySet<PersonId>;
  /** The contacts for whom we add; undefined when no contact is served. Empty: for whoever finds it. */
  readonly recipients: readonly Recipient[] | undefined;
  /** The strangers for whom we add, by the topic that we share with them. */
  readonly strangers: readonly SharedTopic[];
  /** Who has to hold an open bundle before it may go. */
  readonly waitedFor: readonly Card[];
  /** Who has to hold a sealed one, be they listed or not; undefined when nobody here can tell of all of them what they hold. */
  readonly waitedForIn: (file: SeenFile) => readonly Recipient[] | undefined;
  /** Somebody took that person off the drive. */
  readonly isDropped: (person: PersonId) => boolean;
}

/** A topic, and the strangers listed who write in it. */
export interface SharedTopic {
  readonly topic: TopicId;
  readonly recipients: readonly Recipient[];
}

/** What is known of a drive besides the cards on it. */
export interface ServedBy {
  /** Who was seen listed, since when, and who was and is no more. */
  readonly seen: Pick<DriveMemory, 'listed' | 'dropped'> | undefined;
  readonly silentDays: number | undefined;
  /** The drive is the user's own. */
  readonly isOwn: boolean;
  /** The topics that travel on it. */
  readonly topics: readonly TopicId[];
}

/** Who is served, given the cards on the drive. */
export function servedBy(session: Session, people: readonly Card[], given: ServedBy): Served {
  const others = people.filter((card) => card.person !== session.self.person);
  const dropped = new Set(droppedFrom(session, given.seen, people));
  const isAcquainted = (card: Card): boolean => isContact(session, card.person);
  const contacts = others.filter(isAcquainted);
  const silentStrangers = silentOf(
    session,
    others.filter((card) => !isAcquainted(card)),
    given,
  );
  // no stranger's card makes a contact one who is not waited for
  const silent = new Set([...silentOf(session, contacts, given), ...silentStrangers]);
  const waitedFor = others.filter(({ person }) => !silent.has(person));
  const listed = waitedFor.filter(isAcquainted);
  const recipients = servesContacts(session, others, given.isOwn) ? activeContacts(session) : undefined;
  return {
    ...{ others, silent, waitedFor },
    recipients: listed.length > 0 ? listed : recipients,
    strangers: strangersAmong(session, waitedFor, given.topics),
    isDropped: (person) => dropped.has(person),
    waitedForIn: (file) => waitedForIn(session, file, { ...given, dropped, others, silent }),
  };
}

/** Whom somebody took off the list: of those we know, for anybody can list and take off as many as they like. */
export function droppedFrom(
  session: Session,
  seen: ServedBy['seen'],
  people: readonly { readonly person: PersonId }[],
): PersonId[] {
  const listed = new Set(people.map(({ person }) => person));
  const before = [...(seen?.dropped ?? []), ...(Object.keys(seen?.listed ?? {}) as PersonId[])];
  return [...new Set(before)].filter((person) => isKnown(session, person) && !listed.has(person));
}

/**
 * Those a sealed file is for who are waited for, and its maker: all but ourselves, who were taken off the drive, and - as long as
 * there are others - who was not heard of for long.
 */
function waitedForIn(
  session: Session,
  file: SeenFile,
  {
    others,
    silent,
    dropped,
    silentDays,
  }: Pick<Served, 'others' | 'silent'> & Pick<ServedBy, 'silentDays'> & { readonly dropped: ReadonlySet<PersonId> },
): readonly Recipient[] | undefined {
  const cards = new Map<PersonId, Recipient>([...session.contacts.values(), ...others].map((one) => [one.person, one]));
  const people = (file.for ?? []).filter((person) => person !== session.self.person && !dropped.has(person));
  const known = people.flatMap((person) => cards.get(person) ?? []);
  if (!file.for || known.length < people.length) return undefined;
  const isQuiet = (one: Recipient): boolean =>
    others.some(({ person }) => person === one.person)
      ? silent.has(one.person)
      : isSilent(session, one, file.seen ?? 0, silentDays);
  const heard = known.filter((one) => !isQuiet(one));
  const maker = [...cards.values()].filter(({ device }) => device === file.by);
  return [...new Set([...(heard.length > 0 ? heard : known), ...maker])];
}

/** The same drive for one visit that is for these people alone. */
export function servedInstead(
  session: Session,
  served: Served,
  { to, topics }: { readonly to: readonly Recipient[]; readonly topics: readonly TopicId[] },
): Served {
  const contacts = to.filter(({ person }) => !isStranger(session, person));
  const strangers = strangersAmong(session, to, topics);
  return { ...served, strangers, recipients: contacts.length > 0 ? contacts : undefined };
}

/**
 * Whether contacts are served although none is listed: where nobody else is, and where the drive is the user's own, whoever
 * else put a card there. What was written for friends is not put on the drive of people none of whom is one.
 */
export function servesContacts(
  session: Session,
  others: readonly { readonly person: PersonId }[],
  isOwn: boolean,
): boolean {
  if (others.length === 0) return true;
  if (others.some(({ person }) => isContact(session, person))) return false;
  // without any contact it would be for whoever finds it, and that is a stranger here
  return isOwn && activeContacts(session).length > 0;
}

/** Those listed who are no contacts and write in a topic that travels here; the same few each time when they are too many. */
function strangersAmong(session: Session, listed: readonly Recipient[], topics: readonly TopicId[]): SharedTopic[] {
  const byTopic = new Map<TopicId, Recipient[]>();
  for (const card of listed.filter(({ person }) => isStranger(session, person))) {
    for (const topic of sharedTopics(session, card.person)) {
      if (topics.includes(topic)) byTopic.set(topic, [...(byTopic.get(topic) ?? []), card]);
    }
  }
  const sorted = [...byTopic].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([topic, cards]) => ({ topic, recipients: cards.slice(0, STRANGERS_MAX) }));
}

/** Of some people those not heard of for long; when that is everybody, somebody has to be waited for. */
function silentOf(session: Session, cards: readonly Card[], { seen, silentDays }: ServedBy): PersonId[] {
  const quiet = cards.filter((card) => isSilent(session, card, seen?.listed?.[card.person], silentDays));
  return quiet.length < cards.length ? quiet.map(({ person }) => person) : [];
}

/** Whether nothing new of the person has come for so many days, nor was it listed in that time. */
function isSilent(session: Session, card: Recipient, firstSeen: number | undefined, days: number | undefined): boolean {
  if (!days) return false;
  const now = session.repository.world.now();
  const heard = Math.max(lastHeard(session, card) ?? -1, Math.min(firstSeen ?? now, now));
  return now - heard > days * DAY_MS;
}
