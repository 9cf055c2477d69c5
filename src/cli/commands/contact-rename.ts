// satchel contact rename: another petname (spec/cli.md, "Identity and contacts").
import { renameContact } from '../../identity/contact-changes.js';
import { changeContact } from '../contact-change.js';
import type { Context } from '../context.js';
import { escapeLine } from '../escape.js';
import type { Args } from '../table/commands.js';

/** Renames the contact, here only. */
export async function run(context: Context, args: Args<'contact rename'>): Promise<void> {
  await changeContact(
    context,
    args.who,
    (contacts, { person }) => renameContact(contacts, person, args.name),
    (name, after) => `${name} is ${escapeLine(after?.petname ?? '')} from now on`,
  );
}
