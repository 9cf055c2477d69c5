// Decoded segments of the packs, a few of them kept (spec/repository.md, "Reading").

import { type ErrorCode, SatchelError } from '../../format/error.js';
import { type EntryId, type LogId, NO_ENTRY } from '../../format/ids.js';
import { MILESTONE_ENTRIES } from '../../format/limits.js';
import { CODEC_NONE, checkSegment, decodeFront, decodeSegment, type Segment } from '../../format/log/segment.js';
import { OPENS_NOTHING, type OpenSealed, OpenSegment } from './open-segment.js';
import { isOnBadSpot, type Packs } from './packs.js';

const CACHE_BYTES = 32 * 1_048_576;
/** What an open segment weighs besides its content, and an entry with its id: of short logs that is most of it. */
const OPEN_BYTES = 1_536;
const ENTRY_BYTES = 120;

/** Where a segment lies in the packs. */
export interface SegmentPlace {
  readonly log: LogId;
  readonly pack: number;
  readonly offset: number;
  readonly length: number;
  /** The first of its entries that is meant, and the id before that. */
  readonly first?: number;
  readonly previous?: EntryId;
  /** Ids within it, at its milestones, if the index knows them. */
  readonly milestones?: readonly EntryId[] | undefined;
}

/** Names where a segment lies. */
export function placeOf({ pack, offset }: Pick<SegmentPlace, 'pack' | 'offset'>): string {
  return `${pack}:${offset}`;
}

/** Reads segments and remembers the latest ones, up to a fixed number of bytes. */
export class SegmentCache {
  readonly #packs: Packs;
  readonly #onRot: (place: SegmentPlace, isOnBadSpot: boolean) => void;
  readonly #opener: OpenSealed;
  readonly #open = new Map<string, OpenSegment>();
  #bytes = 0;
  /** Segments decoded so far: what a reader's cost is measured in. */
  decoded = 0;

  /** `onRot` is told of places that cannot be read any more, and whether it is the disk that cannot; `open` opens what is sealed. */
  constructor(
    packs: Packs,
    onRot: (place: SegmentPlace, isOnBadSpot: boolean) => void,
    open: OpenSealed = OPENS_NOTHING,
  ) {
    this.#packs = packs;
    this.#opener = open;
    this.#onRot = onRot;
  }

  /**
   * The segment at the place, decoded; of its entries those from seq `end` on may be missing. One that has rotten holds no
   * entries.
   */
  get(place: SegmentPlace, end = Number.POSITIVE_INFINITY): OpenSegment {
    const key = placeOf(place);
    const cached = this.#open.get(key);
    if (cached && (cached.isWhole || cached.end >= end)) {
      this.#open.delete(key);
      this.#open.set(key, cached);
      return cached;
    }
    // who came back for more gets all
    const opened = this.#decode(place, cached ? Number.POSITIVE_INFINITY : end);
    this.decoded++;
    this.#remember(key, opened);
    return opened;
  }

  /** The segment's bytes, its checksum compared; undefined when they have rotten. */
  bytes(place: SegmentPlace): Buffer | undefined {
    return this.#ifSound(place, () => {
      const bytes = this.#packs.read(place.pack, place.offset, place.length);
      checkSegment(bytes);
      return bytes;
    });
  }

  #decode(place: SegmentPlace, end: number): OpenSegment {
    const opened = this.#ifSound(place, () => {
      const bytes = unshared(this.#packs.read(place.pack, place.offset, place.length));
      return openFront(bytes, place, end) ?? openWhole(bytes, place);
    });
    if (opened) opened.open = this.#opener;
    return opened ?? hollow(place);
  }

  #ifSound<T>(place: SegmentPlace, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      const isFailing = isOnBadSpot(error);
      if (!isFailing && !(error instanceof SatchelError && ROTTEN.has(error.code))) throw error;
      this.#onRot(place, isFailing);
      return undefined;
    }
  }

  /** Forgets what was read: other bytes may come to stand at its place. */
  forget(): void {
    this.#open.clear();
    this.#bytes = 0;
  }

  #remember(key: string, opened: OpenSegment): void {
    const before = this.#open.get(key);
    if (before) this.#bytes -= weight(before);
    this.#open.delete(key);
    this.#open.set(key, opened);
    this.#bytes += weight(opened);
    for (const [oldest, value] of this.#open) {
      if (this.#bytes <= CACHE_BYTES || oldest === key) break;
      this.#open.delete(oldest);
      this.#bytes -= weight(value);
    }
  }
}

/** What a segment looks like that has rotten, or is not where it was: it was verified when it came. */
const ROTTEN: ReadonlySet<ErrorCode> = new Set([
  'damaged',
  'bad-segment',
  'bad-checksum',
  'newer-version',
  'over-limit',
]);

/** Stands for a segment that cannot be read: nothing is in it. */
function hollow({ log, first = 0, previous = NO_ENTRY, length }: SegmentPlace): OpenSegment {
  const nothing = Buffer.alloc(0);
  const empty = {
    length,
    log,
    first,
    count: 0,
    previous,
    codec: CODEC_NONE,
    headCount: 0,
    rawLength: 0,
    bodyLength: 0,
  };
  return new OpenSegment({ ...empty, bytes: nothing, heads: [], raw: nothing });
}

/**
 * A copy of the bytes that shares no memory. Node cuts small buffers out of one of 8 KiB, which lives as long as any of them: kept
 * as they are, they would keep all that was read beside them.
 */
function unshared(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= 2 * bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

function withOwnBytes(segment: Segment): Segment {
  return { ...segment, raw: unshared(segment.raw) };
}

function openWhole(bytes: Buffer, place: SegmentPlace): OpenSegment {
  const segment = withOwnBytes(decodeSegment(bytes));
  return new OpenSegment(segment, milestonesOf(segment, place));
}

/** Undefined when the front does not hold the entries after all. */
function openFront(bytes: Buffer, place: SegmentPlace, end: number): OpenSegment | undefined {
  if (end === Number.POSITIVE_INFINITY) return undefined;
  const segment = withOwnBytes(decodeFront(bytes, end));
  const milestones = milestonesOf(segment, place);
  if (segment.raw.length === segment.rawLength) return new OpenSegment(segment, milestones);
  try {
    return new OpenSegment(segment, milestones, end - segment.first);
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

/** Asked of the index now, while it is as it was; not for the many short segments, which have none. */
function milestonesOf({ count }: Segment, place: SegmentPlace): readonly EntryId[] {
  return count > MILESTONE_ENTRIES ? (place.milestones ?? []) : [];
}

function weight(opened: OpenSegment): number {
  const { bytes, raw, count } = opened.segment;
  return OPEN_BYTES + bytes.length + raw.length + count * ENTRY_BYTES;
}
