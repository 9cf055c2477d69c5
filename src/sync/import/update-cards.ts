// What imports teach about people: cards of strangers are remembered, contacts' newer cards replace older ones
// (spec/card.md, "Newer cards").
import { type Card, verifyCard } from '../../identity/card.js';
import { countsOver } from '../../identity/card-serial.js';
import { addCard } from '../../identity/contact-changes.js';
import { type Contact, type Contacts, readContacts, writeContacts } from '../../identity/contacts.js';
import { newlySeen, noteOwnCards } from '../../identity/own-cards.js';
import { acceptedContact, decidedRelation } from '../../identity/relations.js';
import { rememberCards } from '../known/acquaintances.js';
import type { Session } from '../session.js';

/** Notes the cards of verified bundles, and returns the contacts that are known by a newer card now. */
export async function updateCards(session: Session, cards: readonly Card[]): Promise<Contact[]> {
  const { repository, self } = session;
  const others = cards.filter((card) => card.person !== self.person);
  const isOwnNews = newlySeen(self, cards) !== undefined;
  const strangers = others.filter(({ person }) => decidedRelation(session, person) === undefined);
  const newer = verified(others.filter((card) => isNewer(session.contacts, card)));
  if (strangers.length === 0 && newer.length === 0 && !isOwnNews) return [];
  return repository.locked(() => {
    if (isOwnNews) noteOwnCards(repository.directory, cards);
    rememberCards(repository, strangers);
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
  return contact !== undefined && countsOver(card, contact);
}

function verified(cards: readonly Card[]): Card[] {
  return cards.filter(verifyCard);
}
