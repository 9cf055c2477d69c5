// satchel quarantine show: what a file in quarantine contains (spec/cli.md, "quarantine").
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import { findQuarantined, type Quarantined, quarantinedFile } from '../../../repository/store/quarantine.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { explainFile } from '../../report/explain.js';
import { asQuarantined, quarantinedJson, quarantinedName, whyThere } from '../../report/quarantine-words.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatMoment } from '../../terminal/time.js';

/** Says how it came there and why, then explains it; of a damaged file the error says what is wrong. */
export async function run(context: Context, args: Args<'quarantine show'>): Promise<number> {
  const { layout } = await context.repository();
  const found = findQuarantined(layout, args.id);
  const { digest, reason } = found;
  const rows = [
    ['id', digest],
    ['from', reason ? escapeLine(reason.file) : 'unknown'],
    ['since', reason ? formatMoment(reason.at) : 'unknown'],
    ['why', whyThere(found)],
  ];
  for (const line of alignColumns(rows.map(([name = '', value = '']) => [context.style.dim(name), value])))
    context.print(line);
  context.print('');
  const decide = (verb: string): string =>
    nextCommand(context.directory, `quarantine ${verb} ${shortId(digest)}`, context.env);
  const exit = await explained(context, found, args.text);
  context.note(`\nto take it in: ${decide('accept')}; to delete it: ${decide('drop')}`);
  return exit;
}

async function explained(context: Context, found: Quarantined, text: boolean): Promise<number> {
  const { layout } = await context.repository();
  const options = { text, name: quarantinedName(found), fields: { quarantine: quarantinedJson(found) } };
  try {
    return await explainFile(context, quarantinedFile(layout, found.digest), options);
  } catch (error) {
    throw error instanceof SatchelError ? asQuarantined(context, found, error) : error;
  }
}
