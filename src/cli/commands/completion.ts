// satchel completion: scripts for shells, written from the command table (spec/cli.md, "Completion").

import { completionScript, type Shell } from '../completion.js';
import type { Context } from '../context.js';
import type { Args } from '../table/commands.js';

/** Prints the script for one shell. */
export async function run(context: Context, args: Args<'completion'>): Promise<void> {
  context.stdout.write(completionScript(args.shell as Shell));
}
