// The cards this user accepted, under petnames of its own choosing (spec/card.md, "Contacts"). Values are never
// changed; contact-changes.ts makes new ones, contact-lookup.ts finds in them.
import path from 'node:path';
import type { DeviceKey, PersonId } from '../format/ids.js';
import { readJson, writeJson } from '../repository/files.js';
import { layoutOf } from '../repository/layout.js';
import { fieldsOf, isId, isWhole, malformed } from './json-shape.js';
import { nameKey, nameProblem, PETNAME_MAX } from './names.js';

/** A person this user decided about. */
export interface Contact {
  readonly person: PersonId;
  /** Unique among contacts, letter case aside. */
  readonly petname: string;
  readonly device: DeviceKey;
  /** The newest card seen, as text ... */
  readonly card: string;
  /** ... and its serial. */
  readonly serial: number;
  /** When the card came in, ms. */
  readonly added: number;
  /** False for a stranger that is here only because it was blocked. */
  readonly accepted: boolean;
  /** The fingerprint was compared. */
  readonly confirmed: boolean;
  readonly blocked: boolean;
}

/** All contacts by person, in the order they were added. */
export type Contacts = ReadonlyMap<PersonId, Contact>;

/**
 * The contacts of the repository in `dir`; none before the first was written.
 * @throws SatchelError `damaged` when they are malformed
 */
export function readContacts(dir: string): Contacts {
  const file = contactsFile(dir);
  const value = readJson(file);
  if (value === undefined) return new Map();
  const { contacts } = fieldsOf(value);
  if (!Array.isArray(contacts)) throw malformed(file, 'has no list of contacts');
  const list = contacts.map((item, index) => decodeContact(item, file, index));
  assertUnique(list, file);
  return new Map(list.map((contact) => [contact.person, contact]));
}

/** Replaces the contacts, durably. */
export function writeContacts(dir: string, contacts: Contacts): void {
  writeJson(contactsFile(dir), { contacts: [...contacts.values()] });
}

function decodeContact(value: unknown, file: string, index: number): Contact {
  const { person, petname, device, card, serial, added, accepted, confirmed, blocked } = fieldsOf(value);
  const fail = (problem: string): Error => malformed(file, `has ${problem} in contact ${index + 1}`);
  if (!isId<PersonId>(person) || !isId<DeviceKey>(device)) throw fail('no person and device');
  if (typeof petname !== 'string' || nameProblem(petname, PETNAME_MAX) !== undefined) throw fail('no petname');
  if (typeof card !== 'string' || !isWhole(serial, 1) || !isWhole(added)) throw fail('no card, serial and time');
  if (!isFlag(accepted) || !isFlag(confirmed) || !isFlag(blocked)) throw fail('a flag neither true nor false');
  return { person, petname, device, card, serial, added, accepted, confirmed, blocked };
}

function assertUnique(list: readonly Contact[], file: string): void {
  if (new Set(list.map(({ person }) => person)).size < list.length) throw malformed(file, 'has a person twice');
  const petnames = new Set(list.map(({ petname }) => nameKey(petname)));
  if (petnames.size < list.length) throw malformed(file, 'has a petname twice');
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function contactsFile(dir: string): string {
  return path.join(layoutOf(dir).refs, 'contacts.json');
}
