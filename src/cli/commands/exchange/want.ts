// satchel want: a small bundle that says what is here and what is missing (spec/cli.md, "Exchange").

import { exportPlace } from '../../../sync/export/export-place.js';
import { type WantReport, writeWant } from '../../../sync/export/want.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { IS_OPEN, sealedFor } from '../../report/export-words.js';
import { noteRenewed } from '../../report/renewed.js';
import { escapeLine, jsonText } from '../../terminal/escape.js';
import { attachmentsOf, formatSize } from '../../terminal/size.js';
import { openAuthor } from '../conversation/author.js';
import { toOutput } from './bundle-output.js';
import { assertOneFile, sealingFor } from './sealing.js';

/** Writes the bundle: for whoever finds it, or sealed for the contacts. */
export async function run(context: Context, args: Args<'want'>): Promise<void> {
  const session = openSession(await context.repository());
  const { output } = args;
  const sealing = await sealingFor(context, session, args);
  assertOneFile(sealing, output, exportPlace(output).kind === 'directory');
  for (const seal of sealing.seals) {
    const claim = { device: session.self.device, for: seal?.for ?? [], isStatement: true };
    const { report, renewed } = await toOutput(context, session, { output, claim }, async (targetFor) =>
      writeWant(session, await openAuthor(context), targetFor, seal),
    );
    noteRenewed(context, renewed);
    const told = { ...report, renewed };
    if (output === '-') tellOnStderr(context, session, told);
    else tell(context, session, told);
  }
}

/** What was written, and whether the repository was found to be restored or copied. */
type Wanted = WantReport & { readonly renewed: boolean };

function tell(context: Context, session: Session, report: Wanted): void {
  if (context.json) context.printJson(documentOf(report));
  else {
    const what = `${escapeLine(report.file)} (${formatSize(report.bytes)})`;
    context.print(`wrote ${what}: ${contentOf(report)}; ${readersOf(session, report)}`);
  }
  const file = quoteWord(report.file);
  // an own device has nobody to name: what its person's other devices lack goes with any export
  const isForOwn = report.sealedFor?.length === 0;
  const answer = isForOwn ? 'satchel export' : `satchel export --to ${quoteWord(session.self.name)}`;
  context.note(`next, on the other side: satchel import ${file}, then ${answer}`);
}

/** The bundle alone is on stdout, so what is said of it goes elsewhere. */
function tellOnStderr(context: Context, session: Session, report: Wanted): void {
  if (context.json) context.stderr.write(`${jsonText(documentOf(report))}\n`);
  else context.note(`wrote ${formatSize(report.bytes)}: ${contentOf(report)}; ${readersOf(session, report)}`);
}

function documentOf({ sealedFor, ...report }: Wanted): object {
  return { ...report, sealed: sealedFor !== undefined, recipients: sealedFor ?? [] };
}

function readersOf(session: Session, report: WantReport): string {
  return report.sealedFor ? sealedFor(session, report.sealedFor) : IS_OPEN;
}

function contentOf({ missing }: WantReport): string {
  if (missing.blobs === 0) return 'no attachments are missing; it says what is here';
  return `asks for ${attachmentsOf(missing.bytes)}, and says what is here`;
}
