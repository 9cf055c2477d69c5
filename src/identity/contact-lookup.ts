// Finding the contact that the user means (spec/card.md, "Contacts").
import { SatchelError } from '../format/error.js';
import { shortId } from '../format/ids.js';
import type { Contact, Contacts } from './contacts.js';
import { nameKey } from './names.js';

/**
 * The one contact with this petname (letter case aside), or whose person id begins with these hex digits, at least 4.
 * @throws SatchelError `not-found`, or `ambiguous` with the candidates
 */
export function findContact(contacts: Contacts, wanted: string): Contact {
  const found = findNamed([...contacts.values()], wanted);
  if (found) return found;
  throw new SatchelError('not-found', `no contact "${wanted}"`, { hint: 'run "satchel contact list"' });
}

/**
 * The one of these people with this name (letter case aside), or whose person id begins with these hex digits, at least 4; undefined
 * where nobody is.
 * @throws SatchelError `ambiguous` with the candidates
 */
export function findNamed<T extends Named>(people: readonly T[], wanted: string): T | undefined {
  const [first, ...others] = candidates(people, wanted);
  if (!first || others.length === 0) return first;
  const listed = [first, ...others].map(({ petname, person }) => `${petname} (${shortId(person)})`).join(', ');
  throw new SatchelError('ambiguous', `"${wanted}" could be ${listed}`, { hint: 'give more digits of the id' });
}

/** Somebody who goes by a name here. */
type Named = Pick<Contact, 'petname' | 'person'>;

function candidates<T extends Named>(all: readonly T[], wanted: string): T[] {
  const digits = wanted.toLowerCase();
  const byId = ID_PREFIX.test(digits) ? all.filter(({ person }) => person.startsWith(digits)) : [];
  // A whole id means that person: no petname can stand in its way.
  if (digits.length === ID_DIGITS && byId.length > 0) return byId;
  const key = nameKey(wanted.trim());
  const byName = all.filter((contact) => nameKey(contact.petname) === key);
  // A stranger can call itself like the beginning of somebody's id, and the petname may come from its card. So a name
  // does not win over an id: both are named, and the user decides.
  return [...new Set([...byName, ...byId])];
}

const ID_DIGITS = 64;
const ID_PREFIX = /^[0-9a-f]{4,64}$/;
