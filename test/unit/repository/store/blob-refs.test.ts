import fs from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { BLOB_MAX } from '../../../../src/format/limits.js';
import { blobHash } from '../../../../src/format/log/blob.js';
import type { Meta } from '../../../../src/format/log/meta.js';
import { blobReferences, type ReferenceOptions } from '../../../../src/repository/store/blob-refs.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const DAY_MS = 86_400_000;
const A = { root: blobHash(Buffer.from('a')), size: 1 };
const B = { root: blobHash(Buffer.from('b')), size: 2 };

let alice: Replica;
beforeEach(async () => {
  alice = await Replica.create('alice', scratchDirectory());
});

it('are those of the entries that are held, with their place', async () => {
  await alice.post('t', 'none', { body: 'both', meta: { blobs: [A, B] } }, { body: 'once more', meta: { blobs: [A] } });
  const [log] = alice.repository.logs();
  const { topic } = log ?? {};
  expect(log).toBeDefined();
  expect([...blobReferences(alice.repository)]).toEqual([
    { ...A, log: log?.log, seq: 2, topic, arrival: 1, frozen: false },
    { ...B, log: log?.log, seq: 2, topic, arrival: 1, frozen: false },
    { ...A, log: log?.log, seq: 3, topic, arrival: 1, frozen: false },
  ]);
});

it('are found without decoding what has none', async () => {
  await alice.post('t', 'none');
  await alice.post('u', { body: 'one', meta: { blobs: [A] } });
  await alice.post('t', 'none either');
  const { segmentsDecoded } = alice.reopen().repository;
  expect(found()).toEqual([A]);
  expect(alice.repository.segmentsDecoded - segmentsDecoded).toBe(1);
});

it('are found after the index was lost, and after garbage was collected', async () => {
  for (const size of [1, 2, 3]) await alice.post('t', { body: `${size}`, meta: { blobs: [{ ...A, size }] } });
  const before = found();
  fs.rmSync(alice.repository.layout.index, { recursive: true });
  alice.reopen();
  expect(found()).toEqual(before);
  alice.collect();
  expect(found()).toEqual(before);
});

it('go when the message is taken back', async () => {
  const [posted] = await alice.post('t', { body: 'a', meta: { blobs: [A] } }, { body: 'b', meta: { blobs: [B] } });
  const seq = posted?.seq ?? 0;
  await alice.post('t', { type: 'retract', meta: { retracts: [{ from: seq, end: seq + 1 }], housekeeping: true } });
  expect(found()).toEqual([B]);
  alice.collect();
  expect(found()).toEqual([B]);
});

it('go when the message has expired for good, or sooner for who asks', async () => {
  const today = Math.floor(alice.now / DAY_MS);
  await alice.post('t', { body: 'a', meta: { blobs: [A], expires: today + 1 } }, { body: 'b', meta: { blobs: [B] } });
  alice.now += 2 * DAY_MS;
  expect(found()).toEqual([A, B]);
  expect(found({ hasExpired: ({ expires }: Meta) => (expires ?? Number.POSITIVE_INFINITY) <= today + 2 })).toEqual([B]);
  alice.collect();
  expect(found()).toEqual([B]);
});

it('leave out what is too large for a blob', async () => {
  await alice.post('t', {
    body: 'a',
    meta: {
      blobs: [
        { ...A, size: BLOB_MAX + 1 },
        { ...B, size: BLOB_MAX },
      ],
    },
  });
  expect(found()).toEqual([{ ...B, size: BLOB_MAX }]);
});

it('can be asked of some logs only', async () => {
  const [posted] = await alice.post('t', { body: 'a', meta: { blobs: [A] } });
  await alice.post('u', { body: 'b', meta: { blobs: [B] } });
  expect(found({ logs: posted ? [posted.log] : [] })).toEqual([A]);
});

function found(options: ReferenceOptions = {}) {
  return [...blobReferences(alice.repository, options)].map(({ root, size }) => ({ root, size }));
}
