// satchel import: takes bundles in, whatever their order (spec/cli.md, "Exchange").
import { givenFiles } from '../../sync/given-files.js';
import type { Context } from '../context.js';
import type { Args } from '../table/commands.js';
import { takeIn } from '../take-in.js';

/** Imports them; the exit status says how many were fit to be taken. */
export async function run(context: Context, args: Args<'import'>): Promise<number> {
  const { dryRun, salvage, quarantine } = args;
  return takeIn(context, givenFiles(args.files), { dryRun, salvage, quarantine });
}
