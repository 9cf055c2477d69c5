import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Digest } from '../../../../src/format/ids.js';
import { CHUNK_MAX } from '../../../../src/format/limits.js';
import { blobHash, encodeChunkList } from '../../../../src/format/log/blob.js';
import { blobProgress, openBlobProgress } from '../../../../src/repository/store/blob-progress.js';
import { BlobStore } from '../../../../src/repository/store/blobs.js';
import { blobChunks } from '../../../../src/repository/store/store-blob.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const HELLO = Buffer.from('hello');
const YEAR_MS = 365 * 86_400_000;

let directory: string;
let store: BlobStore;
beforeEach(() => {
  directory = path.join(scratchDirectory(), 'blobs');
  store = new BlobStore(directory);
});

describe('the store', () => {
  it('gives back what was added, under its SHA-256', () => {
    const digest = store.add(HELLO);
    store.settle();
    expect(digest).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect(fs.readFileSync(path.join(directory, digest.slice(0, 2), digest.slice(2)))).toEqual(HELLO);
    expect([store.has(digest), store.size(digest), store.read(digest)]).toEqual([true, 5, HELLO]);
    expect([...store.hashes()]).toEqual([digest]);
    expect([...store.unfinished()]).toEqual([]);
  });

  it('stores equal bytes once, and takes them for new ones', () => {
    const digest = store.add(HELLO);
    const long = new Date(Date.now() - YEAR_MS);
    fs.utimesSync(store.file(digest), long, long);
    const { ino } = fs.statSync(store.file(digest));
    store.add(HELLO);
    expect(fs.statSync(store.file(digest)).ino).toBe(ino);
    expect([...store.stored()][0]?.added).toBeGreaterThan(Date.now() - YEAR_MS / 2);
  });

  it('replaces what has rotten when it is added again', () => {
    const digest = store.add(HELLO);
    fs.writeFileSync(store.file(digest), 'hellp');
    store.add(HELLO);
    expect(store.read(digest)).toEqual(HELLO);
  });

  it('never hands out bytes with another hash', () => {
    const digest = store.add(HELLO);
    fs.writeFileSync(store.file(digest), 'hellp');
    expect(store.readIfGood(digest)).toBeUndefined();
    expect(() => store.read(digest)).toThrow(/does not match its hash/);
    store.remove(digest);
    expect(() => store.read(digest)).toThrow(/is missing/);
    expect(store.has(digest)).toBe(false);
  });

  it('takes nothing for a chunk that is larger than one, or a link', () => {
    const digest = store.add(HELLO);
    fs.truncateSync(store.file(digest), 3 * 2 ** 30);
    expect(store.readIfGood(digest)).toBeUndefined();
    expect([store.add(HELLO), store.read(digest)]).toEqual([digest, HELLO]);
    const elsewhere = path.join(directory, 'elsewhere');
    fs.renameSync(store.file(digest), elsewhere);
    fs.symlinkSync(elsewhere, store.file(digest));
    expect([store.has(digest), store.readIfGood(digest)]).toEqual([false, undefined]);
  });

  it('lists nothing but files with a hash for a name', () => {
    const digest = store.add(HELLO);
    for (const name of ['x', `${digest.slice(2)}.old`, digest.slice(3)]) {
      fs.writeFileSync(path.join(directory, digest.slice(0, 2), name), 'x');
    }
    fs.symlinkSync(store.file(digest), path.join(directory, digest.slice(0, 2), 'a'.repeat(62)));
    fs.writeFileSync(path.join(directory, 'new', 'half'), 'x');
    expect([...store.hashes()]).toEqual([digest]);
    expect([...store.unfinished()].map(({ file }) => path.basename(file))).toEqual(['half']);
  });

  it('says nothing is there where there is no store yet', () => {
    expect([...store.hashes(), ...store.unfinished()]).toEqual([]);
    expect(store.has(blobHash(HELLO))).toBe(false);
  });
});

describe('the progress of a blob', () => {
  const first = Buffer.alloc(CHUNK_MAX, 1);
  const size = CHUNK_MAX + HELLO.length;
  const list = encodeChunkList(size, [blobHash(first), blobHash(HELLO)]);
  const ref = { root: blobHash(list), size };

  it('goes from unlisted over partial to complete', () => {
    expect(blobProgress(store, ref)).toEqual({ chunks: 2, held: 0, heldBytes: 0, state: 'unlisted' });
    store.add(HELLO);
    expect(blobProgress(store, ref)).toMatchObject({ held: 0, state: 'unlisted' });
    store.add(list);
    expect(blobProgress(store, ref)).toEqual({ chunks: 2, held: 1, heldBytes: 5, state: 'partial' });
    store.add(first);
    expect(blobProgress(store, ref)).toEqual({ chunks: 2, held: 2, heldBytes: size, state: 'complete' });
  });

  it('is complete with the list alone when the blob is empty', () => {
    const empty = encodeChunkList(0, []);
    store.add(empty);
    expect(blobProgress(store, { root: blobHash(empty), size: 0 })).toMatchObject({ chunks: 0, state: 'complete' });
  });

  it.each<[string, () => { root: Digest; size: number }]>([
    ['another size', () => ({ ...ref, size: size + 1 })],
    ['no chunk list', () => ({ root: store.add(first), size: CHUNK_MAX })],
  ])('is impossible: %s', (_what, refOf) => {
    store.add(list);
    expect(blobProgress(store, refOf())).toMatchObject({ held: 0, state: 'impossible' });
  });

  it('is impossible with a chunk of another length than its place asks for', () => {
    const lying = encodeChunkList(CHUNK_MAX + 1, [blobHash(HELLO), blobHash(HELLO)]);
    store.add(lying);
    const ref = { root: blobHash(lying), size: CHUNK_MAX + 1 };
    expect(blobProgress(store, ref)).toMatchObject({ state: 'partial', held: 0 });
    store.add(HELLO);
    expect(blobProgress(store, ref)).toMatchObject({ state: 'impossible' });
    expect(() => [...blobChunks(store, ref)]).toThrow(/wrong/);
  });

  it('is looked at once, however many messages bring it, and with whatever sizes', () => {
    store.add(list);
    store.add(HELLO);
    const read = vi.spyOn(store, 'readIfGood');
    const progressOf = openBlobProgress(store);
    for (let i = 0; i < 100; i++) {
      expect(progressOf(ref)).toEqual(blobProgress(new BlobStore(directory), ref));
      expect(progressOf({ ...ref, size: i })).toMatchObject({ state: 'impossible' });
    }
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('does not count a list that has rotten', () => {
    store.add(list);
    fs.writeFileSync(store.file(ref.root), 'rot');
    expect(blobProgress(store, ref)).toMatchObject({ state: 'unlisted' });
  });
});
