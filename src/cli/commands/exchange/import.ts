// satchel import: takes bundles in, whatever their order (spec/cli.md, "Exchange").
import { givenFiles } from '../../../sync/import/given-files.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { importGiven } from './import-command.js';

/** Names that are told of files passed over, at most. */
const TOLD_MAX = 5;

/** Imports them; the exit status says how many were fit to be taken. */
export async function run(context: Context, args: Args<'import'>): Promise<number> {
  const { dryRun, salvage, quarantine } = args;
  const { files, passedOver } = givenFiles(args.files);
  const exit = await importGiven(context, files, {
    dryRun,
    salvage,
    quarantine,
    settle: (outcomes) => ({ outcomes, fields: { passedOver } }),
  });
  tellPassedOver(context, passedOver);
  return exit;
}

function tellPassedOver(context: Context, files: readonly string[]): void {
  if (files.length === 0) return;
  const told = files.slice(0, TOLD_MAX).map(escapeLine).join(', ');
  const more = files.length > TOLD_MAX ? ` and ${files.length - TOLD_MAX} more` : '';
  context.note(
    `passed over ${plural(files.length, 'file')} for the name, which ends in neither .satchel nor .card: ${told}${more}`,
  );
}
