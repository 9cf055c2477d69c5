// The author's side of a log: entries go in, signed segments come out (spec/log.md, "Segments", "Heads").
import { type BodyEntry, encodedSize } from './body.js';
import { Chain } from './chain.js';
import { type Head, headMessage } from './head.js';
import type { EntryId, LogId } from './ids.js';
import { HEAD_BYTES, HEAD_ENTRIES, MILESTONE_ENTRIES, RAW_MAX, SEGMENT_ENTRIES_WRITTEN } from './limits.js';
import { decodeSegmentHeader, type Segment } from './segment.js';
import { encodeSegment, type Run, runOf } from './segment-build.js';
import { sign } from './signature.js';

/** Where a log goes on. */
export interface LogEnd {
  readonly log: LogId;
  /** Its length: the seq of the next entry. */
  readonly length: number;
  /** Id of its last entry, zeros when it has none. */
  readonly id: EntryId;
}

/**
 * Appends entries to one log; whole segments are handed to `emit` as they fill, the last one by `flush`, with the ids at
 * every MILESTONE_ENTRIES entries and at their end.
 */
export class SegmentWriter {
  readonly #log: LogId;
  readonly #seed: Buffer;
  readonly #emit: (segment: Segment, ids: readonly EntryId[]) => void;
  readonly #chain: Chain;
  #length: number;
  #first: number;
  #previous: EntryId;
  #entries: BodyEntry[] = [];
  #heads: Head[] = [];
  #ids: EntryId[] = [];
  #size = 0;
  #sizeAtHead = 0;

  constructor(end: LogEnd, seed: Buffer, emit: (segment: Segment, ids: readonly EntryId[]) => void) {
    this.#log = end.log;
    this.#seed = seed;
    this.#emit = emit;
    this.#chain = new Chain(end.log, end.id);
    this.#length = end.length;
    this.#first = end.length;
    this.#previous = end.id;
  }

  /** Adds an entry; returns its place in the log. */
  add(entry: BodyEntry): { seq: number; id: EntryId } {
    const size = encodedSize(entry);
    if (this.#size + size > RAW_MAX || this.#entries.length === SEGMENT_ENTRIES_WRITTEN) this.flush();
    const seq = this.#length++;
    this.#chain.add(seq, entry.payloadLength, entry.payloadHash, entry.meta);
    this.#entries.push(entry);
    this.#size += size;
    if (this.#isHeadDue()) this.#sign();
    const { id } = this.#chain;
    if (this.#entries.length % MILESTONE_ENTRIES === 0) this.#ids.push(id);
    return { seq, id };
  }

  /** Hands out what has gathered, closed by a head; the introduction, entry 0, is to be flushed alone. */
  flush(): void {
    if (this.#entries.length === 0) return;
    if (this.#heads.at(-1)?.length !== this.#length) this.#sign();
    const place = { log: this.#log, first: this.#first, previous: this.#previous };
    if (this.#entries.length % MILESTONE_ENTRIES !== 0) this.#ids.push(this.#chain.id);
    this.#emit(written(runOf(place, this.#entries, this.#heads)), this.#ids);
    this.#first = this.#length;
    this.#previous = this.#chain.id;
    this.#entries = [];
    this.#heads = [];
    this.#ids = [];
    this.#size = 0;
    this.#sizeAtHead = 0;
  }

  #isHeadDue(): boolean {
    const since = this.#length - (this.#heads.at(-1)?.length ?? this.#first);
    return since >= HEAD_ENTRIES || this.#size - this.#sizeAtHead >= HEAD_BYTES;
  }

  #sign(): void {
    const signature = sign(this.#seed, headMessage(this.#log, this.#length, this.#chain.id));
    this.#heads.push({ length: this.#length, signature });
    this.#sizeAtHead = this.#size;
  }
}

/** The run as a segment, without decoding again what was just encoded. */
function written(run: Run): Segment {
  const bytes = encodeSegment(run, { isUrgent: true });
  return { ...decodeSegmentHeader(bytes), bytes, heads: run.heads, raw: run.raw };
}
