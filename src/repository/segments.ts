// Decoded segments of the packs, a few of them kept (spec/repository.md, "Reading").
import type { EntryId } from '../format/ids.js';
import { decodeSegment } from '../format/segment.js';
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
   * The segment at the place, decoded.
   * @throws SatchelError `damaged` when the pack no longer holds it
   */
  get(place: SegmentPlace): OpenSegment {
    const key = `${place.pack}:${place.offset}`;
    const cached = this.#open.get(key);
    if (cached) {
      this.#open.delete(key);
      this.#open.set(key, cached);
      return cached;
    }
    const opened = new OpenSegment(
      decodeSegment(this.#packs.read(place.pack, place.offset, place.length)),
      place.milestones,
    );
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
    this.#open.set(key, opened);
    this.#bytes += weight(opened);
    for (const [oldest, value] of this.#open) {
      if (this.#bytes <= CACHE_BYTES || oldest === key) break;
      this.#open.delete(oldest);
      this.#bytes -= weight(value);
    }
  }
}

function weight(opened: OpenSegment): number {
  // an entry's object and strings weigh about 300 bytes besides its content
  return opened.segment.raw.length + opened.segment.count * 300;
}
