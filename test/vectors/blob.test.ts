// Every vector of `fixtures/blob.json`.
import { describe, expect } from 'vitest';
import { blobHash, chunkListSize, decodeChunkList, encodeChunkList } from '../../src/format/log/blob.js';
import { expand } from '../testkit/compact.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import type { BlobVector } from '../testkit/vectors-blob.js';

const fixture = openFixture('blob.json');

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('%s', (_how, place) => {
  fixture.each<BlobVector>('lists', ({ bytes: told, root, reads, comment }) => {
    const bytes = place(expand(told));
    expect(blobHash(bytes)).toBe(root);
    const list = decodeChunkList(bytes);
    if (!list || !reads) return void expect([list ?? null, comment]).toEqual([reads, comment]);
    const hashes = Array.from({ length: list.count }, (_, index) => list.hash(index));
    const last = list.count === 0 ? null : list.chunkSize(list.count - 1);
    expect({ size: list.size, count: list.count, last, ...(reads.hashes && { hashes }) }).toEqual(reads);
    expect(encodeChunkList(list.size, hashes).equals(bytes)).toBe(true);
    expect(chunkListSize(list.size)).toBe(bytes.length);
  });
});

fixture.expectAllRun();
