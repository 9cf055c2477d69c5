import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../../../src/format/ids.js';
import type { BlobStore } from '../../../../src/repository/store/blobs.js';
import { storeBlob } from '../../../../src/repository/store/store-blob.js';
import { checkEverything } from '../../../../src/sync/check.js';
import type { Attachment } from '../../../../src/topic/message/attachment.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const DAY_MS = 86_400_000;

let alice: Replica;
let store: BlobStore;
beforeEach(async () => {
  alice = await Replica.create('alice', scratchDirectory());
  // the disk's clock is the real one
  alice.now = Date.now();
  store = alice.repository.blobs;
});

describe('garbage collection', () => {
  it('keeps what an entry refers to, however old, and removes what none does', async () => {
    const kept = attachment('kept');
    await alice.post('t', { body: 'x', attachments: [kept] });
    const lost = attachment('lost');
    age();
    expect(alice.collect()).toMatchObject({ chunksRemoved: 2, leftovers: 0 });
    expect([...store.hashes()]).toHaveLength(2);
    expect([store.has(kept.root), store.has(lost.root)]).toEqual([true, false]);
    expect(alice.collect()).toMatchObject({ chunksRemoved: 0 });
  });

  it('keeps what was added within a day, and whatever a clock that is behind says', () => {
    attachment('lately');
    expect(alice.collect()).toMatchObject({ chunksRemoved: 0 });
    alice.now -= 10 * 365 * DAY_MS;
    expect(alice.collect()).toMatchObject({ chunksRemoved: 0 });
  });

  it('keeps old chunks that were attached again', () => {
    attachment('again');
    age();
    attachment('again');
    expect(alice.collect()).toMatchObject({ chunksRemoved: 0 });
  });

  it('removes what was taken back, unless another message brings it too', async () => {
    const only = attachment('only');
    const both = attachment('both');
    const [posted] = await alice.post('t', { body: 'x', attachments: [only, both] });
    await alice.post('u', { body: 'y', attachments: [both] });
    const seq = posted?.seq ?? 0;
    await alice.post('t', { type: 'retract', meta: { retracts: [{ from: seq, end: seq + 1 }], housekeeping: true } });
    age();
    expect(alice.collect()).toMatchObject({ chunksRemoved: 2 });
    expect([store.has(only.root), store.has(both.root)]).toEqual([false, true]);
  });

  it('removes what killed commands were writing', () => {
    attachment('x');
    const file = `${store.directory}/new/half`;
    fs.writeFileSync(file, 'x');
    expect(alice.collect()).toMatchObject({ leftovers: 0 });
    age();
    fs.utimesSync(file, 0, 0);
    expect(alice.collect()).toMatchObject({ leftovers: 1 });
    expect(fs.existsSync(file)).toBe(false);
  });

  it('removes no chunk while nobody knows which a damaged list names', async () => {
    const blob = attachment('kept');
    await alice.post('t', { body: 'x', attachments: [blob] });
    const list = fs.readFileSync(store.file(blob.root));
    age();
    fs.writeFileSync(store.file(blob.root), Buffer.alloc(list.length));
    expect(alice.collect()).toMatchObject({ chunksRemoved: 0 });
    check();
    expect(store.has(blob.root)).toBe(false);
    age();
    expect(alice.collect()).toMatchObject({ chunksRemoved: 0 });
    store.add(list);
    // the damaged one has served its purpose
    expect(alice.collect()).toMatchObject({ chunksRemoved: 1 });
    expect(store.list(blob.root)?.count).toBe(1);
  });
});

it('a post whose chunks have gone meanwhile does not happen', async () => {
  const blob = attachment('gone');
  age();
  alice.collect();
  await expect(alice.post('t', { body: 'x', attachments: [blob] })).rejects.toMatchObject({ code: 'changed' });
  expect(alice.texts('t')).toEqual([]);
});

describe('check', () => {
  it('finds nothing wrong with what is sound', async () => {
    await alice.post('t', { body: 'x', attachments: [attachment('a')] });
    expect(check()).toEqual([]);
  });

  it('puts damaged chunks aside, so that they are missing', async () => {
    const blob = attachment('a');
    await alice.post('t', { body: 'x', attachments: [blob] });
    const digest = store.list(blob.root)?.hash(0) as Digest;
    fs.writeFileSync(store.file(digest), 'b');
    expect(checkEverything(alice.repository, { all: false })).toEqual([]);
    expect(check()).toEqual(['error blob']);
    expect([store.has(digest), store.isSetAside(digest)]).toEqual([false, true]);
    expect(check()).toEqual([]);
    attachment('a');
    expect([store.read(digest).toString(), store.isSetAside(digest)]).toEqual(['a', false]);
  });

  it('sees at a glance what has no size that a chunk can have', async () => {
    const blob = attachment('a');
    fs.writeFileSync(store.file(blob.root), '');
    expect(checkEverything(alice.repository, { all: false }).map(({ code }) => code)).toEqual(['blob']);
  });

  it('tells of what killed commands were writing', () => {
    attachment('a');
    fs.writeFileSync(`${store.directory}/new/half`, 'x');
    expect(check()).toEqual([]);
    fs.utimesSync(`${store.directory}/new/half`, 0, 0);
    expect(check()).toEqual(['hint leftover']);
  });
});

function attachment(text: string): Attachment {
  const bytes = Buffer.from(text);
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  return { ...storeBlob(store, { size: bytes.length, read }), name: `${text}.txt`, mediaType: '' };
}

/** Everything that is stored was added long ago. */
function age(): void {
  for (const { file } of [...store.stored(), ...store.setAside()]) fs.utimesSync(file, 0, 0);
}

function check(): string[] {
  return checkEverything(alice.repository, { all: true })
    .filter(({ code }) => code !== 'secrets')
    .map(({ severity, code }) => `${severity} ${code}`);
}
