// Whom a drive serves, seen by one visitor (spec/drive.md, "People").

import type { DeviceKey, PersonId, TopicId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { isKnown } from '../../identity/relations.js';
import { isStranger, sharedTopics } from '../known/audience.js';
import { lastHeard } from '../known/last-heard.js';
import { allRecipients, everyDeviceOf, type Recipient, recipientsOf } from '../known/recipients.js';
import { activeContacts, isContact, isFormer, type Session } from '../session.js';
import type { DriveMemory, SeenFile } from './memory.js';
import { devicesOrCard, personsIn } from './sealed-audience.js';

const DAY_MS = 86_400_000;
/** Strangers served in one topic, at most: anybody can list as many as they like. */
const STRANGERS_MAX = 256;

/** The people a visitor adds for, and those whose needs keep a bundle on the drive. */
export interface Served {
  /** Everybody listed but ourselves and those who began anew as others, by one card each. */
  readonly others: readonly Card[];
  /** Of these, those who were not heard of for long while others were. */
  readonly silent: ReadonlySet<PersonId>;
  /** The contacts for whom we add; undefined when no contact is served. Empty: for whoever finds it. */
  readonly recipients: readonly Recipient[] | undefined;
  /** The strangers for whom we add, by the topic that we share with them. */
  readonly strangers: readonly SharedTopic[];
  /** Who has to hold an open bundle before it may go. */
  readonly waitedFor: readonly Recipient[];
  /** Who has to hold a sealed one, be they listed or not; undefined when nobody here can tell of all of them what they hold. */
  readonly waitedForIn: (file: SeenFile) => readonly Recipient[] | undefined;
  /** Somebody took that person off the drive, or it began anew as another one. */
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
  const cards = people.filter(({ person }) => person !== session.self.person && !isFormer(session, person));
  const others = [...new Map([...cards].reverse().map((card) => [card.person, card])).values()].reverse();
  const dropped = new Set(droppedFrom(session, given.seen, people));
  const isAcquainted = (one: Recipient): boolean => isContact(session, one.person);
  // no stranger's card makes a contact one who is not waited for
  const contacts = awaitedAmong(session, everyDeviceOf(session, cards).filter(isAcquainted), given);
  const strangers = awaitedAmong(
    session,
    cards.filter((card) => !isAcquainted(card)),
    given,
  );
  const isForContacts = contacts.length > 0 || servesContacts(session, others, given.isOwn);
  // our own other devices are served wherever contacts are, and no stranger's drive gets what is for them
  const siblings = isForContacts ? awaitedSiblings(session, given) : [];
  const awaited = [...contacts, ...strangers];
  const persons = new Set(awaited.map(({ person }) => person));
  const devices = new Set(awaited.map(({ device }) => device));
  const isDropped = (person: PersonId): boolean => dropped.has(person) || isFormer(session, person);
  const around = { ...given, listed: cards, awaited: devices, isDropped };
  return {
    others,
    silent: new Set(others.flatMap(({ person }) => (persons.has(person) ? [] : [person]))),
    recipients: contacts.length > 0 ? [...contacts, ...siblings] : isForContacts ? allRecipients(session) : undefined,
    strangers: strangersAmong(session, strangers, given.topics),
    waitedFor: [...awaited, ...siblings],
    waitedForIn: (file) => waitedForIn(session, file, around),
    isDropped: around.isDropped,
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

/** What tells who is waited for. */
interface Around extends ServedBy {
  readonly listed: readonly Card[];
  /** Of the devices of those listed the ones that are waited for. */
  readonly awaited: ReadonlySet<DeviceKey>;
  readonly isDropped: (person: PersonId) => boolean;
}

/**
 * The devices a sealed file is for that are waited for, and its maker: all but this one, those of who was taken off the drive, and
 * - as long as there are others - those not heard of for long.
 */
function waitedForIn(session: Session, file: SeenFile, around: Around): readonly Recipient[] | undefined {
  const { self, contacts } = session;
  if (!file.for) return undefined;
  const cards: readonly Recipient[] = [...contacts.values(), ...around.listed];
  const found = personsIn(session, file, around.isDropped).map((person) => devicesOrCard(session, person, cards));
  if (found.includes(undefined)) return undefined;
  const devices = found.flatMap((some) => some ?? []);
  const others = devices.filter(({ person }) => person !== self.person);
  const listed = new Set(around.listed.map(({ person }) => person));
  const isQuiet = (one: Recipient): boolean =>
    listed.has(one.person)
      ? !around.awaited.has(one.device)
      : isSilent(session, one, { ...around, firstSeen: file.seen ?? 0 });
  const heard = others.filter((one) => !isQuiet(one));
  const siblings = devices.length > others.length ? awaitedSiblings(session, around) : [];
  const maker = devices.filter(({ device }) => device === file.by);
  return [...new Set([...(heard.length > 0 ? heard : others), ...siblings, ...maker])];
}

/** Our own other devices, but for those not heard of for long. */
function awaitedSiblings(session: Session, given: ServedBy): Recipient[] {
  return recipientsOf(session, session.self.person).filter((one) => !isSilent(session, one, given));
}

/** The same drive for one visit that is for these people alone. */
export function servedInstead(
  session: Session,
  served: Served,
  { to, topics }: { readonly to: readonly Recipient[]; readonly topics: readonly TopicId[] },
): Served {
  const contacts = everyDeviceOf(
    session,
    to.filter(({ person }) => !isStranger(session, person)),
  );
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

/** Of some devices those heard of lately; when that is none, somebody has to be waited for. */
function awaitedAmong<T extends Recipient>(session: Session, devices: readonly T[], given: ServedBy): readonly T[] {
  const heard = devices.filter((device) => !isSilent(session, device, given));
  return heard.length > 0 ? heard : devices;
}

/** Whether nothing new of the device has come for so many days, nor was its person listed in that time. */
function isSilent(
  session: Session,
  device: Recipient,
  { seen, silentDays, firstSeen = seen?.listed?.[device.person] }: ServedBy & { readonly firstSeen?: number },
): boolean {
  if (!silentDays) return false;
  const now = session.repository.world.now();
  const heard = Math.max(lastHeard(session, device) ?? -1, Math.min(firstSeen ?? now, now));
  return now - heard > silentDays * DAY_MS;
}
