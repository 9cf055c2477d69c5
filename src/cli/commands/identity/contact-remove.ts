// satchel contact remove: forgets a contact (spec/cli.md, "Identity and contacts").
import { removeContact } from '../../../identity/contact-changes.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { changeContact } from './contact-change.js';

/** Makes the contact a stranger again. */
export async function run(context: Context, args: Args<'contact remove'>): Promise<void> {
  await changeContact(
    context,
    args.who,
    (contacts, { person }) => removeContact(contacts, person),
    (name) => `${name} is no contact any more; its messages stay`,
  );
}
