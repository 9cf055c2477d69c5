// What imports teach about people: cards of strangers are remembered, contacts' newer cards replace older ones
// (spec/card.md, "Newer cards").
import type { PersonId } from '../../format/ids.js';
import { type Card, verifyCard } from '../../identity/card.js';
import { countsOver } from '../../identity/card-serial.js';
import { addCard } from '../../identity/contact-changes.js';
import { type Contact, type Contacts, readContacts, writeContacts } from '../../identity/contacts.js';
import type { DeviceList } from '../../identity/device-list.js';
import {
  type FirstCard,
  isCardNews,
  isListNews,
  readDevices,
  takesPlaceOfFirst,
  withFurtherCard,
  writeDevices,
} from '../../identity/devices.js';
import { newlySeen, noteOwnCards } from '../../identity/own-cards.js';
import { acceptedContact, type Decided, decidedRelation, firstCardOf } from '../../identity/relations.js';
import { rememberCards } from '../known/acquaintances.js';
import type { Session } from '../session.js';
import { noteDeviceLists, personNews } from './person-news.js';

/** Notes the cards of verified bundles and what person logs say of devices, and returns the contacts that are known by a newer card now. */
export async function updateCards(session: Session, given: readonly Card[]): Promise<Contact[]> {
  const { repository, self } = session;
  const news = personNews(session);
  const cards = [...given, ...news.cards];
  const lists = news.lists.filter((list) => isNewList(session, list));
  const others = cards.filter((card) => card.person !== self.person);
  const isOwnNews = newlySeen(self, cards) !== undefined;
  const strangers = others.filter(({ person }) => decidedRelation(session, person) === undefined);
  const newer = verified(others.filter((card) => isNewer(session.contacts, card)));
  const further = verified(cards.filter((card) => isFurther(session, card)));
  if (strangers.length === 0 && newer.length === 0 && further.length === 0 && lists.length === 0 && !isOwnNews)
    return [];
  return repository.locked(() => {
    if (isOwnNews) noteOwnCards(repository.directory, cards);
    rememberCards(repository, strangers);
    const around = { self, contacts: readContacts(repository.directory) };
    noteFurtherCards(repository.directory, around, further);
    noteDeviceLists(repository.directory, around, lists);
    return newer.length === 0 ? [] : update(session, newer);
  });
}

function update({ repository }: Session, cards: readonly Card[]): Contact[] {
  let contacts = readContacts(repository.directory);
  const updated: Contact[] = [];
  for (const card of cards) {
    // meanwhile somebody may have removed the contact: then nothing accepts it again
    if (!isNewer(contacts, card)) continue;
    const added = addCard(contacts, card, { now: repository.world.now() });
    contacts = added.contacts;
    updated.push(added.contact);
  }
  if (updated.length > 0) writeContacts(repository.directory, contacts);
  return updated;
}

function isNewer(contacts: Contacts, card: Card): boolean {
  const contact = acceptedContact({ contacts }, card.person);
  return contact !== undefined && takesPlaceOfFirst(contact, card) && countsOver(card, contact);
}

/** Notes cards of contacts' other devices, and of our own. Only under the repository's lock. */
export function noteFurtherCards(directory: string, around: Decided, cards: readonly Card[]): void {
  const before = readDevices(directory);
  let devices = before;
  for (const card of cards) {
    const first = furtherOf(around, card);
    if (first) devices = withFurtherCard(devices, first, card);
  }
  if (devices !== before) writeDevices(directory, devices);
}

function isFurther(session: Session, card: Card): boolean {
  const first = furtherOf(session, card);
  return first !== undefined && isCardNews(first, session.devices?.get(card.person), card);
}

function isNewList(session: Session, list: DeviceList): boolean {
  const first = knownFirst(session, list.person);
  return first !== undefined && isListNews(first, session.devices?.get(list.person), list);
}

/** The first card of the person of one that may be kept beside it: not of this device, which says itself what its card is. */
function furtherOf(around: Decided, { person, device }: Card): FirstCard | undefined {
  return device === around.self.device ? undefined : knownFirst(around, person);
}

/** The first card of ourselves or of a contact, blocked or not. */
function knownFirst(around: Decided, person: PersonId): FirstCard | undefined {
  const isDecided = person === around.self.person || acceptedContact(around, person) !== undefined;
  return isDecided ? firstCardOf(around, person) : undefined;
}

function verified(cards: readonly Card[]): Card[] {
  return cards.filter(verifyCard);
}
