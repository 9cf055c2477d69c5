// satchel drive list: the drives that were met (spec/cli.md, "Drives").
import { knownDrives } from '../../../sync/drive/known.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import { driveJson, memoryJson } from '../../report/drive-json.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatSize, plural } from '../../terminal/size.js';
import { formatRelative } from '../../terminal/time.js';

/** Prints them by label. */
export async function run(context: Context): Promise<void> {
  const { layout } = await context.repository();
  const drives = knownDrives(layout);
  if (context.json) {
    return context.printJson({ drives: drives.map((known) => ({ ...driveJson(known), ...memoryJson(known) })) });
  }
  for (const line of alignColumns(drives.map((known) => row(context, known)))) context.print(line);
  if (drives.length > 0) return;
  context.note('No drives yet.');
  context.note(`Next: ${nextCommand(context.directory, 'drive init DIR', context.env)}`);
}

function row({ style, world }: Context, known: ReturnType<typeof knownDrives>[number]): string[] {
  const { last, bundles, bytes } = memoryJson(known);
  return [
    style.bold(escapeLine(known.label)),
    style.dim(known.id.slice(0, 10)),
    known.drive ? `at ${escapeLine(known.directory)}` : style.dim(`was at ${escapeLine(known.directory)}`),
    last === null ? 'not visited yet' : `visited ${formatRelative(last, world.now())}`,
    `${plural(bundles, 'bundle')} (${formatSize(bytes)})`,
  ];
}
