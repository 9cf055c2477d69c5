// What is wanted of blobs that several entries name (spec/bundle.md, "Blobs").
import { expect, it } from 'vitest';
import { CHUNK_MAX } from '../../../src/format/limits.js';
import { blobHash, encodeChunkList } from '../../../src/format/log/blob.js';
import { wantedBlobs } from '../../../src/sync/blobs/wanted.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const SIZE = CHUNK_MAX + 5;
const LIST = encodeChunkList(SIZE, [blobHash(Buffer.alloc(CHUNK_MAX)), blobHash(Buffer.from('hello'))]);
const ROOT = blobHash(LIST);

it.each([
  ['before', [1, SIZE]],
  ['after', [SIZE, 1]],
])('a blob that somebody named with a wrong size %s is wanted all the same', async (_when, sizes) => {
  const alice = await Replica.create('alice', scratchDirectory());
  for (const size of sizes) await alice.post('t', { body: 'x', meta: { blobs: [{ root: ROOT, size }] } });
  expect(wantedBlobs(alice.session)).toMatchObject([{ root: ROOT, list: undefined, missing: [] }]);
  alice.repository.blobs.add(LIST);
  expect(wantedBlobs(alice.session)).toMatchObject([{ root: ROOT, size: SIZE, missing: [{ from: 0, end: 2 }] }]);
});

it('a blob that nobody named rightly is not wanted once its list is here', async () => {
  const alice = await Replica.create('alice', scratchDirectory());
  await alice.post('t', { body: 'x', meta: { blobs: [{ root: ROOT, size: SIZE - 1 }] } });
  alice.repository.blobs.add(LIST);
  expect(wantedBlobs(alice.session)).toEqual([]);
});
