// What goes to the other side in one round: what an export for this one device would hold, in the order in which it goes
// (spec/stream.md, "Rounds").
import type { FrontierRange } from '../../format/bundle/frontier.js';
import type { DeviceKey, Digest, LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { logOfProof } from '../../format/log/proof.js';
import type { FrameType } from '../../format/stream/frame.js';
import type { BlobPiece } from '../blobs/offer.js';
import { streamFile } from '../event-fields.js';
import { countLogs, type Drafted, draftAfterAcks, messagesIn, noteGone, tellJournal } from '../export/export.js';
import { entriesOf } from '../export/export-draft.js';
import type { ExportOptions, PartHoldings } from '../export/options.js';
import type { Piece } from '../export/pieces.js';
import { union } from '../known/knowledge.js';
import { readStatement } from '../known/statements.js';
import type { Session } from '../session.js';
import type { Desk } from './desk.js';
import type { Peer } from './greet.js';
import type { Word } from './say.js';

/** A frame that is to go. */
export interface Going {
  readonly type: Extract<FrameType, 'segment' | 'proof' | 'chunk'>;
  /** The log that it is about; undefined of a chunk. */
  readonly log: LogId | undefined;
  readonly size: number;
  /** What it carries: one of these, or a proof. */
  readonly piece?: Piece;
  readonly blob?: BlobPiece;
  /** @throws SatchelError `io`, `damaged` when the disk cannot give it any more */
  read(): Buffer;
}

/** So much went. */
export interface SentCounts {
  readonly entries: number;
  readonly messages: number;
  /** Chunks and chunk lists of attachments, and their bytes. */
  readonly blobs: number;
  readonly blobBytes: number;
}

/** What went over one stream, so that nothing goes twice. */
export class SentBefore implements PartHoldings {
  readonly #ranges = new Map<LogId, readonly Range[]>();
  readonly #proofs = new Set<LogId>();
  readonly #digests = new Set<Digest>();
  readonly #again = new Set<LogId>();
  readonly chunks: PartHoldings['chunks'] = { holdsFor: () => this.#digests, isElsewhere: () => false };

  holds(log: LogId): readonly Range[] {
    return this.#ranges.get(log) ?? [];
  }

  hasProof(log: LogId): boolean {
    return this.#proofs.has(log);
  }

  addPiece({ record: { log, first, end } }: Piece): void {
    this.#ranges.set(log, union([...this.holds(log), { from: first, end }]));
  }

  addProof(log: LogId): void {
    this.#proofs.add(log);
  }

  addChunk(digest: Digest): void {
    this.#digests.add(digest);
  }

  /** What explains missing payloads may have come behind them: then they go once more. */
  forgetOnce(log: LogId): void {
    if (this.#again.has(log)) return;
    this.#again.add(log);
    this.#ranges.delete(log);
  }
}

/** How a round went. */
export interface RoundEnd {
  /** What was said in it. */
  readonly word: Word;
  /** The pipe's. */
  readonly name: string;
  /** The stream's. */
  readonly serial: number;
  /** All of it was taken, or is not wanted there. */
  readonly isWhole: boolean;
}

/** What goes in one round. To be closed. */
export interface Offer {
  readonly going: readonly Going[];
  /** Notes that these of the frames were taken, and the rest was not. Only under the repository's lock. */
  note(taken: readonly Going[], end: RoundEnd): SentCounts;
  close(): void;
}

/** The options of an export that is for one device alone, as it would be sealed for it. */
export function exportFor({ person, device }: Peer, before?: SentBefore): ExportOptions {
  return { to: [{ person, device }], veiled: { named: [], isUnplacedToo: true }, isConfidential: true, before };
}

/** Chooses what goes. Only under the repository's lock: what is due to be acknowledged is appended. */
export async function openOffer(desk: Desk, session: Session, peer: Peer, before: SentBefore): Promise<Offer> {
  const drafted = await draftAfterAcks(session, await desk.author(), exportFor(peer, before));
  const { draft } = drafted;
  if (!draft) return NOTHING;
  const { pieces, blobs } = draft.parts;
  const proofs = draft.parts.proofs.filter((proof) => isProofNews(session, peer.device, logOfProof(proof), before));
  const segments = pieces.map((piece) => segmentGoing(piece, before));
  const going = [
    ...segments,
    ...proofs.map((proof) => proofGoing(proof, before)),
    ...blobs.map((blob) => chunkGoing(blob, before)),
  ];
  return {
    going,
    close: () => draft.close(),
    note: (taken, end) => noteTaken(drafted, peer, taken, end),
  };
}

const NOTHING_SENT: SentCounts = { entries: 0, messages: 0, blobs: 0, blobBytes: 0 };
const NOTHING: Offer = { going: [], note: () => NOTHING_SENT, close: () => {} };

function segmentGoing(piece: Piece, before: SentBefore): Going {
  const { log, length } = piece.record;
  const read = (): Buffer => {
    const bytes = Buffer.allocUnsafe(length);
    piece.copyTo(bytes);
    before.addPiece(piece);
    return bytes;
  };
  return { type: 'segment', log, size: length, piece, read };
}

function proofGoing(proof: Buffer, before: SentBefore): Going {
  const log = logOfProof(proof);
  const read = (): Buffer => {
    before.addProof(log);
    return proof;
  };
  return { type: 'proof', log, size: proof.length, read };
}

function chunkGoing(blob: BlobPiece, before: SentBefore): Going {
  const read = (): Buffer => {
    before.addChunk(blob.digest);
    return blob.read();
  };
  return { type: 'chunk', log: undefined, size: blob.size, blob, read };
}

/** Whoever says that it wants nothing from there on has one that freezes the log there, or before. */
function isProofNews({ repository }: Session, device: DeviceKey, log: LogId, before: SentBefore): boolean {
  if (before.hasProof(log)) return false;
  const frozen = repository.frozen.get(log) ?? 0;
  const said: readonly FrontierRange[] = readStatement(repository, device)?.frontier.get(log) ?? [];
  return !said.some(({ from, end }) => end === Number.POSITIVE_INFINITY && from <= frozen);
}

function noteTaken(
  { session, choice, draft }: Drafted,
  peer: Peer,
  taken: readonly Going[],
  { word, name, serial, isWhole }: RoundEnd,
): SentCounts {
  if (!draft) return NOTHING_SENT;
  const { parts } = draft;
  const frontier = new Map([...word.logs].map((log) => [log, []] as const));
  const gone = { parts: { ...parts, frontier }, devices: [peer.device], isWhole: isWhole && draft.isWhole };
  noteGone(session, choice, gone);
  const pieces = taken.flatMap(({ piece }) => piece ?? []);
  const blobs = taken.flatMap(({ blob }) => blob ?? []);
  const blobBytes = blobs.reduce((sum, { size }) => sum + size, 0);
  const counts = { entries: entriesOf(pieces), messages: messagesIn(session, pieces) };
  if (taken.length > 0) {
    const report = {
      ...counts,
      file: streamFile(name),
      bytes: taken.reduce((sum, { size }) => sum + size, 0),
      logs: countLogs(pieces),
      for: [peer.person],
      left: entriesOf(parts.pieces) - counts.entries,
      blobs: { count: blobs.length, bytes: blobBytes },
      blobsLeft: { count: parts.blobs.length - blobs.length, bytes: 0 },
    };
    const told = { report, drive: undefined, digest: undefined };
    tellJournal(session, { draft: { ...parts.draft, serial }, pieces }, told);
  }
  return { ...counts, blobs: blobs.length, blobBytes };
}
