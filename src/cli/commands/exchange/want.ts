// satchel want: a small bundle that says what is here and what is missing (spec/cli.md, "Exchange").
import { type WantReport, writeWant } from '../../../sync/export/want.js';
import { openSession } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { noteRenewed } from '../../report/renewed.js';
import { escapeLine, jsonText } from '../../terminal/escape.js';
import { attachmentsOf, formatSize } from '../../terminal/size.js';
import { openAuthor } from '../conversation/author.js';
import { toOutput } from './bundle-output.js';

/** Writes the bundle. */
export async function run(context: Context, { output }: Args<'want'>): Promise<void> {
  const session = openSession(await context.repository());
  const claim = { device: session.self.device, for: [], isStatement: true };
  const { report, renewed } = await toOutput(context, session, { output, claim }, async (targetFor) =>
    writeWant(session, await openAuthor(context), targetFor),
  );
  noteRenewed(context, renewed);
  if (output === '-') tellOnStderr(context, { ...report, renewed });
  else tell(context, { ...report, renewed }, session.self.name);
}

/** What was written, and whether the repository was found to be restored or copied. */
type Wanted = WantReport & { readonly renewed: boolean };

function tell(context: Context, report: Wanted, name: string): void {
  if (context.json) context.printJson(report);
  else context.print(`wrote ${escapeLine(report.file)} (${formatSize(report.bytes)}): ${contentOf(report)}`);
  const file = quoteWord(report.file);
  context.note(`next, on the other side: satchel import ${file}, then satchel export --to ${quoteWord(name)}`);
}

/** The bundle alone is on stdout, so what is said of it goes elsewhere. */
function tellOnStderr(context: Context, report: Wanted): void {
  if (context.json) context.stderr.write(`${jsonText(report)}\n`);
  else context.note(`wrote ${formatSize(report.bytes)}: ${contentOf(report)}`);
}

function contentOf({ missing }: WantReport): string {
  if (missing.blobs === 0) return 'no attachments are missing; it says what is here';
  return `asks for ${attachmentsOf(missing.bytes)}, and says what is here`;
}
