// A pack from its beginning to its end, whatever has rotten in it: whole commits, and between them stretches of which only
// single segments may still be read (spec/repository.md, "Rot").
import { SatchelError } from '../../format/error.js';
import {
  decodeSegment,
  peekSegment,
  SEGMENT_HEADER_SIZE,
  SEGMENT_MAGIC,
  SEGMENT_PREFIX_SIZE,
  verifySegment,
} from '../../format/log/segment.js';
import { decodeFrameHeader, FRAME_HEADER_SIZE } from '../store/frame.js';
import { type Frame, isUnreadable, type PackPosition, type Packs } from '../store/packs.js';

/** Bytes that are hashed in search of segments, at most so many times those that are searched: what looks like one may stand in a message. */
const SEARCH_FACTOR = 8;
/** Where a segment says how long it is. */
const LENGTH_AT = 12;
/** Without a commit behind it, a number that is more than so many ahead is none. */
const COMMITS_AHEAD = 1_000_000;

/** Bytes [from, end) of a pack: a whole commit, or what no whole commit can be read from. */
export interface Stretch {
  readonly pack: number;
  readonly from: number;
  readonly end: number;
  /** Number of the commit; of a damaged one the number it must have had, if any of it counts. */
  readonly commit: number;
  /** The commit's frame, when it is whole. */
  readonly frame: Frame | undefined;
  /** Nothing can be read behind it in its pack. */
  readonly isLast: boolean;
  /** The disk could not read some of it. */
  readonly isOnBadSpot: boolean;
}

/** Where a segment lies in its pack. */
export interface SegmentAt {
  readonly offset: number;
  readonly length: number;
}

/** Everything in the packs from `start` on, in order; `before` is the number of the commit that ends there. */
export function* stretchesFrom(packs: Packs, start: PackPosition, before: number): Generator<Stretch> {
  let commit = before;
  for (const pack of packs.list()) {
    if (pack < start.pack) continue;
    for (const stretch of stretchesIn(packs, { pack, offset: pack === start.pack ? start.offset : 0 }, commit)) {
      commit = stretch.commit;
      yield stretch;
    }
  }
}

function* stretchesIn(packs: Packs, { pack, offset }: PackPosition, before: number): Generator<Stretch> {
  const size = packs.size(pack);
  let commit = before;
  for (let at = offset; at < size; ) {
    const { length: badSpots } = packs.badSpots;
    const frame = packs.frameAt(pack, at);
    if (frame && packs.isIntact(frame)) {
      commit = frame.commit;
      yield { pack, from: at, end: frame.end, commit, frame, isLast: frame.end === size, isOnBadSpot: false };
      at = frame.end;
      continue;
    }
    const isOnBadSpot = packs.badSpots.length > badSpots;
    const next = nextFrame(packs, { pack, at, size }, frame, commit);
    const end = next?.start ?? size;
    commit = commitOf(packs, { pack, at }, { before: commit, next: next?.commit });
    yield { pack, from: at, end, commit, frame: undefined, isLast: end === size, isOnBadSpot };
    at = end;
  }
}

/** Whether a stretch is what an interrupted commit looks like: its header is written last. */
export function isHeaderless(packs: Packs, { pack, from, end }: Stretch): boolean {
  if (end - from <= FRAME_HEADER_SIZE) return true;
  const header = readIfGood(packs, pack, from, FRAME_HEADER_SIZE);
  return header?.every((byte) => byte === 0) === true;
}

/** Where the segments of a whole commit lie. @throws SatchelError `bad-segment` */
export function* segmentsOf(packs: Packs, frame: Pick<Frame, 'pack' | 'offset' | 'end'>): Generator<SegmentAt> {
  for (let offset = frame.offset; offset < frame.end; ) {
    const { length } = peekSegment(packs.read(frame.pack, offset, SEGMENT_PREFIX_SIZE));
    yield { offset, length };
    offset += length;
  }
}

/**
 * The segments in a damaged stretch that are whole: checksum, chain and last head are right. `known` says where some lay;
 * without it they are searched for.
 */
export function wholeSegments(packs: Packs, stretch: Stretch, known: readonly SegmentAt[] = []): SegmentAt[] {
  const places = known.filter(({ offset }) => offset >= stretch.from && offset < stretch.end);
  if (places.length > 0) return places.filter((place) => isWhole(packs, stretch, place));
  return [...searched(packs, stretch)];
}

function* searched(packs: Packs, stretch: Stretch): Generator<SegmentAt> {
  const { pack, from, end } = stretch;
  let budget = SEARCH_FACTOR * (end - from);
  for (let at = from; budget > 0; ) {
    const offset = packs.find(SEGMENT_MAGIC, { pack, from: at, end });
    if (offset === undefined) return;
    const length = lengthAt(packs, stretch, offset);
    budget -= length ?? SEGMENT_PREFIX_SIZE;
    const isGood = length !== undefined && isWhole(packs, stretch, { offset, length });
    if (isGood) yield { offset, length };
    at = isGood ? offset + length : offset + 1;
  }
}

function lengthAt(packs: Packs, { pack, end }: Stretch, offset: number): number | undefined {
  if (offset + SEGMENT_HEADER_SIZE > end) return undefined;
  const length = readIfGood(packs, pack, offset, SEGMENT_PREFIX_SIZE)?.readUInt32BE(LENGTH_AT) ?? 0;
  return length > SEGMENT_HEADER_SIZE && offset + length <= end ? length : undefined;
}

/** The heads are verified too: what was searched for may be somebody's forgery. */
function isWhole(packs: Packs, { pack, end }: Stretch, { offset, length }: SegmentAt): boolean {
  const bytes = offset + length <= end ? readIfGood(packs, pack, offset, length) : undefined;
  if (!bytes) return false;
  try {
    verifySegment(decodeSegment(bytes));
    return true;
  } catch (error) {
    if (error instanceof SatchelError) return false;
    throw error;
  }
}

interface Place {
  readonly pack: number;
  readonly at: number;
}

/** Where the next commit begins that can be told: where the damaged one says that it ends, else the next whole one. */
function nextFrame(
  packs: Packs,
  { pack, at, size }: Place & { readonly size: number },
  damaged: Frame | undefined,
  before: number,
): { readonly start: number; readonly commit: number } | undefined {
  const after = damaged && packs.frameAt(pack, damaged.end);
  if (after && after.commit > before) return { start: damaged.end, commit: after.commit };
  if (damaged?.end === size) return undefined;
  const found = packs.findFrame({ pack, offset: at + 1 }, before);
  return found && { start: found.offset - FRAME_HEADER_SIZE, commit: found.commit };
}

/** What the header says, if that can be; else the number behind the one before. */
function commitOf(
  packs: Packs,
  { pack, at }: Place,
  { before, next = before + COMMITS_AHEAD }: { readonly before: number; readonly next?: number | undefined },
): number {
  const bytes = readIfGood(packs, pack, at, FRAME_HEADER_SIZE);
  const said = bytes && decodeFrameHeader(bytes)?.commit;
  if (said !== undefined && said > before && said < next) return said;
  return Math.min(before + 1, Math.max(before, next - 1));
}

function readIfGood(packs: Packs, pack: number, offset: number, length: number): Buffer | undefined {
  try {
    return offset + length <= packs.size(pack) ? packs.read(pack, offset, length) : undefined;
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}
