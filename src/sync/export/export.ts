// Export: one bundle with what the recipients are not known to hold (spec/bundle.md, "What an export holds").

import type { Digest, LogId, PersonId } from '../../format/ids.js';
import { logOfProof } from '../../format/log/proof.js';
import { nextSerial } from '../../identity/self.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import { appendEvent } from '../../repository/journal.js';
import { withOwnCard } from '../../topic/writing/own-card.js';
import type { Author } from '../../topic/writing/own-log.js';
import { checkNotes } from '../../topic/writing/renew.js';
import { noteRenewalExported } from '../../topic/writing/renewal.js';
import { noteCardSent } from '../../topic/writing/rotation.js';
import { writeAgain } from '../../topic/writing/write-again.js';
import { eventFile, eventRanges } from '../event-fields.js';
import { audienceOf } from '../known/audience.js';
import { noteSent, noteTold } from '../known/pending-statements.js';
import type { Session } from '../session.js';
import { acknowledge, dueAcks } from './acknowledge.js';
import { draftExport, type ExportDraft, entriesOf } from './export-draft.js';
import { type ExportTarget, writeTo } from './export-target.js';
import type { BlobTally, ExportOptions } from './options.js';
import { countMessages } from './pending.js';
import type { Piece } from './pieces.js';
import { type Choice, chooseExport, destinationOf, mergePending } from './plan.js';
import { publishPerson } from './publish.js';
import { publishPrivate } from './publish-private.js';
import { type Seal, sealedSize } from './seal.js';
import { openSealing, withPadding } from './sealing.js';
import { type BundleParts, sizeOfBundle } from './write-bundle.js';

/** What was exported; `file` is null when there was nothing to send. */
export interface ExportReport {
  readonly file: string | null;
  /** Of the file, sealed or not. */
  readonly bytes: number;
  /** Whom the file is sealed for; undefined when it is open. */
  readonly sealedFor?: readonly PersonId[] | undefined;
  readonly logs: number;
  readonly entries: number;
  /** Of the entries in it: messages. */
  readonly messages: number;
  readonly for: readonly PersonId[];
  /** Entries that found no room. */
  readonly left: number;
  readonly blobs: BlobTally;
  /** What found no room. */
  readonly blobsLeft: BlobTally;
}

const NO_BLOBS: BlobTally = Object.freeze({ count: 0, bytes: 0 });
const NOTHING: ExportReport = {
  file: null,
  bytes: 0,
  logs: 0,
  entries: 0,
  messages: 0,
  for: [],
  left: 0,
  blobs: NO_BLOBS,
  blobsLeft: NO_BLOBS,
};

/** What came of an export. */
export interface Exported {
  readonly report: ExportReport;
  /** The author as it is afterwards. */
  readonly author: Author;
  /** The repository was found to be restored or copied, and its logs were given up. */
  readonly renewed: boolean;
  /** What the bundle holds; undefined when there was nothing to send. */
  readonly held?: Pick<BundleParts, 'pieces' | 'blobs'> | undefined;
}

/** What goes, chosen. */
export interface Drafted extends Omit<Exported, 'report' | 'held'> {
  readonly session: Session;
  readonly choice: Choice;
  readonly draft: ExportDraft | undefined;
}

/** What is ready to be written. */
interface Prepared extends Drafted {
  readonly serial: number;
}

/**
 * Acknowledges what is due, then writes one bundle to the target for the bundle's serial. Only choosing needs the
 * repository's lock: a bundle that takes long to write keeps no other command waiting.
 * @throws SatchelError `busy`, `io`, `no-space`; a named file is there as a whole or not at all
 */
export async function exportBundle(
  session: Session,
  author: Author,
  options: ExportOptions,
  targetFor: (serial: number) => ExportTarget,
): Promise<Exported> {
  const prepared = await session.repository.lockedAsync(() => prepare(session, author, options));
  const { author: current, renewed, draft } = prepared;
  try {
    const report = draft ? await write(prepared, draft, options, targetFor) : NOTHING;
    return { report, author: current, renewed, held: report.file === null ? undefined : draft?.parts };
  } finally {
    draft?.close();
  }
}

/** What an export would write now; changes nothing. Acks that are due are counted, but not in `bytes`. */
export function planExport(session: Session, options: ExportOptions): ExportReport {
  const audience = audienceOf(session, options);
  const isFree = options.topics === undefined && !audience.isLimited;
  const acks = dueAcks(session).filter(({ topic }) => isFree || audience.topics.includes(topic));
  const choice = chooseExport(session, options);
  if (choice.pending.length === 0 && acks.length === 0) return NOTHING;
  const draft = draftExport(session, choice, options);
  try {
    const { pieces } = draft.parts;
    const everybody = [...new Set(audience.recipients.map(({ person }) => person))];
    return {
      file: null,
      bytes: sizeOfFile(draft.parts, options.seal),
      sealedFor: options.seal?.for,
      logs: new Set([...draft.logs, ...acks].map(({ log }) => log)).size,
      entries: entriesOf(pieces) + acks.length,
      messages: messagesIn(session, pieces),
      for: acks.length > 0 ? everybody : draft.recipients,
      left: draft.left,
      blobs: draft.blobs,
      blobsLeft: draft.blobsLeft,
    };
  } finally {
    draft.close();
  }
}

/** Bytes of the file that holds the bundle. */
function sizeOfFile(parts: BundleParts, seal: Seal | undefined): number {
  return seal ? sealedSize(seal, sizeOfBundle(withPadding(parts, seal))) : sizeOfBundle(parts);
}

async function prepare(session: Session, author: Author, options: ExportOptions): Promise<Prepared> {
  const prepared = await draftAfterAcks(session, author, options);
  return { ...prepared, serial: prepared.draft?.isWorthIt ? nextSerial(session.repository.directory) : 0 };
}

/**
 * Writes again what has to be, acknowledges what is due, and drafts what goes then; the draft, if there is one, is to be
 * closed. Only under the repository's lock.
 */
export async function draftAfterAcks(session: Session, author: Author, options: ExportOptions): Promise<Drafted> {
  const { repository } = session;
  // a restored device must not speak on in its old epoch, where its serials are spent
  const { author: checked, renewed } = await checkNotes(repository, author);
  const again = await writeAgain(repository, await withOwnCard(repository, checked));
  const shared = await publishPrivate(session, await publishPerson(repository, again.author));
  const current = await acknowledge(session, shared);
  const own = { ...session, self: current.self };
  const choice = chooseExport(own, options);
  const draft = choice.pending.length > 0 ? draftExport(own, choice, options) : undefined;
  return { session: own, choice, draft, author: current, renewed: renewed || again.renewed };
}

async function write(
  { session, choice, author, serial }: Prepared,
  draft: ExportDraft,
  options: ExportOptions,
  targetFor: (serial: number) => ExportTarget,
): Promise<ExportReport> {
  const { repository } = session;
  const { left, blobsLeft } = draft;
  if (!draft.isWorthIt) return { ...NOTHING, left, blobsLeft };
  const parts = { ...draft.parts, draft: { ...draft.parts.draft, serial } };
  const sealing = options.seal && (await openSealing(session, options.seal));
  const target = targetFor(serial);
  options.writing?.(sizeOfFile(parts, options.seal));
  const { file, bytes, digest } = writeTo(target, parts, author.secrets.device, sealing);
  const report = {
    file,
    bytes,
    sealedFor: options.seal?.for,
    logs: countLogs(parts.pieces),
    entries: entriesOf(parts.pieces),
    messages: messagesIn(session, parts.pieces),
    for: draft.recipients,
    left,
    blobs: draft.blobs,
    blobsLeft,
  };
  const drive = options.drive?.id;
  const told = { report, drive, digest };
  const noted = () => repository.lockedAsync(async () => note(session, choice, { ...draft, parts }, told));
  await (typeof target === 'object' && 'place' in target && target.whenGone ? target.whenGone(noted) : noted());
  return report;
}

/** What became of a bundle. */
export interface Told {
  readonly report: ExportReport;
  readonly drive: string | undefined;
  /** Of the file, where it is sealed. */
  readonly digest: Digest | undefined;
}

function note(session: Session, choice: Choice, draft: ExportDraft, told: Told): void {
  noteGone(session, choice, draft, told.drive);
  tellJournal(session, draft.parts, told);
}

/** What was chosen and went, as far as it has to be known later. */
export interface Gone extends Pick<ExportDraft, 'devices' | 'isWhole'> {
  readonly parts: Pick<BundleParts, 'frontier' | 'proofs'>;
}

/** Notes what the next export has to know of this one. Only under the repository's lock. */
export function noteGone(
  session: Session,
  { pending, exact, about, logs }: Choice,
  { parts, devices, isWhole }: Gone,
  drive?: string,
): void {
  const { repository } = session;
  const isTold = (log: LogId): boolean => parts.frontier.has(log) || repository.held(log).length === 0;
  if (!exact) noteTold(repository, devices, isTold);
  // what the disk could not read this time did not go
  const isRead = pending.every(({ logs }) => logs.every(({ log }) => repository.unreadable(log) === undefined));
  if (!exact && isWhole && isRead) {
    // a proof that found no room is not sent, whatever else was
    const told = new Set(parts.proofs.map(logOfProof));
    const went = pending.map((one) => ({ ...one, proofs: one.proofs.filter((log) => told.has(log)) }));
    const sent = new Map(went.map((one) => [destinationOf(session, one, drive, about), one]));
    noteSent(repository, sent, new Set(logs.map(({ log }) => log)));
  }
  noteRenewalExported(repository.layout);
  noteCardSent(repository, storedCardBytes(session.self.card));
}

/** The journal's line on it. Only under the repository's lock. */
export function tellJournal(
  { repository }: Session,
  { draft: { created, serial }, pieces }: Pick<BundleParts, 'draft' | 'pieces'>,
  { report, drive, digest }: Told,
): void {
  const { blobs, blobsLeft: _, sealedFor, ...counts } = report;
  const event = {
    at: created,
    type: 'export',
    ...counts,
    ...(sealedFor && { for: sealedFor, sealed: true, digest }),
    serial,
    drive,
    ...eventRanges(pieces.map(({ record }) => record)),
    file: eventFile(report.file ?? '-'),
  };
  appendEvent(repository.layout, { ...event, ...(blobs.count > 0 && { blobs: blobs.count }) }, 'exports');
}

/** Messages in the pieces, whether their recipients lacked all of them or not: it is what the bundle holds that counts. */
export function messagesIn({ repository }: Session, pieces: readonly Piece[]): number {
  const ranges = pieces.map(({ record: { log, first, end } }) => ({ log, ranges: [{ from: first, end }] }));
  return countMessages(repository, mergePending(ranges));
}

export function countLogs(pieces: readonly Piece[]): number {
  return new Set(pieces.map(({ record }) => record.log)).size;
}
