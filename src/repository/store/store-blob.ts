// A file's bytes as a blob, stored and read back one chunk at a time (spec/repository.md, "Blobs").

import { SatchelError } from '../../format/error.js';
import { type Digest, shortId } from '../../format/ids.js';
import { BLOB_MAX, CHUNK_MAX } from '../../format/limits.js';
import { blobHash, encodeChunkList } from '../../format/log/blob.js';
import type { BlobRef } from '../../format/log/meta.js';
import type { ByteSource } from '../../format/source.js';
import type { BlobStore } from './blobs.js';

/**
 * Stores all of the source, durably: chunks first, the list last.
 * @throws SatchelError `too-large`, `changed` when the source has other bytes than it said, `no-space`, `io`
 */
export function storeBlob(store: BlobStore, source: ByteSource): BlobRef {
  const steps = storingBlob(store, source);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** {@link storeBlob} a chunk at a time: yields the bytes stored so far. What is not gone on with leaves chunks behind. */
export function* storingBlob(store: BlobStore, source: ByteSource): Generator<number, BlobRef> {
  const { size } = source;
  assertBlobSize(size);
  const hashes: Digest[] = [];
  for (let at = 0; at < size; at += CHUNK_MAX) {
    const wanted = Math.min(CHUNK_MAX, size - at);
    const chunk = source.read(at, wanted);
    if (chunk.length < wanted) throw changed();
    hashes.push(store.add(chunk));
    yield at + wanted;
  }
  // some files, such as those of /proc, say that they are empty and are not
  if (source.read(size, 1).length > 0) throw changed();
  const root = store.add(encodeChunkList(size, hashes));
  store.settle();
  return { root, size };
}

/**
 * Checks a size before anything is read.
 * @throws SatchelError `too-large`
 */
export function assertBlobSize(size: number): void {
  if (size <= BLOB_MAX) return;
  throw new SatchelError('too-large', `it has ${size} bytes, an attachment at most ${BLOB_MAX}`, {
    hint: 'split the file, for example with "split -b 30G"',
  });
}

/**
 * The blob's bytes, a chunk at a time, each compared with its hash and place.
 * @throws SatchelError `damaged` when something of it is not here undamaged
 */
export function* blobChunks(store: BlobStore, { root, size }: BlobRef): Generator<Buffer> {
  const list = store.list(root);
  if (list?.size !== size) throw damaged(root);
  for (let i = 0; i < list.count; i++) {
    const chunk = store.read(list.hash(i));
    if (chunk.length !== list.chunkSize(i)) throw damaged(root);
    yield chunk;
  }
}

/** Compares a file with the blob, a chunk at a time; after false, or when the sizes differ, nothing more comes. */
export function* compareWithBlob(store: BlobStore, { root, size }: BlobRef, source: ByteSource): Generator<boolean> {
  const list = store.list(root);
  if (list?.size !== size || source.size !== size) return yield false;
  for (let i = 0; i < list.count; i++) {
    const isSame = blobHash(source.read(i * CHUNK_MAX, list.chunkSize(i))) === list.hash(i);
    yield isSame;
    if (!isSame) return;
  }
}

function damaged(root: Digest): SatchelError {
  return new SatchelError('damaged', `the list of chunks of ${shortId(root)} is missing, damaged or wrong`, {
    hint: 'run "satchel check --all"',
  });
}

function changed(): SatchelError {
  return new SatchelError('changed', 'it changed while it was read', { hint: 'do it again when nobody writes to it' });
}
