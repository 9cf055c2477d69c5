// The member `wants`: what the bundle's signer lacks of attachments it wants (spec/bundle.md, "Wants"). It is read together
// with the frontier: a blob of an entry that is held there, and that is not named here, is lacked or wanted no more.
import { SatchelError } from '../error.js';
import { type Digest, idBytes, readId } from '../ids.js';
import { BLOB_CHUNKS_MAX, WANTS_MAX } from '../limits.js';
import type { Range } from '../log/meta.js';

/** What somebody lacks of the blobs that it wants. */
export interface Wants {
  /** For each blob by its root the missing chunks, ascending and disjoint; none: all of it, the chunk list too. */
  readonly blobs: ReadonlyMap<Digest, readonly Range[]>;
  /** More is lacked than found room: of a blob that is not named nothing is known. */
  readonly isCut: boolean;
}

const RECORD_SIZE = 36;
const RANGE_SIZE = 8;
/** Stands for all blobs that found no room. */
const MORE = '0'.repeat(64) as Digest;

/** Bytes that a blob with so many ranges takes, so that a writer can fill the limit. */
export function wantSize(rangeCount: number): number {
  return RECORD_SIZE + rangeCount * RANGE_SIZE;
}

/** Bytes of the member. */
export function wantsSize({ blobs, isCut }: Wants): number {
  const sizes = [...blobs.values()].map((missing) => wantSize(missing.length));
  return sizes.reduce((sum, size) => sum + size, isCut ? wantSize(0) : 0);
}

/**
 * The member's bytes; none when nothing is lacked.
 * @throws SatchelError `over-limit` when they are more than 64 KiB
 */
export function encodeWants({ blobs, isCut }: Wants): Buffer {
  const records = [...blobs].map(([root, missing]) => encodeRecord(root, missing));
  const bytes = Buffer.concat([...records, ...(isCut ? [encodeRecord(MORE, [])] : [])]);
  checkSize(bytes.length);
  return bytes;
}

/**
 * What is wanted.
 * @throws SatchelError `bad-member` when it is cut off, names a blob twice, has chunks out of order or beyond any blob, or
 * goes on behind its mark; `over-limit`
 */
export function decodeWants(bytes: Buffer): Wants {
  checkSize(bytes.length);
  const blobs = new Map<Digest, readonly Range[]>();
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < RECORD_SIZE) throw bad('are cut off');
    const root = readId<Digest>(bytes, at);
    const missing = readRanges(bytes, at + RECORD_SIZE, bytes.readUInt32BE(at + 32));
    at += wantSize(missing.length);
    if (root === MORE) return endOf(blobs, missing, bytes.length - at);
    if (blobs.has(root)) throw bad('name a blob twice');
    blobs.set(root, missing);
  }
  return { blobs, isCut: false };
}

function endOf(blobs: Wants['blobs'], missing: readonly Range[], left: number): Wants {
  if (missing.length > 0 || left > 0) throw bad('go on behind the mark that more is wanted');
  return { blobs, isCut: true };
}

function encodeRecord(root: Digest, missing: readonly Range[]): Buffer {
  const bytes = Buffer.alloc(wantSize(missing.length));
  idBytes(root).copy(bytes);
  bytes.writeUInt32BE(missing.length, 32);
  for (const [index, { from, end }] of missing.entries()) {
    bytes.writeUInt32BE(from, RECORD_SIZE + index * RANGE_SIZE);
    bytes.writeUInt32BE(end, RECORD_SIZE + index * RANGE_SIZE + 4);
  }
  return bytes;
}

function readRanges(bytes: Buffer, offset: number, count: number): readonly Range[] {
  if (count * RANGE_SIZE > bytes.length - offset) throw bad('are cut off');
  const ranges: Range[] = [];
  let least = 0;
  for (let i = 0; i < count; i++) {
    const from = bytes.readUInt32BE(offset + i * RANGE_SIZE);
    const end = bytes.readUInt32BE(offset + i * RANGE_SIZE + 4);
    if (from < least || end <= from) throw bad('have chunks that are not ascending and disjoint');
    if (end > BLOB_CHUNKS_MAX) throw bad(`have a chunk that no blob has: the last one is ${BLOB_CHUNKS_MAX - 1}`);
    ranges.push({ from, end });
    least = end;
  }
  return ranges;
}

function checkSize(size: number): void {
  if (size > WANTS_MAX) throw new SatchelError('over-limit', `wants have ${size} bytes, allowed are ${WANTS_MAX}`);
}

function bad(what: string): SatchelError {
  return new SatchelError('bad-member', `wants ${what}`);
}
