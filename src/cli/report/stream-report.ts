// What a stream did, in words and for programs, and the exit status it leads to (spec/cli.md, "Streams").
import { EXIT_OF_CODE, type SatchelError } from '../../format/error.js';
import { shortId } from '../../format/ids.js';
import { acceptedContact } from '../../identity/relations.js';
import { NOTHING_SETTLED, type Settled } from '../../sync/import/settled.js';
import type { Session } from '../../sync/session.js';
import type { StreamReport } from '../../sync/stream/stream-report.js';
import type { Context } from '../command/context.js';
import { describeFailure } from '../command/errors.js';
import { escapeLine } from '../terminal/escape.js';
import { attachmentsOf, piecesOf, plural } from '../terminal/size.js';
import { writeText } from '../terminal/write-text.js';
import { NO_MESSAGES } from './export-words.js';
import { adviseAfterImport, ofPerson } from './import-advice.js';
import { type ImportDone, settledJson } from './import-json.js';
import { showNew } from './import-report.js';

/** A stream that is over, or could not begin. */
export interface Streamed {
  /** The URL. */
  readonly place: string;
  readonly report: StreamReport | undefined;
  readonly failure: SatchelError | undefined;
  /** What was decided, as it is afterwards. */
  readonly session: Session;
  /** Number of the last commit before. */
  readonly before: number;
  /** What keys of private topics opened behind it. */
  readonly settled?: Settled | undefined;
}

/** Messages that can be read now and were new with it. */
function messagesOf({ report, settled = NOTHING_SETTLED }: Streamed): number {
  return (report?.taken.messages ?? 0) + settled.messages;
}

/** What streams brought, as a hook is told. */
export function broughtOver(streams: readonly Streamed[]): { readonly entries: number; readonly messages: number } {
  return {
    entries: streams.reduce((sum, { report }) => sum + (report?.taken.fresh ?? 0), 0),
    messages: streams.reduce((sum, streamed) => sum + messagesOf(streamed), 0),
  };
}

/** Says it all; of what went wrong also with `--quiet`. */
export function tellStream(context: Context, streamed: Streamed): void {
  const { place, report, failure, session, before, settled = NOTHING_SETTLED } = streamed;
  if (report?.peer && !context.json) {
    context.print(`${escapeLine(place)}: ${lineOf(session, report, messagesOf(streamed))}`);
    tellRefused(context, session, report);
    const done: ImportDone = { session, outcomes: [], before, dryRun: false, carry: `sync ${place}`, settled };
    const isShown = showNew(context, done, messagesOf(streamed));
    if (!context.quiet) adviseAfterImport(context, done, { isShown, isRenewed: false });
  }
  if (!failure) return;
  // whoever ended it gets the status of the signal
  const exit = context.interrupted();
  const { text } = describeFailure(failure, { json: context.json, file: place, ...(exit && { within: { exit } }) });
  context.stdout.flush();
  writeText(context.stderr, text);
}

/** Who was there, what came and what went. */
function lineOf(session: Session, report: StreamReport, messages: number): string {
  const { taken, sent, failure } = report;
  if (failure && taken.fresh + taken.blobs + taken.skipped + sent.entries + sent.blobs === 0)
    return `${nameOf(session, report)} was there; it ended before anything came or was taken`;
  const came = messages > 0 ? plural(messages, 'new message') : taken.fresh > 0 ? NO_MESSAGES : 'nothing new';
  const attached = taken.blobBytes > 0 ? `, ${attachmentsOf(taken.blobBytes)}` : '';
  const left = taken.skipped > 0 ? `, ${piecesOf(taken.skipped)} not taken` : '';
  return `from ${nameOf(session, report)}: ${came}${attached}${left}; sent: ${sentWords(sent)}`;
}

function sentWords({ entries, messages, blobBytes }: StreamReport['sent']): string {
  const parts = messages > 0 ? [plural(messages, 'message')] : [];
  if (blobBytes > 0) parts.push(attachmentsOf(blobBytes));
  if (parts.length > 0) return parts.join(', ');
  return entries > 0 ? NO_MESSAGES : 'nothing';
}

/** By its petname, or as oneself. */
function nameOf(session: Session, { peer }: StreamReport): string {
  if (!peer) return 'nobody';
  if (peer.person === session.self.person) return 'your other device';
  return escapeLine(acceptedContact(session, peer.person)?.petname ?? shortId(peer.person));
}

function tellRefused(context: Context, session: Session, { taken }: StreamReport): void {
  for (const { log, code, message } of taken.refused) {
    const whose = ofPerson(session, session.repository.log(log)?.person);
    writeText(context.stderr, `satchel: error: ${escapeLine(`log ${shortId(log)}${whose}: ${message} (${code})`)}\n`);
  }
}

/** The same for programs. */
export function streamJson(streamed: Streamed): object {
  const { place, report, failure, session, settled } = streamed;
  return {
    place,
    peer: report?.peer
      ? { person: report.peer.person, device: report.peer.device, name: nameOf(session, report) }
      : null,
    new: report?.taken.fresh ?? 0,
    messages: messagesOf(streamed),
    known: report?.taken.known ?? 0,
    skipped: report?.taken.skipped ?? 0,
    attachments: { chunks: report?.taken.blobs ?? 0, bytes: report?.taken.blobBytes ?? 0 },
    refused: report?.taken.refused ?? [],
    ...settledJson(settled),
    sent: report?.sent ?? { entries: 0, messages: 0, blobs: 0, blobBytes: 0 },
    bytesIn: report?.bytesIn ?? 0,
    bytesOut: report?.bytesOut ?? 0,
    rounds: report?.rounds ?? 0,
    error: failure
      ? { code: failure.code, message: failure.message, ...(failure.hint && { hint: failure.hint }) }
      : null,
  };
}

/** 0 when all was well; 3 when something was refused, or it ended when something had been taken; else what it failed of. */
export function exitOfStream({ report, failure }: Streamed): number {
  const hasTaken = report !== undefined && report.taken.fresh + report.taken.blobs + report.sent.entries > 0;
  if (failure) return hasTaken && failure.exit >= EXIT_OF_CODE.io ? EXIT_OF_CODE.refused : failure.exit;
  return report && report.taken.refused.length > 0 ? EXIT_OF_CODE.refused : 0;
}
