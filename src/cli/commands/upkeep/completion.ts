// satchel completion: scripts for shells (spec/cli.md, "Completion").

import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { completionScript, type Shell } from './completion-scripts.js';

/** Prints the script for one shell. */
export async function run(context: Context, args: Args<'completion'>): Promise<void> {
  context.stdout.write(completionScript(args.shell as Shell));
}
