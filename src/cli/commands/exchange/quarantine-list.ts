// satchel quarantine list: what was refused, and what waits for a decision (spec/cli.md, "quarantine").
import { shortId } from '../../../format/ids.js';
import { listQuarantine } from '../../../repository/store/quarantine.js';
import type { Context } from '../../command/context.js';
import { quarantinedJson, whyThere } from '../../report/quarantine-words.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatSize } from '../../terminal/size.js';
import { formatRelative } from '../../terminal/time.js';

/** Prints it, the newest first. */
export async function run(context: Context): Promise<void> {
  const { layout } = await context.repository();
  const files = listQuarantine(layout);
  if (context.json) return context.printJson({ files: files.map(quarantinedJson) });
  const rows = files.map((one) => [
    context.style.bold(shortId(one.digest)),
    one.reason ? formatRelative(one.reason.at, context.world.now()) : '',
    formatSize(one.size),
    escapeLine(one.reason?.file ?? ''),
    whyThere(one),
  ]);
  for (const line of alignColumns(rows)) context.print(line);
  if (files.length === 0) context.note('nothing is in quarantine');
}
