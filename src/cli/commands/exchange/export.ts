// satchel export: one bundle with what others lack (spec/cli.md, "Exchange").

import { EXIT_OF_CODE } from '../../../format/error.js';
import type { PersonId } from '../../../format/ids.js';
import { type ExportReport, exportBundle, planExport } from '../../../sync/export/export.js';
import { exportPlace } from '../../../sync/export/export-place.js';
import type { ExportOptions } from '../../../sync/export/options.js';
import type { Seal } from '../../../sync/export/seal.js';
import { WrittenParts } from '../../../sync/export/written-parts.js';
import { allRecipients, type Recipient } from '../../../sync/known/recipients.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import { activeContacts, openSession, type Session } from '../../../sync/session.js';
import { findTopic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { contentOf, isNothing, leftOf, readersOf } from '../../report/export-words.js';
import { noteRenewed } from '../../report/renewed.js';
import { escapeLine, jsonText } from '../../terminal/escape.js';
import { parsePast } from '../../terminal/moment.js';
import { formatSize } from '../../terminal/size.js';
import { withTransfer } from '../../terminal/transfer.js';
import { openAuthor } from '../conversation/author.js';
import { toOutput } from './bundle-output.js';
import { receiversOf } from './recipient.js';
import { assertOneFile, sealingFor } from './sealing.js';
import { partName, roomOf } from './split.js';

/** It is read where it is stored, and written; what is sealed is written in the open first, where nobody sees it, and read. */
const OPEN_PASSES = 2;
const SEALED_PASSES = 4;

/** Writes the bundle, or says that there is nothing to send; 3 when not everything fitted, or somebody was left out. */
export async function run(context: Context, args: Args<'export'>): Promise<number> {
  const session = openSession(await context.repository());
  // a stranger is known by its card, and a proof is verified before it is passed on
  const { 'export.uncompressed': isPlain } = await context.config();
  const asked = { ...optionsOf(context, session, args), uncompressed: args.uncompressed || isPlain };
  const sealing = await sealingFor(context, session, args, asked.to);
  const isSplit = args.maxSize !== undefined && !args.dryRun;
  if (!args.dryRun) assertOneFile(sealing, args.output, exportPlace(args.output).kind === 'directory');
  let isWhole = true;
  for (const seal of sealing.seals) {
    const options = seal ? { ...asked, seal, to: sealedRecipients(session, seal, asked) } : asked;
    const request = { args, leftOut: sealing.leftOut };
    const done = isSplit
      ? await performInParts(context, session, options, request)
      : await perform(context, session, options, request);
    isWhole &&= leftOf(done) === '';
  }
  return isWhole ? 0 : EXIT_OF_CODE.refused;
}

/** Of those asked for, those that this file is sealed for. */
function sealedRecipients(session: Session, seal: Seal, { to }: ExportOptions): readonly Recipient[] {
  return (to ?? allRecipients(session)).filter(
    ({ person }) => person === session.self.person || seal.for.includes(person),
  );
}

/** Files that the next command names, at most. */
const NAMED_MAX = 4;

/** What was asked for, and who gets nothing of it. */
interface Request {
  readonly args: Args<'export'>;
  readonly leftOut: readonly PersonId[];
  /** Of several files this one. */
  readonly part?: Part;
}

interface Part {
  readonly number: number;
  /** Told what the file holds. */
  onHeld(held: Parameters<WrittenParts['add']>[0]): void;
}

/** One file after the other, until nothing is left, or none of it finds room. */
async function performInParts(
  context: Context,
  session: Session,
  options: ExportOptions,
  request: Request,
): Promise<ExportReport> {
  const parts = new WrittenParts();
  const files: string[] = [];
  for (let number = 1; ; number++) {
    let isNew = false;
    const onHeld: Part['onHeld'] = (held) => {
      isNew = parts.add(held);
    };
    const part = { number, onHeld };
    const done = await write(context, session, { ...options, parts }, { ...request, part });
    if (done.file !== null) files.push(done.file);
    // a file that brings nothing is the last one, whatever is left: the next would be the same
    if (isNew && leftOf(done) !== '') continue;
    if (files.length > 0) noteNext(context, files);
    if (done.file !== null) sayLeft(context, done, LARGER);
    return done;
  }
}

async function perform(
  context: Context,
  session: Session,
  options: ExportOptions,
  { args, leftOut }: Request,
): Promise<ExportReport> {
  if (args.dryRun) {
    // all that the files would hold together
    const asked = args.maxSize === undefined ? options : { ...options, maxBytes: undefined };
    return report(context, session, { ...planExport(session, asked), leftOut }, 'would write');
  }
  return write(context, session, options, { args, leftOut });
}

/** What was written, and whether the repository was found to be restored or copied. */
type Done = ExportReport & {
  readonly renewed?: boolean;
  readonly leftOut: readonly PersonId[];
  /** The number of the file, where there may be several. */
  readonly part?: number | undefined;
};

function optionsOf(context: Context, session: Session, args: Args<'export'>): ExportOptions {
  const topics = withSeenTopics(session);
  const now = context.world.now();
  return {
    ...(args.to.length > 0 && { to: receiversOf(context, session, args.to) }),
    ...(args.topic.length > 0 && { topics: args.topic.map((name) => findTopic(topics, name).topic) }),
    since: args.since === undefined ? undefined : parsePast('--since', args.since, now),
    full: args.full,
    maxBytes: roomOf(args),
  };
}

async function write(context: Context, session: Session, options: ExportOptions, { args, leftOut, part }: Request) {
  const { armor } = args;
  const named = part ? partName(args.output, part.number) : args.output;
  const output = armor ? (named ?? '-') : named;
  const recipients = options.to ?? allRecipients(session);
  const claim = { device: session.self.device, for: [...new Set(recipients.map(({ person }) => person))] };
  const { report: done, renewed } = await toOutput(context, session, { output, claim, armor }, async (targetFor) => {
    const author = await openAuthor(context);
    const exported = await withTransfer(context, (transfer) => {
      const writing = (bytes: number): void =>
        transfer.begin(`writing ${escapeLine(output ?? 'a bundle')}`, {
          bytes,
          passes: options.seal ? SEALED_PASSES : OPEN_PASSES,
        });
      return exportBundle(session, author, { ...options, writing }, targetFor);
    });
    noteRenewed(context, exported.renewed);
    if (exported.held) part?.onHeld(exported.held);
    return exported;
  });
  const told = { ...done, renewed, leftOut, part: part?.number };
  return output === '-' ? reportOnStderr(context, session, told) : report(context, session, told, 'wrote');
}

function noteNext(context: Context, files: readonly string[]): void {
  const named = files.length > NAMED_MAX ? 'FILE... (all of these)' : files.map(quoteWord).join(' ');
  context.note(`next, on the other side: satchel import ${named}`);
}

function report(context: Context, session: Session, done: Done, verb: string): ExportReport {
  if (context.json) context.printJson(documentOf(done));
  else if (isRest(done)) return done;
  else if (isNothing(done) && done.file === null) context.print(nothingFor(session, done));
  else context.print(`${verb} ${whereOf(done)}: ${contentOf(done)}${readersOf(session, done)}`);
  if (done.file !== null && done.part === undefined) noteNext(context, [done.file]);
  noteLeft(context, done);
  return done;
}

/** The bundle alone is on stdout, so what is said of it goes elsewhere. */
function reportOnStderr(context: Context, session: Session, done: Done): ExportReport {
  if (context.json) context.stderr.write(`${jsonText(documentOf(done))}\n`);
  else if (done.file === null) context.note(nothingFor(session, done));
  else context.note(`wrote ${formatSize(done.bytes)}: ${contentOf(done)}${readersOf(session, done)}`);
  noteLeft(context, done);
  return done;
}

/** Whether there was nothing to add to the files that are written. */
function isRest({ part = 1, file, left, blobsLeft }: Done): boolean {
  return part > 1 && file === null && left === 0 && blobsLeft.count === 0;
}

function noteLeft(context: Context, done: Done): void {
  // what has no room in a file has some in the next
  if (done.part === undefined) sayLeft(context, done, 'export again once this has arrived');
  else if (done.file === null) sayLeft(context, done, LARGER);
}

/** What has no room in any file of that size. */
const LARGER = 'a larger --max-size has it';

function sayLeft(context: Context, done: ExportReport, advice: string): void {
  const left = leftOf(done);
  if (left !== '') context.note(`${left} found no room; ${advice}`);
}

function documentOf(done: Done): object {
  const { file, bytes, logs, entries, messages, left, blobs, blobsLeft, sealedFor = [], leftOut } = done;
  const sealed = done.sealedFor !== undefined;
  const counts = { file, bytes, logs, entries, for: done.for, messages, left, blobs, blobsLeft };
  return { ...counts, renewed: done.renewed ?? false, sealed, recipients: sealedFor, leftOut, part: done.part ?? null };
}

function whereOf({ file, bytes }: ExportReport): string {
  return `${file === null ? 'a bundle' : escapeLine(file)} (${formatSize(bytes)})`;
}

function nothingFor(session: Session, done: Done): string {
  const { part = 1 } = done;
  if (leftOf(done) !== '') return `${part > 1 ? 'no further file' : 'nothing'} was written: none of it fits`;
  return activeContacts(session).length === 0
    ? 'nothing to send: nothing was posted yet'
    : 'nothing to send: everybody is known to have everything';
}
