// A contact that something is sent to, as it was named (spec/cli.md, "export").
import { SatchelError } from '../../../format/error.js';
import { parseCards } from '../../../identity/card-text.js';
import { findContact } from '../../../identity/contact-lookup.js';
import type { Contact } from '../../../identity/contacts.js';
import { decisionOn } from '../../../identity/relations.js';
import { isStranger, sharedTopics } from '../../../sync/known/audience.js';
import { everyDeviceOf, type Recipient } from '../../../sync/known/recipients.js';
import { findStranger, strangersOf } from '../../../sync/known/strangers.js';
import type { Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';

/**
 * The contact meant by a name.
 * @throws SatchelError `not-found`, `ambiguous`, `usage` for one that is blocked or was replaced
 */
export function recipientOf(context: Context, session: Session, name: string): Contact {
  const contact = findContact(session.contacts, name);
  const decision = decisionOn(contact);
  if (decision === 'former') {
    throw new SatchelError('usage', `${contact.petname} began anew as another person, and gets nothing any more`, {
      hint: 'name the one who took its place',
    });
  }
  if (decision !== 'blocked') return contact;
  const unblock = nextCommand(context.directory, `contact unblock ${quoteWord(contact.petname)}`, context.env);
  throw new SatchelError('usage', `${contact.petname} is blocked`, { hint: `run "${unblock}" first` });
}

/**
 * The contacts meant by the names, each once; `ben,cleo` are two, unless somebody is called so.
 * @throws SatchelError as `recipientOf`, and `usage` for an empty name
 */
export function recipientsOf(context: Context, session: Session, given: readonly string[]): Contact[] {
  const found = given
    .flatMap((one) => (contactOf(session, one) ? [one] : namesIn(one)))
    .map((name) => recipientOf(context, session, name));
  return [...new Map(found.map((contact) => [contact.person, contact])).values()];
}

function namesIn(given: string): readonly string[] {
  const names = given.split(',').map((name) => name.trim());
  if (!names.includes('')) return names;
  throw new SatchelError('usage', `an empty name in "${given}"`, { hint: 'put one comma between two petnames' });
}

/**
 * Those meant by the names: contacts, or strangers who write in a topic that is joined here and get nothing but that.
 * @throws SatchelError `not-found`, `ambiguous`, `usage` for a blocked one, and for contacts and strangers in one bundle
 */
export function receiversOf(context: Context, session: Session, names: readonly string[]): Recipient[] {
  const found = names.map((name) => strangerOf(session, name) ?? recipientOf(context, session, name));
  const strangers = found.filter(({ person }) => isStranger(session, person));
  if (strangers.length === 0 || strangers.length === found.length) return everyDeviceOf(session, found);
  throw new SatchelError('usage', 'contacts and strangers were named together', {
    hint: 'strangers get a bundle of their own: run it once for each',
  });
}

/** The stranger of that name, if no contact is called so and there is anything that it may get. */
function strangerOf(session: Session, name: string): Recipient | undefined {
  if (contactOf(session, name)) return undefined;
  const found = findStranger(strangersOf(session), name.replace(/^~/, ''));
  const [card] = found ? parseCards(Buffer.from(found.card)) : [];
  if (!found || !card) return undefined;
  if (sharedTopics(session, found.person).length > 0) return card;
  throw new SatchelError('usage', `~${found.name} is a stranger, and writes in no topic that you are in`, {
    hint: 'make it a contact first, with "satchel contact add"',
  });
}

function contactOf(session: Session, name: string): Contact | undefined {
  try {
    return findContact(session.contacts, name);
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'not-found') return undefined;
    throw error;
  }
}
