// The author's side of a log: entries go in, signed runs come out (spec/log.md, "Segments", "Heads").

import type { EntryId, LogId } from '../ids.js';
import { HEAD_BYTES, HEAD_ENTRIES, MILESTONE_ENTRIES, RAW_MAX, SEGMENT_ENTRIES_WRITTEN } from '../limits.js';
import { sha256Latin1 } from '../platform.js';
import { sign } from '../signature/signature.js';
import { type BodyEntry, encodedSize, writeEntry } from './body.js';
import { Chain } from './chain.js';
import { type Head, headMessage } from './head.js';
import { decodeSegmentHeader, type Segment } from './segment.js';
import { encodeSegment, encodeSegmentBeside, type Run } from './segment-build.js';

/** Where a log goes on. */
export interface LogEnd {
  readonly log: LogId;
  /** Its length: the seq of the next entry. */
  readonly length: number;
  /** Id of its last entry, zeros when it has none. */
  readonly id: EntryId;
}

/** Bytes for the first entries; most writers write one. */
const ROOM_FIRST = 1_024;
/** By how much it is enlarged when it is full. */
const ROOM_GROWTH = 4;

/**
 * Appends entries to one log; whole runs are handed to `emit` as they fill, the last one by `flush`, with the ids at
 * every MILESTONE_ENTRIES entries and at their end.
 */
export class SegmentWriter {
  readonly #log: LogId;
  readonly #seed: Buffer;
  readonly #emit: (run: Run, ids: readonly EntryId[]) => void;
  readonly #chain: Chain;
  #length: number;
  #first: number;
  #previous: EntryId;
  #raw = Buffer.allocUnsafe(ROOM_FIRST);
  #size = 0;
  #heads: Head[] = [];
  #headAt: number;
  #sizeAtHead = 0;
  #ids: EntryId[] = [];

  constructor(end: LogEnd, seed: Buffer, emit: (run: Run, ids: readonly EntryId[]) => void) {
    this.#log = end.log;
    this.#seed = seed;
    this.#emit = emit;
    this.#chain = new Chain(end.log, end.id);
    this.#length = end.length;
    this.#first = end.length;
    this.#headAt = end.length;
    this.#previous = end.id;
  }

  /** The id of the entry added last, as a hash as from {@link sha256Latin1}. */
  get hash(): string {
    return this.#chain.hash;
  }

  /** Adds an entry, copying its bytes; returns its seq. */
  add(entry: BodyEntry): number {
    const size = encodedSize(entry);
    if (this.#size + size > RAW_MAX || this.#length - this.#first === SEGMENT_ENTRIES_WRITTEN) this.flush();
    const seq = this.#length++;
    this.#chain.add(seq, entry.payloadLength, entry.payloadHash, entry.meta);
    if (this.#size + size > this.#raw.length) this.#enlarge(size);
    this.#size = writeEntry(this.#raw, this.#size, entry);
    if (this.#isHeadDue()) this.#sign();
    if ((this.#length - this.#first) % MILESTONE_ENTRIES === 0) this.#ids.push(this.#chain.id);
    return seq;
  }

  /** Hands out what has gathered, closed by a head; the introduction, entry 0, is to be flushed alone. */
  flush(): void {
    const count = this.#length - this.#first;
    if (count === 0) return;
    if (this.#headAt !== this.#length) this.#sign();
    if (count % MILESTONE_ENTRIES !== 0) this.#ids.push(this.#chain.id);
    const place = { log: this.#log, first: this.#first, count, previous: this.#previous };
    this.#emit({ ...place, raw: this.#raw.subarray(0, this.#size), heads: this.#heads }, this.#ids);
    this.#first = this.#length;
    this.#previous = this.#chain.id;
    this.#raw = Buffer.allocUnsafe(this.#raw.length);
    this.#size = 0;
    this.#heads = [];
    this.#sizeAtHead = 0;
    this.#ids = [];
  }

  #enlarge(size: number): void {
    const raw = Buffer.allocUnsafe(Math.max(this.#raw.length * ROOM_GROWTH, this.#size + size));
    raw.set(this.#raw.subarray(0, this.#size));
    this.#raw = raw;
  }

  #isHeadDue(): boolean {
    return this.#length - this.#headAt >= HEAD_ENTRIES || this.#size - this.#sizeAtHead >= HEAD_BYTES;
  }

  #sign(): void {
    const signature = sign(this.#seed, headMessage(this.#log, this.#length, this.#chain.id));
    this.#heads.push({ length: this.#length, signature });
    this.#headAt = this.#length;
    this.#sizeAtHead = this.#size;
  }
}

/** The run as a segment, for somebody who waits until it is stored. */
export function segmentOf(run: Run): Segment {
  return asSegment(run, encodeSegment(run, { isUrgent: true }));
}

/** The same while other work goes on. */
export async function segmentBeside(run: Run): Promise<Segment> {
  return asSegment(run, await encodeSegmentBeside(run, { isUrgent: true }));
}

/** Nothing is decoded again that was just encoded. */
function asSegment({ heads, raw }: Run, bytes: Buffer): Segment {
  return { ...decodeSegmentHeader(bytes), bytes, heads, raw };
}
