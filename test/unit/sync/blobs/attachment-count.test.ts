import { beforeEach, describe, expect, it } from 'vitest';
import { CHUNK_MAX } from '../../../../src/format/limits.js';
import { blobHash, encodeChunkList } from '../../../../src/format/log/blob.js';
import { countAttachments } from '../../../../src/sync/blobs/attachment-count.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const DAY_MS = 86_400_000;
const HELLO = Buffer.from('hello');
const SIZE = CHUNK_MAX + HELLO.length;
const LIST = encodeChunkList(SIZE, [blobHash(Buffer.alloc(CHUNK_MAX)), blobHash(HELLO)]);
const BLOB = { root: blobHash(LIST), size: SIZE };

let alice: Replica;
beforeEach(async () => {
  alice = await Replica.create('alice', scratchDirectory());
});

describe('what is still to come', () => {
  it('is counted in bytes, from all of it to nothing', async () => {
    await alice.post('t', { body: 'x', meta: { blobs: [BLOB] } });
    expect(count()).toEqual({ files: 1, missing: 1, missingBytes: SIZE });
    alice.repository.blobs.add(LIST);
    alice.repository.blobs.add(HELLO);
    expect(count()).toEqual({ files: 1, missing: 1, missingBytes: CHUNK_MAX });
    alice.repository.blobs.add(Buffer.alloc(CHUNK_MAX));
    expect(count()).toEqual({ files: 1, missing: 0, missingBytes: 0 });
  });

  it('is the same however many messages bring it', async () => {
    for (const topic of ['t', 'u']) await alice.post(topic, { body: 'x', meta: { blobs: [BLOB, BLOB] } });
    expect(count()).toMatchObject({ files: 1, missing: 1 });
  });

  it('is not hidden by who names it wrongly before', async () => {
    alice.repository.blobs.add(LIST);
    await alice.post('t', { body: 'x', meta: { blobs: [{ ...BLOB, size: 1 }] } });
    expect(count()).toEqual({ files: 0, missing: 0, missingBytes: 0 });
    await alice.post('t', { body: 'x', meta: { blobs: [BLOB] } });
    expect(count()).toEqual({ files: 1, missing: 1, missingBytes: SIZE });
  });

  it('is not counted of what has expired', async () => {
    const expires = Math.floor(alice.now / DAY_MS) + 1;
    await alice.post('t', { body: 'x', meta: { blobs: [BLOB], expires } });
    expect(count()).toMatchObject({ missing: 1 });
    alice.now += 2 * DAY_MS;
    expect(count()).toMatchObject({ files: 0 });
  });
});

function count(): ReturnType<typeof countAttachments> {
  return countAttachments(alice.session);
}
