// Entries as they lie back to back in a segment's raw body (spec/log.md, "Entries in the body").

import { readVarint, varintSize, writeVarint } from '../cbor/varint.js';
import { SatchelError } from '../error.js';
import { META_MAX, PAYLOAD_MAX } from '../limits.js';
import { sha256Latin1 } from '../platform.js';

const HASH_SIZE = 32;
const NO_META = Buffer.alloc(0);

/** An entry to be written, or as read: `payload` is absent when it was dropped, then `payloadHash` stands for it. */
export interface BodyEntry {
  readonly meta: Buffer;
  /** Bytes of the payload, known even when it was dropped. */
  readonly payloadLength: number;
  readonly payload: Buffer | undefined;
  /** SHA-256 of the payload as a latin1 string. */
  readonly payloadHash: string;
}

/** Stands on one entry after the other; its fields describe the present one and are overwritten by `next()`. */
export class BodyReader {
  payloadLength = 0;
  dropped = false;
  /** Where the entry's bytes begin in the raw body. */
  start = 0;
  /** Where they end. */
  end = 0;
  #metaAt = 0;
  #contentAt = 0;
  #payload: Buffer | undefined;
  #hash: string | undefined;

  constructor(readonly raw: Buffer) {}

  /**
   * Steps to the next entry; false at the exact end of the body.
   * @throws SatchelError `bad-segment` when an entry is cut off, `over-limit` when it is too large
   */
  next(): boolean {
    if (this.end === this.raw.length) return false;
    this.start = this.end;
    this.#hash = undefined;
    this.#payload = undefined;
    const length = readVarint(this.raw, this.start);
    const flags = readVarint(this.raw, this.start + (length & 3));
    this.payloadLength = length >>> 2;
    this.dropped = ((flags >>> 2) & 1) === 1;
    this.#metaAt = this.start + (length & 3) + (flags & 3);
    this.#contentAt = this.#metaAt + (flags >>> 3);
    this.end = this.#contentAt + (this.dropped ? HASH_SIZE : this.payloadLength);
    this.#check(flags >>> 3);
    return true;
  }

  /** Steps to the entry that begins at `start`, as found before. */
  seek(start: number): void {
    this.end = start;
    this.next();
  }

  /** Bytes of the clear metadata. */
  get metaLength(): number {
    return this.#contentAt - this.#metaAt;
  }

  /** The clear metadata: a view into the body. */
  get meta(): Buffer {
    return this.#contentAt === this.#metaAt ? NO_META : this.raw.subarray(this.#metaAt, this.#contentAt);
  }

  /** The payload as a view into the body, or nothing when it was dropped. */
  get payload(): Buffer | undefined {
    if (this.dropped) return undefined;
    this.#payload ??= this.raw.subarray(this.#contentAt, this.end);
    return this.#payload;
  }

  /** Where the payload, or the hash in its place, begins in the raw body; it ends where the entry does. */
  get payloadAt(): number {
    return this.#contentAt;
  }

  /** SHA-256 of the payload as a latin1 string, computed or, when the payload was dropped, as carried. */
  get payloadHash(): string {
    let found = this.#hash;
    if (found === undefined) {
      found = this.dropped ? this.raw.toString('latin1', this.#contentAt, this.end) : sha256Latin1(this.#bytes());
      this.#hash = found;
    }
    return found;
  }

  /** The payload for who only reads its bytes: to make a Buffer takes several times as long. */
  #bytes(): Uint8Array {
    return new Uint8Array(this.raw.buffer, this.raw.byteOffset + this.#contentAt, this.payloadLength);
  }

  #check(metaLength: number): void {
    if (this.payloadLength > PAYLOAD_MAX) throw tooLarge('payload', this.payloadLength, PAYLOAD_MAX);
    if (metaLength > META_MAX) throw tooLarge('metadata', metaLength, META_MAX);
    if (this.end > this.raw.length) throw new SatchelError('bad-segment', 'segment body ends inside an entry');
  }
}

/**
 * The clear metadata of those entries that have any, in order. Whether the body is valid is not asked.
 * @throws SatchelError `bad-segment` where it can't be read on
 */
export function metasIn(raw: Buffer): Buffer[] {
  const metas: Buffer[] = [];
  for (let at = 0; at < raw.length; ) {
    const length = readVarint(raw, at);
    const flags = readVarint(raw, at + (length & 3));
    const metaAt = at + (length & 3) + (flags & 3);
    const contentAt = metaAt + (flags >>> 3);
    if (contentAt > metaAt) metas.push(raw.subarray(metaAt, contentAt));
    at = contentAt + (((flags >>> 2) & 1) === 1 ? HASH_SIZE : length >>> 2);
  }
  return metas;
}

/** The entry the reader stands on, as a value that outlives the step. */
export function snapshot(reader: BodyReader): BodyEntry {
  return {
    meta: reader.meta,
    payloadLength: reader.payloadLength,
    payload: reader.payload,
    payloadHash: reader.payloadHash,
  };
}

/** Bytes the entry takes in a raw body. */
export function encodedSize(entry: BodyEntry): number {
  const flags = entry.meta.length * 2 + 1;
  const content = entry.payload ? entry.payloadLength : HASH_SIZE;
  return varintSize(entry.payloadLength) + varintSize(flags) + entry.meta.length + content;
}

/** The raw body that holds the entries in order. */
export function encodeBody(entries: readonly BodyEntry[]): Buffer {
  let size = 0;
  for (const entry of entries) size += encodedSize(entry);
  const raw = Buffer.allocUnsafe(size);
  let at = 0;
  for (const entry of entries) at = writeEntry(raw, at, entry);
  return raw;
}

/** Writes an entry where there is room for it; returns the offset behind it. */
export function writeEntry(raw: Buffer, offset: number, entry: BodyEntry): number {
  let at = writeVarint(raw, offset, entry.payloadLength);
  at = writeVarint(raw, at, entry.meta.length * 2 + (entry.payload ? 0 : 1));
  if (entry.meta.length > 0) at += entry.meta.copy(raw, at);
  if (entry.payload) {
    raw.set(entry.payload, at);
    return at + entry.payloadLength;
  }
  return at + raw.write(entry.payloadHash, at, HASH_SIZE, 'latin1');
}

function tooLarge(what: string, found: number, most: number): SatchelError {
  return new SatchelError('over-limit', `entry has a ${what} of ${found} bytes, allowed are ${most}`);
}
