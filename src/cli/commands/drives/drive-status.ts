// satchel drive status: who has visited a drive, what it holds, what each person still lacks (spec/cli.md, "drive status").
import { prepareSignatures } from '../../../format/signature/signature.js';
import { findDrive, type KnownDrive, knownDrives } from '../../../sync/drive/known.js';
import { driveStatus } from '../../../sync/drive/status.js';
import { openSession } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { statusJson, statusLines } from '../../report/drive-report.js';

/** Prints it of one drive, or of all that are known. */
export async function run(context: Context, args: Args<'drive status'>): Promise<void> {
  await prepareSignatures();
  const session = openSession(await context.repository());
  const { 'drive.silent': silentDays } = await context.config();
  const { layout } = session.repository;
  const known: KnownDrive[] = args.drive === undefined ? knownDrives(layout) : [findDrive(layout, args.drive)];
  const all = known.map((one) => driveStatus(session, one, silentDays));
  if (context.json) return context.printJson({ drives: all.map((status) => statusJson(session, status)) });
  for (const [i, status] of all.entries()) {
    if (i > 0) context.print('');
    for (const line of statusLines(context, session, status)) context.print(line);
  }
  if (all.length > 0) return;
  context.note('No drives yet.');
  context.note(`Next: ${nextCommand(context.directory, 'drive init DIR', context.env)}`);
}
