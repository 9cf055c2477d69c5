// satchel export: one bundle with what others lack (spec/cli.md, "Exchange").

import { EXIT_OF_CODE } from '../../../format/error.js';
import { type ExportReport, exportBundle, planExport } from '../../../sync/export/export.js';
import type { ExportOptions } from '../../../sync/export/options.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import { activeContacts, openSession, type Session } from '../../../sync/session.js';
import { findTopic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { contentOf, isNothing, leftOf, namesOf } from '../../report/export-words.js';
import { noteRenewed } from '../../report/renewed.js';
import { escapeLine, jsonText } from '../../terminal/escape.js';
import { parsePast } from '../../terminal/moment.js';
import { formatSize } from '../../terminal/size.js';
import { openAuthor } from '../conversation/author.js';
import { toOutput } from './bundle-output.js';
import { receiversOf } from './recipient.js';

/** Writes the bundle, or says that there is nothing to send; 3 when not everything fitted into it. */
export async function run(context: Context, args: Args<'export'>): Promise<number> {
  const session = openSession(await context.repository());
  // a stranger is known by its card, and a proof is verified before it is passed on
  const { 'export.uncompressed': isPlain } = await context.config();
  const options = { ...optionsOf(context, session, args), uncompressed: args.uncompressed || isPlain };
  const done = await perform(context, session, options, args);
  return leftOf(done) === '' ? 0 : EXIT_OF_CODE.refused;
}

async function perform(
  context: Context,
  session: Session,
  options: ExportOptions,
  args: Args<'export'>,
): Promise<ExportReport> {
  if (args.dryRun) return report(context, session, planExport(session, options), 'would write');
  return write(context, session, options, args.output);
}

/** What was written, and whether the repository was found to be restored or copied. */
type Done = ExportReport & { readonly renewed?: boolean };

function optionsOf(context: Context, session: Session, args: Args<'export'>): ExportOptions {
  const topics = withSeenTopics(session);
  const now = context.world.now();
  return {
    ...(args.to.length > 0 && { to: receiversOf(context, session, args.to) }),
    ...(args.topic.length > 0 && { topics: args.topic.map((name) => findTopic(topics, name).topic) }),
    since: args.since === undefined ? undefined : parsePast('--since', args.since, now),
    full: args.full,
  };
}

async function write(context: Context, session: Session, options: ExportOptions, output: string | undefined) {
  const recipients = options.to ?? activeContacts(session);
  const claim = { device: session.self.device, for: recipients.map(({ person }) => person) };
  const { report: done, renewed } = await toOutput(context, session, { output, claim }, async (targetFor) => {
    const author = await openAuthor(context);
    const exported = await exportBundle(session, author, options, targetFor);
    noteRenewed(context, exported.renewed);
    return exported;
  });
  const told = { ...done, renewed };
  return output === '-' ? reportOnStderr(context, session, told) : report(context, session, told, 'wrote');
}

function report(context: Context, session: Session, done: Done, verb: string): ExportReport {
  if (context.json) context.printJson(documentOf(done));
  else if (isNothing(done) && done.file === null) context.print(nothingFor(session, done));
  else context.print(`${verb} ${whereOf(done)}: ${contentOf(done)} for ${namesOf(session, done)}`);
  if (done.file !== null) context.note(`next, on the other side: satchel import ${quoteWord(done.file)}`);
  noteLeft(context, done);
  return done;
}

/** The bundle alone is on stdout, so what is said of it goes elsewhere. */
function reportOnStderr(context: Context, session: Session, done: Done): ExportReport {
  if (context.json) context.stderr.write(`${jsonText(documentOf(done))}\n`);
  else if (done.file === null) context.note(nothingFor(session, done));
  else context.note(`wrote ${formatSize(done.bytes)}: ${contentOf(done)} for ${namesOf(session, done)}`);
  noteLeft(context, done);
  return done;
}

function noteLeft(context: Context, done: ExportReport): void {
  const left = leftOf(done);
  if (left !== '') context.note(`${left} found no room; export again once this has arrived`);
}

function documentOf(done: Done): object {
  const { file, bytes, logs, entries, messages, left, blobs, blobsLeft, renewed = false } = done;
  return { file, bytes, logs, entries, for: done.for, messages, left, blobs, blobsLeft, renewed };
}

function whereOf({ file, bytes }: ExportReport): string {
  return `${file === null ? 'a bundle' : escapeLine(file)} (${formatSize(bytes)})`;
}

function nothingFor(session: Session, done: ExportReport): string {
  if (leftOf(done) !== '') return 'nothing was written: none of it fits';
  return activeContacts(session).length === 0
    ? 'nothing to send: nothing was posted yet'
    : 'nothing to send: everybody is known to have everything';
}
