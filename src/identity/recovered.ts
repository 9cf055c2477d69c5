// Contacts that used their recovery words: another device speaks for the same person since (spec/devices.md, "Authority").
import { cardGeneration } from './card-layout.js';
import type { Contact } from './contacts.js';
import { deviceState } from './devices.js';
import { contactsOf, type Decided } from './relations.js';
import { storedCardBytes } from './stored-card.js';

/** The generation that counts of a contact, by all that is known of it. */
export function generationOf({ devices }: Pick<Decided, 'devices'>, contact: Contact): number {
  const known = devices?.get(contact.person);
  if (known) return deviceState(contact, known).generation;
  return cardGeneration(storedCardBytes(contact.card));
}

/** The contacts that were so before, and are of a later generation now. */
export function recoveredSince(before: Decided, after: Decided): Contact[] {
  if (before.contacts === after.contacts && before.devices === after.devices) return [];
  const known = new Map(contactsOf(before).map((contact) => [contact.person, contact]));
  return contactsOf(after).filter((contact) => {
    const earlier = known.get(contact.person);
    return earlier !== undefined && generationOf(after, contact) > generationOf(before, earlier);
  });
}
