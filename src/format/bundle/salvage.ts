// What is still there in a bundle that is cut off or rotten (spec/bundle.md, "Salvage"). Segments carry their own
// checksum, so each one that is whole can be found and judged without anything around it.
import { SatchelError } from '../error.js';
import { BUNDLE_RAW_MAX } from '../limits.js';
import {
  CHECKSUM_SIZE,
  decodeSegmentHeader,
  SEGMENT_HEADER_SIZE,
  SEGMENT_MAGIC,
  type SegmentHeader,
} from '../log/segment.js';
import { sha256 } from '../platform.js';
import { type ByteSource, readExactly } from '../source.js';
import type { Manifest } from './manifest.js';
import { isWhole } from './member-stream.js';
import { placeMembers } from './members.js';
import { type BundleMember, openManifest } from './reader.js';

/** What a damaged bundle still holds. */
export interface Salvage {
  /** Present when it is whole and its signature is right. */
  readonly manifest: Manifest | undefined;
  /** Why there is no manifest. */
  readonly failure: SatchelError | undefined;
  /** Members other than `segments` and `contents` that match their digest in the manifest. */
  readonly members: readonly BundleMember[];
  /**
   * Every segment with a right checksum, wherever it lies outside those members; chain and head are to be judged.
   * @throws SatchelError `over-limit` when they would decompress to more than a bundle may hold
   */
  segments(): Iterable<FoundSegment>;
}

/** A segment that matches its checksum. */
export interface FoundSegment {
  /** Where it begins in the file. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** What can be had from the source without trusting its tar structure. Other failures than of the format are thrown. */
export function salvageBundle(source: ByteSource): Salvage {
  const { manifest, manifestSize, failure } = tryManifest(source);
  const placed = manifest ? placeMembers(manifestSize, manifest.members).members : [];
  const members = placed.filter(({ name }) => !SCANNED.includes(name)).filter((member) => isWhole(source, member));
  return { manifest, failure, members, segments: () => findSegments(source, members) };
}

const SCANNED = ['contents', 'segments'];
const WINDOW = 1_048_576;
const MAGIC = Buffer.from(SEGMENT_MAGIC, 'latin1');

function tryManifest(source: ByteSource) {
  try {
    return { ...openManifest(source), failure: undefined };
  } catch (error) {
    if (!(error instanceof SatchelError) || error.exit >= EXIT_IO) throw error;
    return { manifest: undefined, manifestSize: 0, failure: error };
  }
}

/** Exit statuses from here on say that the disk failed, not the bundle. */
const EXIT_IO = 30;

function* findSegments(source: ByteSource, members: readonly BundleMember[]): Iterable<FoundSegment> {
  const scan: Scan = { cache: new Cache(source), raw: BUNDLE_RAW_MAX, wasted: source.size };
  let at = 0;
  for (const member of members) {
    yield* scanStretch(scan, at, member.offset);
    at = member.offset + member.size;
  }
  yield* scanStretch(scan, at, source.size);
}

interface Scan {
  readonly cache: Cache;
  /** Bytes that segments may still decompress to. */
  raw: number;
  /** Bytes that may still be hashed for segments that turn out not to be whole. */
  wasted: number;
}

function* scanStretch(scan: Scan, from: number, end: number): Iterable<FoundSegment> {
  let at = findMagic(scan.cache, from, end);
  while (at !== undefined) {
    const header = headerAt(scan.cache, at, end);
    const bytes = header && scan.cache.from(at, header.length).subarray(0, header.length);
    const whole = bytes !== undefined && matchesChecksum(bytes);
    if (whole) yield { offset: at, bytes: withinRaw(scan, header, bytes) };
    at = findMagic(scan.cache, at + stepOver(scan, header, whole), end);
  }
}

/**
 * How far to go on. Behind a false start the next segment may begin at once; but a file full of false starts would be
 * hashed once for each of them, so when that has cost as much as the file itself, their stated length is believed.
 */
function stepOver(scan: Scan, header: SegmentHeader | undefined, whole: boolean): number {
  if (!header) return MAGIC.length;
  if (whole) return header.length;
  scan.wasted -= header.length;
  return scan.wasted >= 0 ? MAGIC.length : header.length;
}

function withinRaw(scan: Scan, header: SegmentHeader | undefined, bytes: Buffer): Buffer {
  scan.raw -= header?.rawLength ?? 0;
  if (scan.raw >= 0) return bytes;
  throw new SatchelError('over-limit', `segments decompress to more than ${BUNDLE_RAW_MAX} bytes`);
}

function findMagic(cache: Cache, from: number, end: number): number | undefined {
  let at = from;
  while (at + MAGIC.length <= end) {
    const bytes = cache.from(at, MAGIC.length);
    const found = bytes.indexOf(MAGIC);
    if (found >= 0) return at + found + MAGIC.length <= end ? at + found : undefined;
    at += bytes.length - MAGIC.length + 1; // the magic may lie across the end of the window
  }
  return undefined;
}

function headerAt(cache: Cache, offset: number, end: number): SegmentHeader | undefined {
  if (offset + SEGMENT_HEADER_SIZE > end) return undefined;
  try {
    const header = decodeSegmentHeader(cache.from(offset, SEGMENT_HEADER_SIZE));
    return offset + header.length <= end ? header : undefined;
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

function matchesChecksum(bytes: Buffer): boolean {
  const end = bytes.length - CHECKSUM_SIZE;
  return sha256(bytes.subarray(0, end)).startsWith(bytes.toString('hex', end));
}

/** A window over the source, so that looking at one place after the other does not cost a read each. */
class Cache {
  #window: Buffer = Buffer.alloc(0);
  #offset = 0;

  constructor(readonly source: ByteSource) {}

  /** At least `least` bytes from `offset` on, which must be there, and whatever is at hand behind them. */
  from(offset: number, least: number): Buffer {
    if (offset < this.#offset || offset + least > this.#offset + this.#window.length) {
      const length = Math.min(Math.max(WINDOW, least), this.source.size - offset);
      this.#window = readExactly(this.source, offset, length);
      this.#offset = offset;
    }
    return this.#window.subarray(offset - this.#offset);
  }
}
