// Verifying a bundle to the last byte in one pass (spec/bundle.md, "Verifying"): tar, signature, digests, chains, heads,
// contents and totals. Whoever imports or explains a bundle rides along as a visitor, so nothing is parsed twice.

import { type ErrorCode, SatchelError } from '../error.js';
import type { Digest, EntryId, LogId } from '../ids.js';
import { NEWER_MAX, PROOFS_COUNT_MAX, REFUSED_MAX } from '../limits.js';
import { type Proof, verifyProof } from '../log/proof.js';
import { decodeSegment, type Segment, type SegmentHeader, verifySegment } from '../log/segment.js';
import type { ContentsRecord } from './contents.js';
import type { Frontier } from './frontier.js';
import type { Manifest } from './manifest.js';
import { MemberStream } from './member-stream.js';
import { blobDigest, type MemberSize } from './members.js';
import type { LocatedSegment } from './reader.js';
import {
  type Bundle,
  memberOf,
  openBundle,
  readBlobs,
  readFrontier,
  readProofs,
  readSegments,
  readWants,
} from './reader.js';
import { BundleTally, type LogRange } from './tally.js';
import { isZero } from './tar.js';
import type { Wants } from './wants.js';

/**
 * Rides along. What it is told is verified by itself, but the bundle as a whole only when `verifyBundle` returns: to be
 * acted on then.
 */
export interface BundleVisitor {
  frontier?(frontier: Frontier): void;
  /** Only when the bundle says so: one that has a frontier and no wants lacks nothing. */
  wants?(wants: Wants): void;
  proof?(proof: Proof): void;
  /** Whether the entries are known to be held with this id at their end: then the segment is not looked into. */
  isKnown?(record: ContentsRecord): boolean;
  /**
   * Verifies a segment in place of {@link verifySegment}: then `segment` is not told of it.
   * @throws SatchelError as {@link decodeSegment}, when the segment cannot even be unpacked
   */
  verify?(bytes: Buffer, record: ContentsRecord): VerifiedSegment;
  /** A segment whose checksum, chain and last head are right; `id` is that of its last entry. */
  segment?(segment: Segment, id: EntryId, record: ContentsRecord): void;
  /** `record` tells where the segment lies that is refused; without one it is a proof. */
  refused?(refusal: Refusal, record?: ContentsRecord): void;
  blob?(digest: Digest, bytes: Buffer): void;
}

/** A segment that was unpacked, and what came of verifying it. */
export interface VerifiedSegment {
  readonly header: SegmentHeader;
  /** The id of its last entry; or why chain or last head are not right. */
  readonly outcome: EntryId | SatchelError;
  /** Called with the id when they are, and what the contents say of the segment is so. */
  readonly accept: (id: EntryId) => void;
}

/** How to verify. */
export interface VerifyOptions {
  /** The chunks' digests were compared before, by {@link verifyChunks}: they are not read again, nor shown to a visitor. */
  readonly areChunksVerified?: boolean | undefined;
}

/** Something in an otherwise sound bundle that is not valid by itself, or, as `newer-version`, not understood here. */
export interface Refusal {
  readonly log: LogId;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a verified bundle holds. */
export interface BundleSummary {
  readonly manifest: Manifest;
  readonly members: readonly MemberSize[];
  /** Ranges of verified entries, sorted by log and seq, neighbours merged. */
  readonly logs: readonly LogRange[];
  /** The first refusal of each log. */
  readonly refused: readonly Refusal[];
  /** Verified ones. */
  readonly segments: number;
  readonly entries: number;
  readonly blobs: number;
  /** Bytes of the file. */
  readonly bytes: number;
}

/**
 * What the bundle in the source holds, when all of it is right.
 * @throws SatchelError `bad-bundle`, `bad-tar`, `bad-manifest`, `newer-version`, `over-limit`, `not-authentic`,
 * `bad-member`. A segment or proof that its log key did not sign does not throw: it is among the refused
 */
export function verifyBundle(source: Bundle['source'], visitor: BundleVisitor = {}): BundleSummary {
  return verifyOpened(openBundle(source), visitor);
}

/**
 * Like {@link verifyBundle}, of a bundle that was opened before.
 * @throws SatchelError as that
 */
export function verifyOpened(
  bundle: Bundle,
  visitor: BundleVisitor,
  { areChunksVerified }: VerifyOptions = {},
): BundleSummary {
  const tally = new BundleTally(bundle.manifest);
  const refusals = new Map<LogId, Refusal>();
  const counts = { refused: 0, newer: 0 };
  const refuse: Refuse = (log, error, record) => {
    countRefusal(counts, error.code);
    const refusal = { log, code: error.code, message: error.message };
    if (!refusals.has(log)) refusals.set(log, refusal);
    visitor.refused?.(refusal, record);
  };
  const frontier = readFrontier(bundle); // also when nobody asks: it is part of what is verified
  visitor.frontier?.(frontier);
  const wants = readWants(bundle);
  if (wants) visitor.wants?.(wants);
  verifyProofs(bundle, visitor, refuse);
  for (const located of readSegments(bundle)) verifyLocated(located, tally, visitor, refuse);
  tally.finish();
  const blobs = areChunksVerified ? countChunks(bundle) : verifyChunks(bundle, visitor);
  verifyFiller(bundle);
  return summaryOf(bundle, tally, [...refusals.values()], blobs);
}

/**
 * Compares every chunk with its hash, and returns how many there are. It needs nothing of what else is in the bundle.
 * @throws SatchelError `bad-member`
 */
export function verifyChunks(bundle: Bundle, visitor: Pick<BundleVisitor, 'blob'> = {}): number {
  let count = 0;
  for (const { digest, bytes } of readBlobs(bundle)) {
    count++;
    visitor.blob?.(digest, bytes);
  }
  return count;
}

/** Whoever verifies before passing on has none of the first, and what is newer here may be good elsewhere. */
function countRefusal(counts: { refused: number; newer: number }, code: ErrorCode): void {
  if (code === 'newer-version') counts.newer++;
  else counts.refused++;
  if (counts.refused > REFUSED_MAX) {
    throw new SatchelError('over-limit', `more than ${REFUSED_MAX} segments and proofs in the bundle are not valid`);
  }
  if (counts.newer > NEWER_MAX) {
    throw new SatchelError('newer-version', `more than ${NEWER_MAX} segments in the bundle are of unknown versions`, {
      hint: 'update satchel to read it',
    });
  }
}

type Refuse = (log: LogId, error: Pick<SatchelError, 'code' | 'message'>, record?: ContentsRecord) => void;

function summaryOf(bundle: Bundle, tally: BundleTally, refused: readonly Refusal[], blobs: number): BundleSummary {
  const { manifest, source } = bundle;
  const members = manifest.members.map(({ name, size }) => ({ name, size }));
  const { segments, entries } = tally;
  return { manifest, members, logs: tally.ranges(), refused, segments, entries, blobs, bytes: source.size };
}

function verifyProofs(bundle: Bundle, visitor: BundleVisitor, refuse: Refuse): void {
  let count = 0;
  for (const proof of readProofs(bundle)) {
    if (++count > PROOFS_COUNT_MAX) {
      throw new SatchelError('over-limit', `bundle has more than ${PROOFS_COUNT_MAX} proofs of contradictions`);
    }
    if (verifyProof(proof)) visitor.proof?.(proof);
    else refuse(proof.log, { code: 'bad-chain', message: 'proof of a contradiction is not signed by the log key' });
  }
}

function verifyLocated(
  { record, bytes }: LocatedSegment,
  tally: BundleTally,
  visitor: BundleVisitor,
  refuse: Refuse,
): void {
  tally.claim(record);
  if (visitor.isKnown?.(record)) {
    tally.miss();
    return;
  }
  const accept = attempt(() => verifyOne(bytes, record, tally, visitor));
  if (accept instanceof SatchelError) {
    tally.miss();
    refuse(record.log, accept, record);
    return;
  }
  tally.add(record);
  accept();
}

/**
 * Verifies one, and returns what accepts it. Checksum first: whatever disagrees behind it is the word of a signer, not rot.
 */
function verifyOne(bytes: Buffer, record: ContentsRecord, tally: BundleTally, visitor: BundleVisitor): () => void {
  const { header, outcome, accept } = visitor.verify?.(bytes, record) ?? verifyHere(bytes, record, visitor);
  tally.decompressed(header.rawLength);
  if (outcome instanceof SatchelError) throw outcome;
  const lie = lieAbout(header, record) ?? (outcome === record.id ? undefined : 'the id at the end');
  if (lie) throw new SatchelError('bad-member', `contents states ${lie} of a segment wrongly`);
  return () => accept(outcome);
}

function verifyHere(bytes: Buffer, record: ContentsRecord, visitor: BundleVisitor): VerifiedSegment {
  const segment = decodeSegment(bytes);
  const outcome = attempt(() => verifySegment(segment));
  return { header: segment, outcome, accept: (id) => visitor.segment?.(segment, id, record) };
}

/** What of the segment the contents state wrongly, if anything. */
export function lieAbout({ log, first, count }: SegmentHeader, record: ContentsRecord): string | undefined {
  if (log !== record.log) return 'the log';
  return first === record.first && first + count === record.end ? undefined : 'the range';
}

/** What went wrong with one segment by itself; what is wrong with the bundle, or with us, goes on up. */
function attempt<T>(verify: () => T): T | SatchelError {
  try {
    return verify();
  } catch (error) {
    if (error instanceof SatchelError && SEGMENT_CODES.has(error.code)) return error;
    throw error;
  }
}

const SEGMENT_CODES: ReadonlySet<ErrorCode> = new Set([
  'bad-segment',
  'bad-checksum',
  'bad-chain',
  'over-limit',
  'newer-version',
]);

function countChunks({ members }: Bundle): number {
  return members.filter(({ name }) => blobDigest(name)).length;
}

/** Padding is zeros, so that nothing hides in it. */
function verifyFiller(bundle: Bundle): void {
  const member = memberOf(bundle, 'padding');
  if (!member) return;
  const stream = new MemberStream(bundle.source, member);
  while (stream.left > 0) {
    if (!isZero(stream.take(Math.min(stream.left, FILLER_STEP)))) {
      throw new SatchelError('bad-member', 'member padding is not zero');
    }
  }
  stream.finish();
}

const FILLER_STEP = 65_536;
