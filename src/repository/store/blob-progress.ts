// How much of a blob is here (spec/repository.md, "Blobs").

import type { Digest } from '../../format/ids.js';
import { chunkCount, decodeChunkList } from '../../format/log/blob.js';
import type { BlobRef } from '../../format/log/meta.js';
import { recall } from '../../format/lru.js';
import type { BlobStore } from './blobs.js';

/** Blobs that are remembered, at most. */
const REMEMBERED_MAX = 10_000;

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
export function blobProgress(store: BlobStore, ref: BlobRef): BlobProgress {
  return progressOf(look(store, ref.root), ref);
}

/** {@link blobProgress} that looks only once at a blob, however many entries say they bring it. */
export function openBlobProgress(store: BlobStore): (ref: BlobRef) => BlobProgress {
  const looked = new Map<Digest, Looked>();
  return (ref) =>
    progressOf(
      recall(looked, ref.root, REMEMBERED_MAX, () => look(store, ref.root)),
      ref,
    );
}

/** What lies under a root: a list of a blob of that size, something that is none, or nothing. */
interface Looked {
  readonly size: number | undefined;
  readonly isThere: boolean;
  readonly held: number;
  readonly heldBytes: number;
  /** A chunk has another length than its place asks for. */
  readonly isWrong: boolean;
}

function look(store: BlobStore, root: Digest): Looked {
  const bytes = store.readIfGood(root);
  const list = bytes && decodeChunkList(bytes);
  let [held, heldBytes] = [0, 0];
  let isWrong = false;
  for (let i = 0; i < (list?.count ?? 0); i++) {
    const found = store.size(list?.hash(i) as Digest);
    if (found === undefined) continue;
    isWrong ||= found !== list?.chunkSize(i);
    held++;
    heldBytes += found;
  }
  return { size: list?.size, isThere: bytes !== undefined, held, heldBytes, isWrong };
}

function progressOf(looked: Looked, { size }: BlobRef): BlobProgress {
  const chunks = chunkCount(size);
  const nothing = { chunks, held: 0, heldBytes: 0 };
  if (!looked.isThere) return { ...nothing, state: 'unlisted' };
  if (looked.size !== size || looked.isWrong) return { ...nothing, state: 'impossible' };
  const { held, heldBytes } = looked;
  return { chunks, held, heldBytes, state: held === chunks ? 'complete' : 'partial' };
}
