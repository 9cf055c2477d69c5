// What the commands about contacts share: changing them under the lock, and showing one.
import { shortId } from '../../../format/ids.js';
import { lookalikeOf } from '../../../identity/contact-changes.js';
import { findContact } from '../../../identity/contact-lookup.js';
import { type Contact, type Contacts, writeContacts } from '../../../identity/contacts.js';
import { storedCardName } from '../../../identity/stored-card.js';
import { openSession, type Session } from '../../../sync/session.js';
import { renameDirect } from '../../../topic/private/direct-labels.js';
import { readTopics } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { escapeLine } from '../../terminal/escape.js';
import { openTopicKeys } from '../topics/topic-keys.js';

/**
 * Replaces the contacts by what `change` makes of them, under the repository's lock; returns its `value`.
 * @throws SatchelError as `change`, and then nothing has changed
 */
export async function changeContacts<T>(
  context: Context,
  change: (session: Session) => { readonly contacts: Contacts; readonly value: T },
): Promise<T> {
  // Under the lock the index takes in what others wrote meanwhile.
  const repository = await context.repository();
  await openTopicKeys(context, readTopics(repository.directory).topics, 'file');
  return repository.locked(() => {
    const session = openSession(repository);
    const { contacts, value } = change(session);
    if (contacts === session.contacts) return value;
    writeContacts(repository.directory, contacts);
    renameDirect(repository, { ...session, contacts });
    return value;
  });
}

/** Changes the one contact that is meant, and reports it: the line for people, or the contact as JSON. */
export async function changeContact(
  context: Context,
  who: string,
  change: (contacts: Contacts, contact: Contact) => Contacts,
  line: (name: string, after: Contact | undefined) => string,
): Promise<void> {
  const { before, after, contacts } = await changeContacts(context, (session) => {
    const contact = findContact(session.contacts, who);
    const changed = change(session.contacts, contact);
    return { contacts: changed, value: { before: contact, after: changed.get(contact.person), contacts: changed } };
  });
  if (context.json) context.printJson(contactJson(after ?? before));
  else context.print(line(contactLabel(before), after));
  if (after && after.petname !== before.petname) warnOfLookalike(context, contacts, after);
}

/** A contact as programs read it; `name` is self-chosen, `contact` the petname, as everywhere. */
export function contactJson(contact: Contact): Record<string, unknown> {
  const { person, device, petname, accepted, confirmed, blocked, former = false, added, card } = contact;
  const flags = { accepted, confirmed, blocked, former };
  return { person, device, name: storedCardName(card), contact: accepted ? petname : null, ...flags, added };
}

/** Warns when the petname could be taken for that of another contact. */
export function warnOfLookalike(context: Context, contacts: Contacts, contact: Contact): void {
  const other = lookalikeOf(contacts, contact);
  if (other) context.note(`careful: ${contactLabel(contact)} looks like ${contactLabel(other)}, and is somebody else`);
}

/** `Bob (3fa1c0ffee)`. */
export function contactLabel({ petname, person }: Pick<Contact, 'petname' | 'person'>): string {
  return `${escapeLine(petname)} (${shortId(person)})`;
}
