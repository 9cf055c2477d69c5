// What a bundle is going to hold, before any of it is written (spec/bundle.md, "What an export holds").

import { READS_SEALED } from '../../format/bundle/manifest.js';
import { blobName, type MemberSize } from '../../format/bundle/members.js';
import { paddedSize, TAR_BLOCK } from '../../format/bundle/tar.js';
import type { DeviceKey, LogId, PersonId } from '../../format/ids.js';
import { BUNDLE_MAX, MEMBERS_MAX, PROOFS_COUNT_MAX, PROOFS_MAX, SEGMENTS_MAX } from '../../format/limits.js';
import { readProof } from '../../repository/store/forks.js';
import type { BlobPiece } from '../blobs/offer.js';
import { ownWants } from '../blobs/own-wants.js';
import { readPendingStatements } from '../known/pending-statements.js';
import { safeNow } from '../maintain.js';
import type { Session } from '../session.js';
import { inFrontOf } from './in-front.js';
import { leanParts } from './lean.js';
import type { BlobTally, ExactExport, ExportOptions } from './options.js';
import { ownFrontier } from './own-frontier.js';
import type { Pending, PendingLog } from './pending-log.js';
import { type Piece, PieceBuilder } from './pieces.js';
import { type Choice, mergePending } from './plan.js';
import { introductionsFor, isNewBeside, neededBy } from './repeated.js';
import { roomIn } from './seal.js';
import { comesFirst, selectPieces } from './select-pieces.js';
import { type BundleParts, sizeOfBundle } from './write-bundle.js';

/** A bundle to be. */
export interface ExportDraft {
  readonly logs: readonly PendingLog[];
  readonly recipients: readonly PersonId[];
  readonly devices: readonly DeviceKey[];
  /** What goes into the bundle. */
  readonly parts: BundleParts;
  /** There is something in it that is a reason for a bundle; else none of that found room. */
  readonly isWorthIt: boolean;
  /** All segments found room, and all that is said beside them. */
  readonly isWhole: boolean;
  /** Entries that found no room. */
  readonly left: number;
  /** Chunks of attachments that go along, and those that found no room. */
  readonly blobs: BlobTally;
  readonly blobsLeft: BlobTally;
  close(): void;
}

/** Bytes by which headers and padding of a bundle may grow when segments go in. */
const FRAME_SLACK = 8_192;
/** Bytes by which a manifest's padding may grow when it lists more members. */
const MANIFEST_SLACK = TAR_BLOCK;
/** Members beside chunks. */
const OTHER_MEMBERS = 6;
/** Chunks in one bundle, at most: the manifest lists each. */
const CHUNKS_MAX = MEMBERS_MAX - OTHER_MEMBERS;
/** Hex digits of a digest. */
const DIGEST_DIGITS = 64;

/** The bundle for what was chosen, as much of it as there is room for: text first. `close` releases what it reads from. */
export function draftExport(session: Session, choice: Choice, options: ExportOptions): ExportDraft {
  const { pending, lacked, isTold } = choice;
  const { parts } = options;
  const going = mergePending([...pending.flatMap((one) => one.logs), ...(options.also ?? [])]);
  const besides = [...inFrontOf(going, lacked), ...introductionsFor(going, parts)];
  const logs = mergePending([...going, ...besides]).filter(({ log }) => isTold(log));
  const draft = draftOf(session, choice, options, { logs, lists: [] });
  if (!parts || draft.parts.blobs.length === 0) return draft;
  const needed = neededBy(draft.parts, choice.offer, parts);
  if (needed.logs.length + needed.lists.length === 0) return draft;
  const whole = draftOf(session, choice, options, {
    logs: mergePending([...logs, ...needed.logs]),
    lists: needed.lists,
  });
  // where a message finds no room beside what it brings, that goes alone
  const isBetter = whole.parts.blobs.length > needed.lists.length;
  (isBetter ? draft : whole).close();
  return isBetter ? whole : draft;
}

/** Entries that are to go, and chunk lists that go before all chunks. */
interface Going {
  readonly logs: readonly PendingLog[];
  readonly lists: readonly BlobPiece[];
}

function draftOf(session: Session, choice: Choice, options: ExportOptions, { logs, lists }: Going): ExportDraft {
  const { pending } = choice;
  const recipients = recipientsOf(session, pending);
  const devices = pending.map(({ device }) => device).filter((device) => device !== session.self.device);
  const { uncompressed, seal } = options;
  const builder = new PieceBuilder(session.repository, { uncompressed, now: safeNow(session) });
  try {
    for (const log of logs) builder.add(log);
    const audience = { for: seal?.for ?? recipients, devices, serial: session.self.serial + 1 };
    const all = partsOf(session, builder.pieces, choice, audience);
    const fitted = fitAll(all, choice, { limit: limitOf(options), isFirst: comesFirst(session), lists });
    const { pieces, blobs } = fitted.parts;
    const isNew = isNewBeside(options.parts);
    const isDue = pending.some((one) => one.isDue) && (pieces.some(isNew) || logs.length === 0);
    const draft = { logs, recipients, devices, ...fitted, isWorthIt: isDue || blobs.length > 0 };
    const left = entriesOf(builder.pieces.filter(isNew)) - entriesOf(pieces.filter(isNew));
    return { ...draft, left, close: () => builder.close() };
  } catch (error) {
    builder.close();
    throw error;
  }
}

/** Bytes that the bundle may have, sealed or not. */
function limitOf({ seal, maxBytes = BUNDLE_MAX }: ExportOptions): number {
  return seal ? roomIn(seal, maxBytes) : Math.min(maxBytes, BUNDLE_MAX);
}

interface Space {
  /** Bytes of the bundle, at most. */
  readonly limit: number;
  /** The logs that go before others. */
  readonly isFirst: (log: LogId) => boolean;
  /** Chunk lists that lie in another file too. */
  readonly lists: readonly BlobPiece[];
}

/** Text first: attachments get the room behind all of it, and none when not all of it fits. */
function fitAll(all: BundleParts, choice: Choice, space: Space) {
  const { pending, offer, exact } = choice;
  const parts = withinSpace(all, space, exact);
  const { pieces } = parts;
  const isRoom = pieces.length === all.pieces.length || exact !== undefined;
  const room = isRoom ? space.limit - sizeOfBundle(parts) - MANIFEST_SLACK : 0;
  const lacked = exact
    ? [{ recipient: undefined, blobs: offer.referredToIn(pieces.map(({ record }) => record)) }]
    : pending.map((one) => ({ recipient: one, blobs: one.blobs }));
  const { fitting, blobs, blobsLeft } = fitBlobs(together(space.lists, offer.pieces(lacked)), room);
  return { parts: { ...parts, blobs: fitting }, isWhole: parts === all, blobs, blobsLeft };
}

function* together(lists: readonly BlobPiece[], pieces: Iterable<BlobPiece>): Generator<BlobPiece> {
  yield* lists;
  yield* pieces;
}

/** Entries in the pieces. */
export function entriesOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { record }) => sum + record.end - record.first, 0);
}

function partsOf(
  session: Session,
  pieces: readonly Piece[],
  { pending, wanted, isTold }: Choice,
  given: { readonly for: readonly PersonId[]; readonly devices: readonly DeviceKey[]; readonly serial: number },
): BundleParts {
  const { device, epoch, card } = session.self;
  const { devices, ...rest } = given;
  const draft = { key: device, epoch, created: session.repository.world.now(), card, sealed: READS_SEALED, ...rest };
  const owed = devices.flatMap((recipient) => readPendingStatements(session.repository, recipient));
  // whoever gets a log from us needs to know that we hold it, or would send it back; and wants are read by it
  const lacking = wanted.flatMap(({ references }) => references.map(({ log }) => log));
  const first = [...owed, ...lacking, ...pieces.map(({ record }) => record.log)];
  const frontier = ownFrontier(session, closeFirst(session, first), isTold);
  return { draft, frontier, wants: ownWants(wanted), proofs: proofsIn(session, pending), pieces, blobs: [] };
}

/** All of it, or as much as fits: then what is said besides the segments takes no more than its share. */
function withinSpace(parts: BundleParts, { limit, isFirst }: Space, exact: ExactExport | undefined): BundleParts {
  const isFew = parts.pieces.length <= SEGMENTS_MAX;
  if (!exact && isFew && sizeOfBundle(parts) <= limit) return parts;
  const lean = leanParts(parts, limit);
  const room = limit - sizeOfBundle({ ...lean, pieces: [] }) - FRAME_SLACK;
  return { ...lean, pieces: exact ? exact.fit(parts.pieces, room) : selectPieces(parts.pieces, room, isFirst) };
}

/** Chunks in their order until one does not fit: what comes behind it waits too, or the order would mean nothing. */
function fitBlobs(offered: Iterable<BlobPiece>, bytes: number) {
  const fitting: BlobPiece[] = [];
  const blobs = { count: 0, bytes: 0 };
  const blobsLeft = { count: 0, bytes: 0 };
  let room = bytes;
  for (const piece of offered) {
    room -= costOf({ name: blobName(piece.digest), size: piece.size });
    const fits = room >= 0 && blobsLeft.count === 0 && fitting.length < CHUNKS_MAX;
    if (fits) fitting.push(piece);
    const tally = fits ? blobs : blobsLeft;
    tally.count++;
    tally.bytes += piece.size;
  }
  return { fitting, blobs, blobsLeft };
}

/** What a member takes in the file: header, data, padding, and its place in the manifest's list. */
function costOf(member: MemberSize): number {
  const listed = JSON.stringify({ ...member, sha256: '' }).length + DIGEST_DIGITS + 1;
  return TAR_BLOCK + paddedSize(member.size) + listed;
}

/** Persons, each once; nobody where the bundle is for whoever gets it, which is noted as if it were for this device. */
function recipientsOf(session: Session, pending: readonly Pending[]): PersonId[] {
  const others = pending.filter(({ device }) => device !== session.self.device);
  return [...new Set(others.map((one) => one.person))];
}

/** Each log once, those of strangers last: where not all find room, they are left out. */
function closeFirst(session: Session, logs: readonly LogId[]): LogId[] {
  const isFirst = comesFirst(session);
  const all = [...new Set(logs)];
  return [...all.filter(isFirst), ...all.filter((log) => !isFirst(log))];
}

/** The proofs that go along, as many as a bundle may hold. */
function proofsIn(session: Session, pending: readonly Pending[]): Buffer[] {
  const { repository } = session;
  const proofs: Buffer[] = [];
  let size = 0;
  for (const log of closeFirst(
    session,
    pending.flatMap((one) => one.proofs),
  )) {
    const proof = readProof(repository.layout.proofs, log);
    size += proof?.length ?? 0;
    if (size > PROOFS_MAX || proofs.length === PROOFS_COUNT_MAX) break;
    if (proof) proofs.push(proof);
  }
  return proofs;
}
