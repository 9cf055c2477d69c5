// satchel contact unblock: takes a block back (spec/cli.md, "Identity and contacts").
import { unblockContact } from '../../identity/contact-changes.js';
import { changeContact } from '../contact-change.js';
import type { Context } from '../context.js';
import type { Args } from '../table/commands.js';

/** Unblocks the person. */
export async function run(context: Context, args: Args<'contact unblock'>): Promise<void> {
  await changeContact(
    context,
    args.who,
    (contacts, { person }) => unblockContact(contacts, person),
    (name, after) =>
      `${name} is no longer blocked${after ? '' : ', and a stranger'}; the next bundle brings what was missed`,
  );
}
