// Vectors of chunk lists (spec/bundle.md, "Blobs").
import { type Compact, compact } from './compact.js';
import type { Vector } from './vector.js';
import { join, sha256, u8, u64 } from './wire.js';

/** Bytes, the hash that names them, and the list in them. */
export interface BlobVector extends Vector {
  readonly bytes: Compact;
  readonly root: string;
  /** Null when the bytes are no chunk list. */
  readonly reads: {
    readonly size: number;
    readonly count: number;
    /** Bytes of the last chunk; null when there is none. */
    readonly last: number | null;
    /** Left out when there are many. */
    readonly hashes?: readonly string[];
  } | null;
}

/** All of them. */
export function blobVectors(): BlobVector[] {
  const most = Array.from({ length: CHUNKS_MAX }, () => CHUNK);
  return [
    listed('empty', 'a blob of no bytes has no chunks, and a list', 0, []),
    listed('one-byte', 'one chunk of one byte', 1, [sha256('x')]),
    listed('full-chunk', 'exactly one chunk', MIB, [CHUNK]),
    listed('two-chunks', 'one byte more than a chunk', MIB + 1, [CHUNK, sha256('x')]),
    listed('equal-chunks', 'chunks may be equal', 2 * MIB, [CHUNK, CHUNK]),
    { ...listed('largest', 'as many chunks as fit into a list', CHUNKS_MAX * MIB, most) },
    none('no-bytes', 'nothing', Buffer.alloc(0)),
    none('cut-in-size', 'ends inside the size', join(u8(3), u64(1)).subarray(0, 8)),
    none('other-prefix', 'begins with the byte of something else', join(u8(4), u64(1), CHUNK)),
    none('hash-missing', 'a byte and no chunk', list(1, [])),
    none('hash-too-many', 'a chunk and no byte', list(0, [CHUNK])),
    none('one-too-few', 'one chunk for more than a chunk holds', list(MIB + 1, [CHUNK])),
    none('one-too-many', 'two chunks for what one holds', list(MIB, [CHUNK, CHUNK])),
    none('cut-by-one', 'the last byte is missing', list(1, [CHUNK]).subarray(0, -1)),
    none('one-byte-more', 'one byte behind the last hash', join(list(1, [CHUNK]), '\0')),
    none('too-large', 'one chunk more than fits into a list', list((CHUNKS_MAX + 1) * MIB, [...most, CHUNK])),
    none('size-2-63', 'a size that nothing has', list(2n ** 63n, [CHUNK])),
  ];
}

function listed(name: string, comment: string, size: number, hashes: readonly Buffer[]): BlobVector {
  const last = size === 0 ? null : size - (hashes.length - 1) * MIB;
  const some = hashes.length <= 2 && { hashes: hashes.map((hash) => hash.toString('hex')) };
  return vector(name, comment, list(size, hashes), { size, count: hashes.length, last, ...some });
}

function none(name: string, comment: string, bytes: Buffer): BlobVector {
  return vector(name, comment, bytes, null);
}

function vector(name: string, comment: string, bytes: Buffer, reads: BlobVector['reads']): BlobVector {
  return { name: `blob-${name}`, comment, bytes: compact(bytes), root: sha256(bytes).toString('hex'), reads };
}

function list(size: number | bigint, hashes: readonly Buffer[]): Buffer {
  return join(u8(3), u64(size), ...hashes);
}

const MIB = 1_048_576;
const CHUNKS_MAX = 32_767;
const CHUNK = sha256('a chunk');
