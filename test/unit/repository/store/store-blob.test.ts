import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { BLOB_MAX, CHUNK_MAX } from '../../../../src/format/limits.js';
import { blobHash } from '../../../../src/format/log/blob.js';
import type { ByteSource } from '../../../../src/format/source.js';
import { blobProgress } from '../../../../src/repository/store/blob-progress.js';
import { BlobStore } from '../../../../src/repository/store/blobs.js';
import { blobChunks, compareWithBlob, storeBlob, storingBlob } from '../../../../src/repository/store/store-blob.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

let store: BlobStore;
beforeEach(() => {
  store = new BlobStore(path.join(scratchDirectory(), 'blobs'));
});

function sourceOf(bytes: Buffer): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** So many bytes of which no chunk equals another. */
function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size, 'satchel');
  for (let at = 0; at < size; at += CHUNK_MAX) bytes[at] = at / CHUNK_MAX;
  return bytes;
}

describe('a blob', () => {
  it('comes back as it was stored, whatever its size', () => {
    const sizes = fc.oneof(
      fc.constantFrom(0, 1, CHUNK_MAX - 1, CHUNK_MAX, CHUNK_MAX + 1, 2 * CHUNK_MAX),
      fc.integer({ min: 0, max: 3 * CHUNK_MAX }),
    );
    fc.assert(
      fc.property(sizes, (size) => {
        const bytes = bytesOf(size);
        const ref = storeBlob(store, sourceOf(bytes));
        expect(ref.size).toBe(size);
        expect(blobProgress(store, ref)).toMatchObject({ state: 'complete', heldBytes: size });
        expect(Buffer.concat([...blobChunks(store, ref)]).equals(bytes)).toBe(true);
        expect([...compareWithBlob(store, ref, sourceOf(bytes))]).not.toContain(false);
      }),
      { numRuns: 20 },
    );
  });

  it('that another has in front of it shares its chunks', () => {
    storeBlob(store, sourceOf(bytesOf(2 * CHUNK_MAX)));
    const before = [...store.hashes()].length;
    storeBlob(store, sourceOf(bytesOf(2 * CHUNK_MAX + 1)));
    expect([...store.hashes()].length - before).toBe(2);
  });

  it('is told apart from a file that differs in one byte, or in its size', () => {
    const bytes = bytesOf(CHUNK_MAX + 5);
    const ref = storeBlob(store, sourceOf(bytes));
    const other = Buffer.from(bytes);
    other[CHUNK_MAX + 2] = 255;
    expect([...compareWithBlob(store, ref, sourceOf(other))]).toEqual([true, false]);
    expect([...compareWithBlob(store, ref, sourceOf(bytes.subarray(1)))]).toEqual([false]);
  });

  it('tells its progress', () => {
    expect([...storingBlob(store, sourceOf(bytesOf(CHUNK_MAX + 5)))]).toEqual([CHUNK_MAX, CHUNK_MAX + 5]);
  });
});

describe('refused is', () => {
  const bytes = bytesOf(CHUNK_MAX + 5);

  it.each<[string, ByteSource, string]>([
    ['a source that ends early', { ...sourceOf(bytes.subarray(0, -1)), size: bytes.length }, 'changed'],
    ['a source that has more', { ...sourceOf(bytes), size: bytes.length - 1 }, 'changed'],
    ['one that says it is empty', { ...sourceOf(bytes), size: 0 }, 'changed'],
    ['one that is too large, before it is read', { size: BLOB_MAX + 1, read: () => Buffer.alloc(0) }, 'too-large'],
  ])('%s', (_what, source, code) => {
    expect(() => storeBlob(store, source)).toThrow(expect.objectContaining({ code }));
  });

  it.each<[string, (ref: { root: ReturnType<typeof blobHash> }) => void]>([
    ['a missing list', ({ root }) => store.remove(root)],
    ['a damaged list', ({ root }) => fs.writeFileSync(store.file(root), 'x')],
    ['a missing chunk', () => store.remove(blobHash(bytes.subarray(CHUNK_MAX)))],
    ['a damaged chunk', () => fs.writeFileSync(store.file(blobHash(bytes.subarray(CHUNK_MAX))), 'wrong')],
  ])('%s, on the way out', (_what, damage) => {
    const ref = storeBlob(store, sourceOf(bytes));
    damage(ref);
    expect(() => [...blobChunks(store, ref)]).toThrow(expect.objectContaining({ code: 'damaged' }));
  });
});
