// satchel contact block: nothing of a person is taken or shown (spec/cli.md, "Identity and contacts").
import { SatchelError } from '../../../format/error.js';
import { prepareSignatures } from '../../../format/signature/signature.js';
import { decodeCard } from '../../../identity/card.js';
import { blockCard, blockContact } from '../../../identity/contact-changes.js';
import { findContact } from '../../../identity/contact-lookup.js';
import type { Contact, Contacts } from '../../../identity/contacts.js';
import { storedCardBytes } from '../../../identity/stored-card.js';
import { findStranger, strangersOf } from '../../../sync/known/strangers.js';
import type { Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { changeContacts, contactJson, contactLabel } from './contact-change.js';

/** Blocks a contact, or a stranger whose card arrived. */
export async function run(context: Context, args: Args<'contact block'>): Promise<void> {
  await prepareSignatures();
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
