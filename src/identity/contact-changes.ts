// Decisions about contacts, each a new value (spec/card.md, "Contacts").
import { SatchelError } from '../format/error.js';
import { type PersonId, shortId } from '../format/ids.js';
import type { Card } from './card.js';
import { countsOver } from './card-serial.js';
import { formatCard } from './card-text.js';
import { type Contact, type Contacts, contactFrom } from './contacts.js';
import { takesPlaceOfFirst } from './devices.js';
import { nameSkeleton } from './name-skeleton.js';
import { nameKey, PETNAME_MAX, parseName } from './names.js';

/** What came of a card. */
export interface AddedCard {
  readonly contacts: Contacts;
  readonly contact: Contact;
  /** `added`: newly accepted; `updated`: a newer card of a known person; `unchanged`: nothing new in it. */
  readonly outcome: 'added' | 'updated' | 'unchanged';
  /** Somebody else who already had the name this card chose for itself, so that its petname had to differ. */
  readonly sameNameAs?: Contact;
}

/** Another contact whose petname eyes could take for this one, or undefined. */
export function lookalikeOf(contacts: Contacts, { person, petname }: Contact): Contact | undefined {
  const skeleton = nameSkeleton(petname);
  return [...contacts.values()].find((other) => other.person !== person && nameSkeleton(other.petname) === skeleton);
}

/**
 * Accepts a card that {@link verifyCard} approved. A newer card of a known person brings its device up to date but
 * never its petname, unless one is given here; without one a new contact gets the card's name, with a number behind
 * it when that is taken.
 * @throws SatchelError `usage` when the petname is none, or another contact's
 */
export function addCard(
  contacts: Contacts,
  card: Card,
  options: { readonly now: number; readonly petname?: string | undefined },
): AddedCard {
  const known = contacts.get(card.person);
  const result = known ? meetAgain(contacts, known, card) : meet(contacts, card, options);
  if (!known || options.petname === undefined) return result;
  const renamed = renameContact(result.contacts, card.person, options.petname);
  return { ...result, contacts: renamed, contact: contactOf(renamed, card.person) };
}

/** Blocks the person of a card, a stranger's too: it is noted without being accepted. */
export function blockCard(contacts: Contacts, card: Card, options: { readonly now: number }): Contacts {
  if (contacts.has(card.person)) return blockContact(contacts, card.person);
  const noted = meet(contacts, card, options).contact;
  return withContact(contacts, { ...noted, accepted: false, blocked: true });
}

/**
 * Gives a contact another petname.
 * @throws SatchelError `usage` when it is none, or another contact's; `not-found` without such a contact
 */
export function renameContact(contacts: Contacts, person: PersonId, petname: string): Contacts {
  return change(contacts, person, { petname: freePetname(contacts, petname, person) });
}

/** What came of a replacement. */
export interface Replaced {
  readonly contacts: Contacts;
  readonly former: Contact;
  readonly contact: Contact;
}

/**
 * Puts the person of a card, whose words were compared, in the place of a contact who began anew: under its petname, blocked if
 * that was. The former contact stays known, and nothing is written for it any more.
 * @throws SatchelError `usage` when that is no contact, was replaced before, or is the same person
 */
export function replaceContact(
  contacts: Contacts,
  old: Contact,
  card: Card,
  options: { readonly now: number },
): Replaced {
  assertReplaceable(old, card);
  const former = { ...old, petname: petnameBefore(contacts, old.petname), former: true };
  const added = addCard(withContact(contacts, former), card, options);
  const blocked = old.blocked || added.contact.blocked;
  const contact = { ...added.contact, petname: old.petname, confirmed: true, blocked, former: undefined };
  return { contacts: withContact(added.contacts, contact), former, contact };
}

function assertReplaceable({ accepted, former, petname, person }: Contact, card: Card): void {
  if (card.person === person) {
    const hint = 'a newer card of the same person comes with "satchel contact add", or with any bundle';
    throw new SatchelError('usage', `the card is of ${petname} itself`, { hint });
  }
  if (accepted && !former) return;
  const hint = 'run "satchel contact list"';
  throw new SatchelError('usage', `${petname} ${accepted ? 'was replaced before' : 'is no contact'}`, { hint });
}

/**
 * Keeps the person of our own card who one was before, for what it wrote alone: confirmed, and under a petname that tells it from
 * the new person, who mostly has the same name.
 */
export function withFormerSelf(contacts: Contacts, card: Card, options: { readonly now: number }): Contacts {
  const { contact } = addCard(contacts, card, options);
  const others = new Map([...contacts].filter(([person]) => person !== card.person));
  const petname = petnameBefore(others, unmarked(card.name));
  return withContact(contacts, { ...contact, petname, confirmed: true, former: true });
}

/** What somebody is called from now on that began anew as another person. */
function petnameBefore(contacts: Contacts, name: string): string {
  return distinctPetname(contacts, `${shortened(name)} (before)`);
}

/** With room for what is added behind. */
function shortened(petname: string): string {
  let kept = petname;
  while (Buffer.byteLength(kept) > PETNAME_MAX - ADDED_MAX) kept = [...kept].slice(0, -1).join('');
  return kept.trimEnd();
}

/** Bytes of ` (before)`, and of a number. */
const ADDED_MAX = 16;

/** Somebody about whom another of our devices decided, under the petname that it has there, or a free one like it. */
export function withWelcomed(
  contacts: Contacts,
  card: Card,
  { petname, flags, added }: { readonly petname: string; readonly flags: number; readonly added: number },
): Contacts {
  const { person, device, serial } = card;
  const free = distinctPetname(contacts, petname);
  return withContact(
    contacts,
    contactFrom({ person, device, serial, card: formatCard(card), petname: free, flags, added }),
  );
}

/** Notes that the contact's fingerprint was compared. @throws SatchelError `not-found` */
export function confirmContact(contacts: Contacts, person: PersonId): Contacts {
  return change(contacts, person, { confirmed: true });
}

/** Blocks a contact; nothing of it is taken any more. @throws SatchelError `not-found` */
export function blockContact(contacts: Contacts, person: PersonId): Contacts {
  return change(contacts, person, { blocked: true });
}

/** Takes a block back; a stranger that was only blocked is forgotten. @throws SatchelError `not-found` */
export function unblockContact(contacts: Contacts, person: PersonId): Contacts {
  if (!contactOf(contacts, person).accepted) return removeContact(contacts, person);
  return change(contacts, person, { blocked: false });
}

/** Forgets a contact; its logs stay where they are. @throws SatchelError `not-found` */
export function removeContact(contacts: Contacts, person: PersonId): Contacts {
  contactOf(contacts, person);
  return new Map([...contacts].filter(([other]) => other !== person));
}

function meet(contacts: Contacts, card: Card, options: { now: number; petname?: string | undefined }): AddedCard {
  const { person, device, serial, name } = card;
  const chosen = options.petname;
  const sameNameAs = chosen === undefined ? holderOf(contacts, name) : undefined;
  const petname =
    chosen === undefined ? distinctPetname(contacts, unmarked(name)) : freePetname(contacts, chosen, person);
  const flags = { accepted: true, confirmed: false, blocked: false };
  const contact = { person, petname, device, card: formatCard(card), serial, added: options.now, ...flags };
  const result = { contacts: withContact(contacts, contact), contact, outcome: 'added' as const };
  return sameNameAs ? { ...result, sameNameAs } : result;
}

function meetAgain(contacts: Contacts, known: Contact, card: Card): AddedCard {
  // a card of another of its devices is kept beside this one
  const newer = takesPlaceOfFirst(known, card) && countsOver(card, known);
  if (!newer && known.accepted) return { contacts, contact: known, outcome: 'unchanged' };
  const news = newer ? { device: card.device, card: formatCard(card), serial: card.serial } : {};
  const contact = { ...known, ...news, accepted: true };
  return { contacts: withContact(contacts, contact), contact, outcome: known.accepted ? 'updated' : 'added' };
}

function change(contacts: Contacts, person: PersonId, news: Partial<Contact>): Contacts {
  return withContact(contacts, { ...contactOf(contacts, person), ...news });
}

function withContact(contacts: Contacts, contact: Contact): Contacts {
  return new Map([...contacts, [contact.person, contact]]);
}

function contactOf(contacts: Contacts, person: PersonId): Contact {
  const contact = contacts.get(person);
  if (contact) return contact;
  const hint = 'run "satchel contact list"';
  throw new SatchelError('not-found', `no contact with the id ${shortId(person)}`, { hint });
}

function freePetname(contacts: Contacts, text: string, person: PersonId): string {
  const petname = parseName(text, { maxBytes: PETNAME_MAX });
  if (unmarked(petname) !== petname) {
    const hint = 'the tilde marks names that strangers chose for themselves';
    throw new SatchelError('usage', 'a petname does not begin with "~"', { hint });
  }
  const holder = holderOf(contacts, petname);
  if (!holder || holder.person === person) return petname;
  const hint = 'choose another, or rename that contact first';
  throw new SatchelError('usage', `the petname "${holder.petname}" is taken by ${shortId(holder.person)}`, { hint });
}

/** The name without the mark of strangers, and what looks like it, in front. */
function unmarked(name: string): string {
  const letters = [...name];
  const seen = letters.map(nameSkeleton);
  if (seen.find((letter) => letter !== '') !== '~') return name;
  const at = seen.findIndex((letter) => letter !== '' && letter !== '~');
  return at < 0 ? 'unnamed' : letters.slice(at).join('');
}

function distinctPetname(contacts: Contacts, name: string): string {
  const taken = new Set([...contacts.values()].map(({ petname }) => nameKey(petname)));
  let petname = name;
  for (let number = 2; taken.has(nameKey(petname)); number++) petname = `${name} (${number})`;
  return petname;
}

function holderOf(contacts: Contacts, petname: string): Contact | undefined {
  const key = nameKey(petname);
  return [...contacts.values()].find((contact) => nameKey(contact.petname) === key);
}
