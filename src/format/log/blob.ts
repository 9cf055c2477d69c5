// A blob: an attachment's content in chunks, named by the hash of the list of their hashes (spec/bundle.md, "Blobs").
// Chunk and list are stored and carried alike, each under the SHA-256 of its bytes.
import { HASH_PREFIXES } from '../domains.js';
import { type Digest, idBytes, readId } from '../ids.js';
import { BLOB_MAX, CHUNK_MAX } from '../limits.js';
import { sha256 } from '../platform.js';

const HASHES_AT = 9;
const HASH_SIZE = 32;

/** The list of a blob's chunks. */
export interface ChunkList {
  /** Bytes of the blob. */
  readonly size: number;
  /** Chunks of the blob; none when it is empty. */
  readonly count: number;
  /** SHA-256 of a chunk. */
  hash(index: number): Digest;
  /** Bytes of a chunk. */
  chunkSize(index: number): number;
}

/** The SHA-256 by which a chunk, or a list, is stored and carried; of a list it is the blob's root. */
export function blobHash(bytes: Uint8Array): Digest {
  return sha256(bytes) as Digest;
}

/** How many chunks a blob of this size has. */
export function chunkCount(size: number): number {
  return Math.ceil(size / CHUNK_MAX);
}

/** Bytes of a blob's chunk list. */
export function chunkListSize(size: number): number {
  return HASHES_AT + chunkCount(size) * HASH_SIZE;
}

/** The list's bytes; `hashes` are as many as a blob of that size has chunks. */
export function encodeChunkList(size: number, hashes: readonly Digest[]): Buffer {
  const bytes = Buffer.alloc(chunkListSize(size));
  bytes[0] = HASH_PREFIXES.blobRoot;
  bytes.writeBigUInt64BE(BigInt(size), 1);
  for (const [index, digest] of hashes.entries()) idBytes(digest).copy(bytes, HASHES_AT + index * HASH_SIZE);
  return bytes;
}

/** The list as a view of its bytes, or undefined when they are none. */
export function decodeChunkList(bytes: Buffer): ChunkList | undefined {
  if (bytes.length < HASHES_AT || bytes[0] !== HASH_PREFIXES.blobRoot) return undefined;
  const size = Number(bytes.readBigUInt64BE(1));
  if (size > BLOB_MAX || bytes.length !== chunkListSize(size)) return undefined;
  return {
    size,
    count: chunkCount(size),
    hash: (index) => readId<Digest>(bytes, HASHES_AT + index * HASH_SIZE),
    // all but the last one are full
    chunkSize: (index) => Math.min(CHUNK_MAX, size - index * CHUNK_MAX),
  };
}
