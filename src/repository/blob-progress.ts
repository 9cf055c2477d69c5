// How much of a blob is here (spec/repository.md, "Blobs").
import { chunkCount, decodeChunkList } from '../format/blob.js';
import type { BlobRef } from '../format/meta.js';
import type { BlobStore } from './blobs.js';

/** What is here of a blob. */
export interface BlobProgress {
  /** Chunks of the blob, by the size that the reference states. */
  readonly chunks: number;
  /** How many of them are here. */
  readonly held: number;
  /** Bytes in those. */
  readonly heldBytes: number;
  /**
   * `complete`; `partial`: the chunk list is here, and chunks are missing; `unlisted`: the chunk list is missing, so that
   * nobody here knows which chunks are needed; `impossible`: whatever else comes, there is no blob of that root and size.
   */
  readonly state: 'complete' | 'partial' | 'unlisted' | 'impossible';
}

/** What is here of a blob; chunks are looked for, not read. */
export function blobProgress(store: BlobStore, { root, size }: BlobRef): BlobProgress {
  const chunks = chunkCount(size);
  const nothing = { chunks, held: 0, heldBytes: 0 };
  const bytes = store.readIfGood(root);
  if (!bytes) return { ...nothing, state: 'unlisted' };
  const list = decodeChunkList(bytes);
  if (list?.size !== size) return { ...nothing, state: 'impossible' };
  let [held, heldBytes] = [0, 0];
  for (let i = 0; i < chunks; i++) {
    const found = store.size(list.hash(i));
    if (found === undefined) continue;
    if (found !== list.chunkSize(i)) return { ...nothing, state: 'impossible' };
    held++;
    heldBytes += found;
  }
  return { chunks, held, heldBytes, state: held === chunks ? 'complete' : 'partial' };
}
