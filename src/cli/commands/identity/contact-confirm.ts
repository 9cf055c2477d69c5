// satchel contact confirm: the 12 words were compared (spec/cli.md, "Identity and contacts").
import { SatchelError } from '../../../format/error.js';
import { confirmContact } from '../../../identity/contact-changes.js';
import { findContact } from '../../../identity/contact-lookup.js';
import { type Contact, readContacts } from '../../../identity/contacts.js';
import { fingerprint } from '../../../identity/fingerprint.js';
import { areSameWords } from '../../../identity/words.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { askLine } from '../../terminal/prompt.js';
import { writeText } from '../../terminal/write-text.js';
import { changeContact, contactLabel } from './contact-change.js';

/** Compares the words given, or shows them and asks. */
export async function run(context: Context, args: Args<'contact confirm'>): Promise<void> {
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
  const answer = (await askLine('Are they the same? [y/N] '))?.trim().toLowerCase();
  if (answer !== 'y' && answer !== 'yes') throw differ(contact);
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
