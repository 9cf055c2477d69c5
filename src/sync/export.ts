// Export: one bundle with what the recipients are not known to hold (spec/bundle.md, "What an export holds").
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../format/error.js';
import type { DeviceKey, LogId, PersonId, TopicId } from '../format/ids.js';
import { BUNDLE_MAX, PROOFS_MAX } from '../format/limits.js';
import type { Range } from '../format/meta.js';
import { nextSerial } from '../identity/self.js';
import { onDisk } from '../repository/files.js';
import { readProof } from '../repository/forks.js';
import { appendEvent } from '../repository/journal.js';
import { type Author, checkToken } from '../topic/own-log.js';
import { acknowledge, countUnacknowledged, dueAcks } from './acknowledge.js';
import { choosePending, destinationOf, exactPending, mergePending } from './choose.js';
import { eventFile, eventRanges } from './event-fields.js';
import { fitPieces } from './fit.js';
import type { Recipient } from './knowledge.js';
import { safeNow } from './maintain.js';
import { noteTold, readOwed } from './owed.js';
import { ownFrontier } from './own-frontier.js';
import { countMessages, type Pending, type PendingLog } from './pending.js';
import { type Piece, PieceBuilder } from './pieces.js';
import { noteSent } from './sent.js';
import { activeContacts, type Session } from './session.js';
import { type BundleParts, sizeOfBundle, writeBundle, writeBundleFile } from './write-bundle.js';

/** Bytes by which headers and padding of a bundle may grow when segments go in. */
const FRAME_SLACK = 8_192;

/** What to export. */
export interface ExportOptions {
  /** For whom; absent: for everybody known. */
  readonly to?: readonly Recipient[] | undefined;
  /** Only these topics; absent: all joined and carried ones, or all for who carries all. */
  readonly topics?: readonly TopicId[] | undefined;
  /** Only what was written since, ms. */
  readonly since?: number | undefined;
  /** Everything, whatever was acknowledged. */
  readonly full?: boolean | undefined;
  readonly uncompressed?: boolean | undefined;
  /** A drive that the bundle is to lie on: what it holds already is left out. */
  readonly drive?: DriveHoldings | undefined;
  /** When there is something to send at all, this goes along, whatever the recipients hold. */
  readonly also?: readonly PendingLog[] | undefined;
  /** What goes is said here, whatever anybody holds; nobody is expected to answer. */
  readonly exactly?: ((session: Session) => ExactExport) | undefined;
  /** The bundle is to take no more bytes than this: the newest conversations first, the rest another time. */
  readonly maxBytes?: number | undefined;
}

/** What lies on a drive, as verified here. */
export interface DriveHoldings {
  readonly id: string;
  /** Ranges of the log; ascending. */
  holds(log: LogId): readonly Range[];
}

/** An export that does not go by what the recipients lack. */
export interface ExactExport {
  readonly logs: readonly PendingLog[];
  /** Of their pieces those that go along and find room in so many bytes, lying back to back. */
  fit(pieces: readonly Piece[], bytes: number): readonly Piece[];
}

/** What was exported; `file` is null when there was nothing to send. */
export interface ExportReport {
  readonly file: string | null;
  readonly bytes: number;
  readonly logs: number;
  readonly entries: number;
  /** Of the entries: messages. */
  readonly messages: number;
  readonly for: readonly PersonId[];
  /** Entries that found no room. */
  readonly left: number;
}

const NOTHING: ExportReport = { file: null, bytes: 0, logs: 0, entries: 0, messages: 0, for: [], left: 0 };

/** Where the bundle goes: a file by its name, one that is open and empty, or somewhere that has its own way of writing. */
export type ExportTarget =
  | string
  | { readonly name: string; readonly fd: number }
  | { readonly place: (write: (fd: number) => number) => { readonly file: string; readonly bytes: number } };

/** What came of an export. */
export interface Exported {
  readonly report: ExportReport;
  /** The author as it is afterwards. */
  readonly author: Author;
  /** The repository was found to be restored or cloned, and its logs were given up. */
  readonly renewed: boolean;
}

/**
 * Acknowledges what is due, then writes one bundle to the target for the bundle's serial.
 * @throws SatchelError `busy`, `io`, `no-space`; a named file is there as a whole or not at all
 */
export function exportBundle(
  session: Session,
  author: Author,
  options: ExportOptions,
  targetFor: (serial: number) => ExportTarget,
): Promise<Exported> {
  return session.repository.lockedAsync(async () => {
    // a restored device must not speak on in its old epoch, where its serials are spent
    const checked = await checkToken(session.repository, author);
    const current = await acknowledge(session, checked.author);
    const report = exportLocked({ ...session, self: current.self }, current, options, targetFor);
    return { report, author: current, renewed: checked.renewed };
  });
}

/** What an export would write now; changes nothing. Acks that are due are counted, but not in `bytes`. */
export function planExport(session: Session, options: ExportOptions): ExportReport {
  const { repository } = session;
  const acks = dueAcks(session).filter(({ topic }) => options.topics?.includes(topic) ?? true);
  const exact = options.exactly?.(session);
  const pending = exact ? exactPending(session, options, exact.logs) : choosePending(session, options);
  if (pending.length === 0 && acks.length === 0) return NOTHING;
  const logs = mergePending([...pending.flatMap((one) => one.logs), ...(options.also ?? [])]);
  const builder = new PieceBuilder(repository, { uncompressed: options.uncompressed, now: safeNow(session) });
  try {
    for (const log of logs) builder.add(log);
    const pieces = exact ? exact.fit(builder.pieces, options.maxBytes ?? BUNDLE_MAX) : builder.pieces;
    const everybody = (options.to ?? activeContacts(session)).map((contact) => contact.person);
    const recipients = acks.length > 0 ? everybody : recipientsOf(session, pending);
    return {
      file: null,
      bytes: sizeOfBundle(
        partsOf(session, pieces, pending, {
          for: recipients,
          devices: devicesOf(session, recipients, options),
          serial: session.self.serial + 1,
        }),
      ),
      logs: new Set([...logs, ...acks].map(({ log }) => log)).size,
      entries: entriesOf(pieces) + acks.length,
      messages: countMessages(repository, logs),
      for: recipients,
      left: 0,
    };
  } finally {
    builder.close();
  }
}

function exportLocked(
  session: Session,
  author: Author,
  options: ExportOptions,
  targetFor: (serial: number) => ExportTarget,
): ExportReport {
  const { repository } = session;
  const exact = options.exactly?.(session);
  const pending = exact ? exactPending(session, options, exact.logs) : choosePending(session, options);
  if (pending.length === 0) return NOTHING;
  const logs = mergePending([...pending.flatMap((one) => one.logs), ...(options.also ?? [])]);
  const builder = new PieceBuilder(repository, { uncompressed: options.uncompressed, now: safeNow(session) });
  try {
    for (const log of logs) builder.add(log);
    const recipients = recipientsOf(session, pending);
    const given = { for: recipients, devices: devicesOf(session, recipients, options) };
    const draft = partsOf(session, builder.pieces, pending, { ...given, serial: session.self.serial + 1 });
    const pieces = withinSpace(draft, options.maxBytes, exact);
    if (pieces.length === 0 && logs.length > 0) return { ...NOTHING, left: entriesOf(builder.pieces) };
    const serial = nextSerial(repository.directory);
    const parts = { ...draft, draft: { ...draft.draft, serial }, pieces };
    const { file, bytes } = writeTo(targetFor(serial), parts, author.secrets.device);
    const isTold = (log: LogId): boolean => parts.frontier.has(log) || repository.held(log).length === 0;
    if (!exact) noteTold(repository, given.devices, isTold);
    if (!exact && pieces === builder.pieces) {
      const sent = new Map(pending.map((one) => [destinationOf(one.person, options), one]));
      noteSent(repository, sent, countUnacknowledged(session));
    }
    const entries = entriesOf(pieces);
    const left = entriesOf(builder.pieces) - entries;
    const report = {
      file,
      bytes,
      logs: countLogs(pieces),
      entries,
      messages: countMessages(repository, logs),
      for: recipients,
      left,
    };
    const drive = options.drive?.id;
    const ranges = eventRanges(pieces.map(({ record }) => record));
    const event = { at: parts.draft.created, type: 'export', ...report, serial, drive, ...ranges };
    appendEvent(repository.layout, { ...event, file: eventFile(file) }, 'exports');
    return report;
  } finally {
    builder.close();
  }
}

/** All pieces, or as many as fit; room for everything but segments is set aside first. */
function withinSpace(
  parts: BundleParts,
  maxBytes: number | undefined,
  exact: ExactExport | undefined,
): readonly Piece[] {
  const limit = Math.min(maxBytes ?? BUNDLE_MAX, BUNDLE_MAX);
  if (!exact && sizeOfBundle(parts) <= limit) return parts.pieces;
  const frame = sizeOfBundle({ ...parts, pieces: [] }) + FRAME_SLACK;
  return exact ? exact.fit(parts.pieces, limit - frame) : fitPieces(parts.pieces, limit - frame);
}

function countLogs(pieces: readonly Piece[]): number {
  return new Set(pieces.map(({ record }) => record.log)).size;
}

function partsOf(
  session: Session,
  pieces: readonly Piece[],
  pending: readonly Pending[],
  given: { readonly for: readonly PersonId[]; readonly devices: readonly DeviceKey[]; readonly serial: number },
): BundleParts {
  const { device, epoch, card } = session.self;
  const { devices, ...rest } = given;
  const draft = { key: device, epoch, created: session.repository.world.now(), card, ...rest };
  const owed = devices.flatMap((recipient) => readOwed(session.repository, recipient));
  // whoever gets a log from us needs to know that we hold it, or would send it back
  const first = [...owed, ...pieces.map(({ record }) => record.log)];
  return { draft, frontier: ownFrontier(session, first), proofs: proofsIn(session, pending), pieces };
}

function devicesOf(session: Session, persons: readonly PersonId[], options: ExportOptions): DeviceKey[] {
  const recipients = options.to ?? activeContacts(session);
  return recipients.flatMap(({ person, device }) => (persons.includes(person) ? device : []));
}

function writeTo(target: ExportTarget, parts: BundleParts, seed: Buffer): { file: string; bytes: number } {
  if (typeof target === 'string') return { file: target, bytes: writeBundleFile(target, parts, seed) };
  if ('place' in target) return target.place((fd) => writeBundle(fd, parts, seed));
  return { file: target.name, bytes: onDisk(`writing ${target.name}`, () => writeBundle(target.fd, parts, seed)) };
}

function entriesOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { record }) => sum + record.end - record.first, 0);
}

function recipientsOf(session: Session, pending: readonly Pending[]): PersonId[] {
  return pending.map((one) => one.person).filter((person) => person !== session.self.person);
}

/** The proofs that go along, as many as a bundle may hold. */
function proofsIn({ repository }: Session, pending: readonly Pending[]): Buffer[] {
  const proofs: Buffer[] = [];
  let size = 0;
  for (const log of new Set(pending.flatMap((one) => one.proofs))) {
    const proof = readProof(repository.layout.proofs, log);
    size += proof?.length ?? 0;
    if (size > PROOFS_MAX) break;
    if (proof) proofs.push(proof);
  }
  return proofs;
}

/**
 * A file name for a bundle in `directory` that is not taken: `[a-z0-9-]`, nothing is ever parsed from it.
 * @throws SatchelError `io` when the directory is not there
 */
export function freeName(directory: string, stem: string): string {
  if (!fs.existsSync(directory))
    throw new SatchelError('io', `no directory ${directory}`, { hint: 'make it, or name another with -o' });
  for (let i = 1; ; i++) {
    const file = path.join(directory, `${stem}${i === 1 ? '' : `-${i}`}.satchel`);
    if (!fs.existsSync(file)) return file;
  }
}
