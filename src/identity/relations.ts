// Who somebody is to the person of this repository: one answer for everybody who asks (spec/card.md, "Who somebody is").
// It is given about persons, whichever of their devices something comes from.
import type { DeviceKey, PersonId, TopicId } from '../format/ids.js';
import type { Contact, Contacts } from './contacts.js';
import { countingCards, type Devices, deviceState, type FirstCard } from './devices.js';
import type { Self } from './self.js';

/** What the user decided about somebody; nothing that anybody sends changes it. */
export type DecidedRelation =
  /** The person of this repository. */
  | 'self'
  /** Its card was accepted, and it is not blocked. */
  | 'contact'
  /** It was a contact, and began anew as another person. */
  | 'former'
  /** It was blocked, as a contact or as a stranger. */
  | 'blocked';

/** Who somebody is; the first that fits. */
export type Relation =
  | DecidedRelation
  /** Nothing was decided about it, and a log of it is held in a topic that is joined here. */
  | 'member'
  /** Nothing was decided about it, and a log of it is held in another topic, or a card of it has come. */
  | 'stranger'
  /** Nothing here tells of it, or nobody knows whose something is. */
  | 'unknown';

/** The own person, and whom the user decided about. */
export interface Decided {
  readonly self: Pick<Self, 'person' | 'device'> & Partial<Pick<Self, 'card'>>;
  readonly contacts: Contacts;
  /** What is known of several devices; left out where nothing is. */
  readonly devices?: Devices;
}

/** The same with our own card. */
export type WithOwnCard = Decided & { readonly self: Pick<Self, 'card'> };

/** What is held of somebody about whom nothing was decided; looked up when it is asked for. */
export interface Met {
  /** The joined topics of its logs, by their genuine introductions. */
  joinedTopicsOf(person: PersonId): readonly TopicId[];
  /** Whether any log or card of it is here. */
  isMet(person: PersonId): boolean;
}

/** Who somebody is. */
export function relationTo(around: Decided, met: Met, person: PersonId | undefined): Relation {
  const decided = decidedRelation(around, person);
  if (decided !== undefined) return decided;
  if (person === undefined) return 'unknown';
  if (met.joinedTopicsOf(person).length > 0) return 'member';
  return met.isMet(person) ? 'stranger' : 'unknown';
}

/** Who somebody is by the user's decision; undefined when there is none. */
export function decidedRelation(
  { self, contacts }: Decided,
  person: PersonId | undefined,
): DecidedRelation | undefined {
  if (person === undefined) return undefined;
  if (person === self.person) return 'self';
  const contact = contacts.get(person);
  return contact && decisionOn(contact);
}

/** Whether it is ourselves, or is or was a contact: whose logs are always taken, and whose words are believed. */
export function isKnown(around: Decided, person: PersonId | undefined): boolean {
  const decided = decidedRelation(around, person);
  return decided !== undefined && decided !== 'blocked';
}

/** What the user decided about somebody who was noted. */
export function decisionOn({ accepted, blocked, former }: Contact): Exclude<DecidedRelation, 'self'> | undefined {
  if (blocked) return 'blocked';
  if (!accepted) return undefined;
  return former ? 'former' : 'contact';
}

/** Somebody whose card was accepted, be it blocked since or not: it goes by its petname. */
export function acceptedContact(
  { contacts }: Pick<Decided, 'contacts'>,
  person: PersonId | undefined,
): Contact | undefined {
  const contact = person === undefined ? undefined : contacts.get(person);
  return contact?.accepted ? contact : undefined;
}

/** All contacts: accepted, not blocked, and not replaced by another person. */
export function contactsOf({ contacts }: Pick<Decided, 'contacts'>): Contact[] {
  return [...contacts.values()].filter((contact) => decisionOn(contact) === 'contact');
}

/**
 * The current devices of somebody who was decided about, and this one for ourselves, whatever a list says of it; none of
 * anybody else.
 */
export function devicesOf(around: Decided, person: PersonId): readonly DeviceKey[] {
  const { self, devices } = around;
  const first = firstCardOf(around, person);
  if (!first) return person === self.person ? [self.device] : [];
  const known = devices?.get(person);
  const current = known ? deviceState(first, known).current : [first.device];
  return person === self.person ? [...new Set([self.device, ...current])] : current;
}

/** The card that stands for somebody who was decided about, ours for ourselves. */
export function firstCardOf({ self, contacts }: Decided, person: PersonId): FirstCard | undefined {
  if (person !== self.person) return contacts.get(person);
  const { device, card } = self;
  return card === undefined ? undefined : { person, device, card };
}

/**
 * The newest known card, as text, of each of somebody's current devices, and our own; none of whom nothing was decided about.
 * A device whose card is not known is passed over.
 */
export function cardsOf(around: WithOwnCard, person: PersonId): readonly string[] {
  return [...cardsByDevice(around, person).values()];
}

/** The same by device. */
export function cardsByDevice(around: WithOwnCard, person: PersonId): ReadonlyMap<DeviceKey, string> {
  const first = firstCardOf(around, person);
  const known = around.devices?.get(person);
  const cards = first && known ? countingCards(first, known) : first ? [first] : [];
  const devices = devicesOf(around, person);
  return new Map(cards.flatMap(({ device, card }) => (devices.includes(device) ? [[device, card] as const] : [])));
}

/** Whose device this is, among those who were decided about. */
export function decidedOwner(around: Decided, device: DeviceKey | undefined): PersonId | undefined {
  if (device === undefined) return undefined;
  const { self, contacts } = around;
  const owns = (person: PersonId): boolean => devicesOf(around, person).includes(device);
  return owns(self.person) ? self.person : [...contacts.keys()].find(owns);
}
