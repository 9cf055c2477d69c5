// Attachments without files: chunks of any few bytes, in a list that says what it likes of their sizes. Chunks are carried
// by their hashes, so a blob of many need not have many bytes.

import type { Digest } from '../../src/format/ids.js';
import { CHUNK_MAX } from '../../src/format/limits.js';
import { encodeChunkList } from '../../src/format/log/blob.js';
import type { Replica } from './replica.js';

/** Posts a message with one attachment of these chunks; returns its root. */
export async function attach(
  replica: Replica,
  label: string,
  body: string,
  chunks: readonly Buffer[],
): Promise<Digest> {
  const { blobs } = replica.repository;
  const hashes = chunks.map((chunk) => blobs.add(chunk));
  const size = chunks.length === 0 ? 0 : (chunks.length - 1) * CHUNK_MAX + 1;
  const root = blobs.add(encodeChunkList(size, hashes));
  blobs.settle();
  await replica.post(label, { body, meta: { blobs: [{ root, size }] } });
  return root;
}

/** So many different chunks, each of `bytes` bytes. */
export function chunksOf(name: string, count: number, bytes = 40): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.alloc(bytes, `${name}: chunk ${i}. `));
}

/** How many chunks of a blob are here, its list aside; undefined while that is missing. */
export function heldChunks({ repository }: Replica, root: Digest): number | undefined {
  const list = repository.blobs.list(root);
  if (!list) return undefined;
  const indices = Array.from({ length: list.count }, (_, i) => i);
  return indices.filter((index) => repository.blobs.readIfGood(list.hash(index))).length;
}
