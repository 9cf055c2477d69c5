// A contact that something is sent to, as it was named (spec/cli.md, "export").
import { SatchelError } from '../format/error.js';
import { findContact } from '../identity/contact-lookup.js';
import type { Contact } from '../identity/contacts.js';
import { decisionOn } from '../identity/relations.js';
import type { Session } from '../sync/session.js';
import type { Context } from './context.js';
import { nextCommand, quoteWord } from './next.js';

/**
 * The contact meant by a name.
 * @throws SatchelError `not-found`, `ambiguous`, `usage` for a blocked one
 */
export function recipientOf(context: Context, session: Session, name: string): Contact {
  const contact = findContact(session.contacts, name);
  if (decisionOn(contact) !== 'blocked') return contact;
  const unblock = nextCommand(context.directory, `contact unblock ${quoteWord(contact.petname)}`, context.env);
  throw new SatchelError('usage', `${contact.petname} is blocked`, { hint: `run "${unblock}" first` });
}
