// Decoded segments of the packs, a few of them kept (spec/repository.md, "Reading").

import { SatchelError } from '../../format/error.js';
import type { EntryId } from '../../format/ids.js';
import { MILESTONE_ENTRIES } from '../../format/limits.js';
import { decodeFront, decodeSegment, type Segment } from '../../format/log/segment.js';
import { OpenSegment } from './open-segment.js';
import type { Packs } from './packs.js';

const CACHE_BYTES = 32 * 1_048_576;

/** Where a segment lies in the packs. */
export interface SegmentPlace {
  readonly pack: number;
  readonly offset: number;
  readonly length: number;
  /** Ids within it, at its milestones, if the index knows them. */
  readonly milestones?: readonly EntryId[] | undefined;
}

/** Reads segments and remembers the latest ones, up to a fixed number of bytes. */
export class SegmentCache {
  readonly #packs: Packs;
  readonly #open = new Map<string, OpenSegment>();
  #bytes = 0;
  /** Segments decoded so far: what a reader's cost is measured in. */
  decoded = 0;

  constructor(packs: Packs) {
    this.#packs = packs;
  }

  /**
   * The segment at the place, decoded; of its entries those from seq `end` on may be missing.
   * @throws SatchelError `damaged` when the pack no longer holds it
   */
  get(place: SegmentPlace, end = Number.POSITIVE_INFINITY): OpenSegment {
    const key = `${place.pack}:${place.offset}`;
    const cached = this.#open.get(key);
    if (cached && (cached.isWhole || cached.end >= end)) {
      this.#open.delete(key);
      this.#open.set(key, cached);
      return cached;
    }
    const bytes = this.#packs.read(place.pack, place.offset, place.length);
    // who came back for more gets all
    const opened = (cached ? undefined : openFront(bytes, place, end)) ?? openWhole(bytes, place);
    this.decoded++;
    this.#remember(key, opened);
    return opened;
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

function openWhole(bytes: Buffer, place: SegmentPlace): OpenSegment {
  const segment = decodeSegment(bytes);
  return new OpenSegment(segment, milestonesOf(segment, place));
}

/** Undefined when the front does not hold the entries after all. */
function openFront(bytes: Buffer, place: SegmentPlace, end: number): OpenSegment | undefined {
  if (end === Number.POSITIVE_INFINITY) return undefined;
  const segment = decodeFront(bytes, end);
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
  // an entry and its id weigh about 120 bytes besides its content
  return opened.segment.raw.length + opened.segment.count * 120;
}
