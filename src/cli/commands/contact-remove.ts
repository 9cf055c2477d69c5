// satchel contact remove: forgets a contact (spec/cli.md, "Identity and contacts").
import { removeContact } from '../../identity/contact-changes.js';
import { changeContact } from '../contact-change.js';
import type { Context } from '../context.js';
import type { Args } from '../table/commands.js';

/** Makes the contact a stranger again. */
export async function run(context: Context, args: Args<'contact remove'>): Promise<void> {
  await changeContact(
    context,
    args.who,
    (contacts, { person }) => removeContact(contacts, person),
    (name) => `${name} is no contact any more; its messages stay`,
  );
}
