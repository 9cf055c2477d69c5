// satchel contact block, confirm, remove, rename, unblock: deciding about people (spec/cli.md, "Identity and contacts").
import { SatchelError } from '../../../format/error.js';
import { decodeCard } from '../../../identity/card.js';
import {
  blockCard,
  blockContact,
  confirmContact,
  removeContact,
  renameContact,
  unblockContact,
} from '../../../identity/contact-changes.js';
import { findContact } from '../../../identity/contact-lookup.js';
import { type Contact, type Contacts, readContacts } from '../../../identity/contacts.js';
import { fingerprint } from '../../../identity/fingerprint.js';
import { storedCardBytes } from '../../../identity/stored-card.js';
import { areSameWords } from '../../../identity/words.js';
import { findStranger, strangersOf } from '../../../sync/known/strangers.js';
import type { Session } from '../../../sync/session.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { writeText } from '../../terminal/write-text.js';
import { changeContact, changeContacts, contactJson, contactLabel } from './contact-change.js';

/** Blocks a contact, or a stranger whose card arrived. */
export async function runBlock(context: Context, args: Args<'contact block'>): Promise<void> {
  const blocked = await changeContacts(context, (session) => block(session, args.who, context.world.now()));
  if (context.json) return context.printJson(contactJson(blocked));
  context.print(`${contactLabel(blocked)} is blocked: nothing of it is taken or shown; nobody is told`);
}

function block(session: Session, who: string, now: number): { contacts: Contacts; value: Contact } {
  const known = knownContact(session, who);
  const stranger = known ? undefined : findStranger(strangersOf(session), who);
  if (!known && !stranger) findContact(session.contacts, who);
  const contacts = known
    ? blockContact(session.contacts, known.person)
    : blockCard(session.contacts, decodeCard(storedCardBytes(stranger?.card ?? '')), { now });
  const value = contacts.get((known ?? stranger)?.person as Contact['person']);
  if (!value) throw new SatchelError('internal', 'the blocked person was not noted');
  return { contacts, value };
}

function knownContact(session: Session, who: string): Contact | undefined {
  try {
    return findContact(session.contacts, who);
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Compares the words given, or shows them and asks. */
export async function runConfirm(context: Context, args: Args<'contact confirm'>): Promise<void> {
  const { directory } = await context.repository();
  const contact = findContact(readContacts(directory), args.who);
  const words = await fingerprint(contact.person);
  if (args.words === undefined) await ask(context, contact, words);
  else if (!areSameWords(words, args.words)) throw differ(contact);
  await changeContact(
    context,
    contact.person,
    (contacts) => confirmContact(contacts, contact.person),
    (name) => `${name} is confirmed`,
  );
}

async function ask(context: Context, contact: Contact, words: string): Promise<void> {
  if (!context.canAsk()) {
    throw new SatchelError('usage', 'there is no terminal to ask whether the words are the same', {
      hint: 'give the words you heard: --words "..."',
    });
  }
  writeText(
    context.stderr,
    `The words of ${contactLabel(contact)}, which "satchel whoami" shows there:\n\n  ${words}\n\n`,
  );
  if (!(await confirm(context, 'Are they the same?'))) throw differ(contact);
}

function differ(contact: Contact): SatchelError {
  return new SatchelError(
    'not-authentic',
    `the words are not those of ${contactLabel(contact)}; it stays unconfirmed`,
    {
      hint: 'ask for the card again in another way, and remove this contact if it is somebody else',
    },
  );
}

/** Makes the contact a stranger again. */
export async function runRemove(context: Context, args: Args<'contact remove'>): Promise<void> {
  await changeContact(
    context,
    args.who,
    (contacts, { person }) => removeContact(contacts, person),
    (name) => `${name} is no contact any more; its messages stay`,
  );
}

/** Renames the contact, here only. */
export async function runRename(context: Context, args: Args<'contact rename'>): Promise<void> {
  await changeContact(
    context,
    args.who,
    (contacts, { person }) => renameContact(contacts, person, args.name),
    (name, after) => `${name} is ${escapeLine(after?.petname ?? '')} from now on`,
  );
}

/** Unblocks the person. */
export async function runUnblock(context: Context, args: Args<'contact unblock'>): Promise<void> {
  await changeContact(
    context,
    args.who,
    (contacts, { person }) => unblockContact(contacts, person),
    (name, after) =>
      `${name} is no longer blocked${after ? '' : ', and a stranger'}; the next bundle brings what was missed`,
  );
}
