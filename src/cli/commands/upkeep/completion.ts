// satchel completion: scripts for shells, written from the command table (spec/cli.md, "Completion").

import { completionScript, type Shell } from '../../command/completion.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';

/** Prints the script for one shell. */
export async function run(context: Context, args: Args<'completion'>): Promise<void> {
  context.stdout.write(completionScript(args.shell as Shell));
}
