// satchel contact rename: another petname (spec/cli.md, "Identity and contacts").
import { renameContact } from '../../../identity/contact-changes.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { changeContact } from './contact-change.js';

/** Renames the contact, here only. */
export async function run(context: Context, args: Args<'contact rename'>): Promise<void> {
  await changeContact(
    context,
    args.who,
    (contacts, { person }) => renameContact(contacts, person, args.name),
    (name, after) => `${name} is ${escapeLine(after?.petname ?? '')} from now on`,
  );
}
