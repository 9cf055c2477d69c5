// The cards this user accepted, under petnames of its own choosing (spec/card.md, "Contacts"). Values are never
// changed; contact-changes.ts makes new ones, contact-lookup.ts finds in them.
import type { DeviceKey, PersonId } from '../format/ids.js';
import { layoutOf } from '../repository/layout.js';
import { damagedState, readState, writeState } from '../repository/state.js';
import { cardNameProblem, nameKey, PETNAME_MAX } from './names.js';

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
  /** It began anew as another person, be it ourselves: nothing is written for it any more. */
  readonly former?: boolean | undefined;
}

/** All contacts by person, in the order they were added. */
export type Contacts = ReadonlyMap<PersonId, Contact>;

/**
 * The contacts of the repository in `dir`; none before the first was written.
 * @throws SatchelError `damaged` when they are malformed
 */
export function readContacts(dir: string): Contacts {
  const { contacts = [] } = readState(layoutOf(dir), 'contacts') ?? {};
  const problem = problemOf(contacts);
  if (problem !== undefined) throw damagedState(layoutOf(dir), 'contacts', problem);
  return new Map(contacts.map((contact) => [contact.person, contact]));
}

/** Replaces the contacts, durably. */
export function writeContacts(dir: string, contacts: Contacts): void {
  writeState(layoutOf(dir), 'contacts', { contacts: [...contacts.values()] });
}

/** What the user decided about a contact as one number, as welcomes carry it: the sum of 1 accepted, 2 confirmed, 4 blocked, 8 former. */
export function flagsOf({ accepted, confirmed, blocked, former }: Contact): number {
  return (accepted ? 1 : 0) + (confirmed ? 2 : 0) + (blocked ? 4 : 0) + (former ? 8 : 0);
}

/** A contact with what was decided about it as one number. */
export function contactFrom({
  flags,
  ...rest
}: Omit<Contact, 'accepted' | 'confirmed' | 'blocked' | 'former'> & { readonly flags: number }): Contact {
  const decided = { accepted: (flags & 1) !== 0, confirmed: (flags & 2) !== 0, blocked: (flags & 4) !== 0 };
  return { ...rest, ...decided, ...((flags & 8) !== 0 && { former: true }) };
}

/** What petnames must be, so that each stands for one person. */
function problemOf(list: readonly Contact[]): string | undefined {
  if (list.some(({ petname }) => cardNameProblem(petname, PETNAME_MAX) !== undefined))
    return 'has a petname that is none';
  if (new Set(list.map(({ person }) => person)).size < list.length) return 'has a person twice';
  const petnames = new Set(list.map(({ petname }) => nameKey(petname)));
  return petnames.size < list.length ? 'has a petname twice' : undefined;
}
