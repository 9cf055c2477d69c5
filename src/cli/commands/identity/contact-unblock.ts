// satchel contact unblock: takes a block back (spec/cli.md, "Identity and contacts").
import { unblockContact } from '../../../identity/contact-changes.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { changeContact } from './contact-change.js';

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
