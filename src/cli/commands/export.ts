// satchel export: one bundle with what others lack (spec/cli.md, "Exchange").
import fs from 'node:fs';
import path from 'node:path';
import { EXIT_OF_CODE, SatchelError } from '../../format/error.js';
import { prepareSignatures } from '../../format/signature.js';
import { onDisk } from '../../repository/files.js';
import { type ExportOptions, type ExportReport, exportBundle, planExport } from '../../sync/export.js';
import { assertPlace, type ExportPlace, exportPlace, nameIn } from '../../sync/export-place.js';
import { withSeenTopics } from '../../sync/seen-topics.js';
import { activeContacts, openSession, type Session } from '../../sync/session.js';
import { findTopic } from '../../topic/topics.js';
import { openAuthor } from '../author.js';
import type { Context } from '../context.js';
import { escapeLine, jsonText } from '../escape.js';
import { contentOf, isNothing, leftOf, namesOf } from '../export-words.js';
import { parsePast } from '../moment.js';
import { quoteWord } from '../next.js';
import { OutputClosed } from '../output.js';
import { recipientOf } from '../recipient.js';
import { noteRenewed } from '../renewed.js';
import { formatSize } from '../size.js';
import type { Args } from '../table/commands.js';

const COPY_BYTES = 1_048_576;

/** Writes the bundle, or says that there is nothing to send; 3 when not everything fitted into it. */
export async function run(context: Context, args: Args<'export'>): Promise<number> {
  await prepareSignatures();
  const session = openSession(await context.repository());
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
  if (args.output === '-') return exportToStdout(context, session, options);
  return exportToPlace(context, session, options, placeFor(session, args.output, options));
}

function placeFor(session: Session, output: string | undefined, options: ExportOptions): ExportPlace {
  const place = exportPlace(output);
  const recipients = options.to ?? activeContacts(session);
  assertPlace(place, { device: session.self.device, for: recipients.map(({ person }) => person) });
  return place;
}

function optionsOf(context: Context, session: Session, args: Args<'export'>): ExportOptions {
  const topics = withSeenTopics(session);
  const now = context.world.now();
  return {
    ...(args.to.length > 0 && { to: args.to.map((name) => recipientOf(context, session, name)) }),
    ...(args.topic.length > 0 && { topics: args.topic.map((name) => findTopic(topics, name).topic) }),
    since: args.since === undefined ? undefined : parsePast('--since', args.since, now),
    full: args.full,
  };
}

async function exportToPlace(
  context: Context,
  session: Session,
  options: ExportOptions,
  place: ExportPlace,
): Promise<ExportReport> {
  const author = await openAuthor(context);
  const done = await exportBundle(session, author, options, (serial) => nameIn(place, session.self, serial));
  noteRenewed(context, done.renewed);
  return report(context, session, done.report, 'wrote');
}

/** Written as a whole first: what fails must not leave half a bundle in a pipe. */
async function exportToStdout(context: Context, session: Session, options: ExportOptions): Promise<ExportReport> {
  if (context.stdout.isTerminal) {
    throw new SatchelError('usage', 'a bundle is not text, and standard output is a terminal', {
      hint: 'leave "-o -" out, or send it into a file or a pipe',
    });
  }
  const author = await openAuthor(context);
  const fd = openSpool(session.repository.layout.tmp);
  try {
    const done = await exportBundle(session, author, options, () => ({ name: '-', fd }));
    noteRenewed(context, done.renewed);
    copyToStdout(context, fd, done.report.bytes);
    return reportOnStderr(context, session, done.report);
  } finally {
    fs.closeSync(fd);
  }
}

function openSpool(directory: string): number {
  return onDisk('opening a file in tmp', () => {
    fs.mkdirSync(directory, { recursive: true });
    const file = path.join(directory, `export-bundle-${process.pid}`);
    const fd = fs.openSync(file, 'w+', 0o600);
    // the name goes at once: whatever happens to this process, nothing stays behind
    fs.rmSync(file, { force: true });
    return fd;
  });
}

function copyToStdout(context: Context, fd: number, size: number): void {
  const buffer = Buffer.allocUnsafe(COPY_BYTES);
  try {
    for (let at = 0; at < size; ) {
      const got = onDisk('reading from tmp', () => fs.readSync(fd, buffer, 0, COPY_BYTES, at));
      context.stdout.write(buffer.subarray(0, got));
      at += got;
    }
    context.stdout.flush();
  } catch (cause) {
    if (!(cause instanceof OutputClosed)) throw cause;
    // for text that is no failure, but half a bundle is
    throw new SatchelError('io', 'nobody read the bundle to its end', { cause, hint: 'run the same command again' });
  }
}

function report(context: Context, session: Session, done: ExportReport, verb: string): ExportReport {
  if (context.json) context.printJson(documentOf(done));
  else if (isNothing(done) && done.file === null) context.print(nothingFor(session, done));
  else context.print(`${verb} ${whereOf(done)}: ${contentOf(done)} for ${namesOf(session, done)}`);
  if (done.file !== null) context.note(`next, on the other side: satchel import ${quoteWord(done.file)}`);
  noteLeft(context, done);
  return done;
}

/** The bundle alone is on stdout, so what is said of it goes elsewhere. */
function reportOnStderr(context: Context, session: Session, done: ExportReport): ExportReport {
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

function documentOf(done: ExportReport): object {
  const { file, bytes, logs, entries, messages, left, blobs, blobsLeft } = done;
  return { file, bytes, logs, entries, for: done.for, messages, left, blobs, blobsLeft };
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
