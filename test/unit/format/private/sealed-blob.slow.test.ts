// Attachments of private topics: encrypted while they are read, by whoever stores them.
import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openBlobAt, openedBlob, sealedBlob, sealedBlobSize } from '../../../../src/format/private/sealed-blob.js';
import { sourceOf } from '../../../../src/format/source.js';
import { BlobStore } from '../../../../src/repository/store/blobs.js';
import { blobChunks, storeBlob } from '../../../../src/repository/store/store-blob.js';
import { trying } from '../../../testkit/effort.js';
import { memoryDirectory } from '../../../testkit/scratch.js';

const KEY = Buffer.alloc(32, 3);
const files = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 4_000, maxLength: 9_000 }));

test('in whatever portions it is read, it is the file and zeros under AES in counter mode', () => {
  fc.assert(
    fc.property(
      files,
      fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 9 }),
      (bytes, portions) => {
        const file = Buffer.from(bytes);
        const source = sealedBlob(sourceOf(file), KEY);
        const pieces: Buffer[] = [];
        for (let at = 0, i = 0; at < source.size; at += pieces.at(-1)?.length ?? 0, i++) {
          pieces.push(source.read(at, Math.min(portions[i % portions.length] ?? 1, source.size - at)));
        }
        const plain = Buffer.concat([file, Buffer.alloc(source.size - file.length)]);
        const whole = createCipheriv('aes-256-ctr', KEY, Buffer.alloc(16)).update(plain);
        expect(Buffer.concat(pieces).equals(whole)).toBe(true);
        expect(Buffer.concat([...openedBlob(pieces, { key: KEY, size: file.length })]).equals(file)).toBe(true);
        const from = (portions[0] ?? 0) % (file.length + 1);
        expect(openBlobAt(KEY, from, whole.subarray(from, file.length)).equals(file.subarray(from))).toBe(true);
      },
    ),
    trying(100),
  );
});

test('lengths are few, and never much more than the file', () => {
  const sizes = new Set<number>();
  for (let size = 0; size < 200_000; size += 7) {
    const padded = sealedBlobSize(size);
    sizes.add(padded);
    expect(padded).toBeGreaterThanOrEqual(Math.max(size, 4_096));
    if (size > 4_096) expect(padded).toBeLessThan(size * 1.07);
    expect(sealedBlobSize(padded)).toBe(padded);
  }
  expect(sizes.size).toBeLessThan(120);
});

describe('stored as any other blob', () => {
  test('it comes back', () => {
    const store = new BlobStore(memoryDirectory());
    const file = Buffer.alloc(1_500_000, 'What is in it. ');
    const ref = storeBlob(store, sealedBlob(sourceOf(file), KEY));
    expect(ref.size).toBe(sealedBlobSize(file.length));
    const chunks = [...blobChunks(store, ref)];
    expect(chunks.some((chunk) => chunk.includes('What is in it.'))).toBe(false);
    expect(Buffer.concat([...openedBlob(chunks, { key: KEY, size: file.length })]).equals(file)).toBe(true);
  });

  test.each([
    ['shorter', -1],
    ['shorter by much', -9_000],
    ['longer', 1],
  ])('a file that became %s is told', (_how, by) => {
    const file = Buffer.alloc(10_000, 7);
    const now = sourceOf(Buffer.alloc(file.length + by, 7));
    const source = sealedBlob({ ...now, size: file.length }, KEY);
    expect(() => storeBlob(new BlobStore(memoryDirectory()), source)).toThrowError('changed while it was read');
  });
});

test('nothing is encrypted twice under one key', () => {
  const source = sealedBlob(sourceOf(Buffer.alloc(5_000, 7)), KEY);
  source.read(0, 100);
  for (const at of [0, 99, 101]) expect(() => source.read(at, 10)).toThrow('out of turn');
  expect(source.read(100, 10)).toHaveLength(10);
});
