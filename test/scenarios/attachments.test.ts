// Attachments by file: a bundle holds what its recipient lacks, and word comes back of what has arrived
// (spec/bundle.md, "What an export holds", "Wants").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { blobDigest } from '../../src/format/bundle/members.js';
import { openBundle } from '../../src/format/bundle/reader.js';
import type { Digest } from '../../src/format/ids.js';
import { sourceOf } from '../../src/format/source.js';
import { attach, chunksOf, heldChunks } from '../testkit/attach.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, decide, makeFriends, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

interface World {
  readonly alice: Replica;
  readonly bob: Replica;
  readonly mail: string;
}

async function twoFriends(): Promise<World> {
  const directory = scratchDirectory();
  const [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica, Replica];
  const mail = path.join(directory, 'mail');
  fs.mkdirSync(mail);
  return { alice, bob, mail };
}

/** Chunks and chunk lists in a bundle. */
function chunksIn(file: string | undefined): Digest[] {
  if (!file) return [];
  return openBundle(sourceOf(fs.readFileSync(file))).members.flatMap(({ name }) => blobDigest(name) ?? []);
}

it('comes with its message, and then there is nothing more to send', async () => {
  const { alice, bob, mail } = await twoFriends();
  const root = await attach(alice, 't', 'see this', chunksOf('a', 3));
  const file = await bundleFrom(alice, mail);
  expect(chunksIn(file)).toHaveLength(4);
  const report = bob.import(file ?? '');
  expect(report.blobs).toMatchObject({ fresh: 4, known: 0, skipped: 0 });
  expect(heldChunks(bob, root)).toBe(3);
  expect(await settle([bob, alice], mail)).toBeLessThanOrEqual(2);
  expect(chunksIn(await bundleFrom(alice, mail))).toEqual([]);
});

it('is sent until word has come that it is there', async () => {
  const { alice, bob, mail } = await twoFriends();
  const root = await attach(alice, 't', 'see this', chunksOf('a', 2));
  bob.import((await bundleFrom(alice, mail)) ?? '');
  await bundleFrom(bob, mail); // lost
  const again = await bundleFrom(alice, mail);
  expect(chunksIn(again)).toHaveLength(3);
  expect(bob.import(again ?? '').blobs).toMatchObject({ fresh: 0, known: 3 });
  const word = await bundleFrom(bob, mail);
  expect(word, 'a bundle for word alone').toBeDefined();
  alice.import(word ?? '');
  expect(await bundleFrom(alice, mail)).toBeUndefined();
  expect(await bundleFrom(bob, mail)).toBeUndefined();
  expect(heldChunks(bob, root)).toBe(2);
});

it('is sent by whoever holds it, and only what is missing', async () => {
  const directory = scratchDirectory();
  const [alice, bob, carol] = (await makeFriends(directory, ['alice', 'bob', 'carol'], 't')) as [
    Replica,
    Replica,
    Replica,
  ];
  const mail = path.join(directory, 'mail');
  fs.mkdirSync(mail);
  const root = await attach(alice, 't', 'see this', chunksOf('a', 4));
  const first = (await bundleFrom(alice, mail)) ?? '';
  bob.import(first);
  carol.import(first);
  const list = carol.repository.blobs.list(root);
  for (const index of [1, 2]) carol.repository.blobs.remove(list?.hash(index) as Digest);
  const wish = await bundleFrom(carol, mail);
  bob.import(wish ?? '');
  const answer = await bundleFrom(bob, mail, { to: [{ ...carol.session.self }] });
  expect(chunksIn(answer)).toEqual([1, 2].map((index) => list?.hash(index)));
  expect(carol.import(answer ?? '').blobs).toMatchObject({ fresh: 2, skipped: 0 });
  expect(heldChunks(carol, root)).toBe(4);
  expect(await settle([alice, bob, carol], mail)).toBeLessThanOrEqual(3);
});

it('that is retracted is neither sent nor asked for', async () => {
  const { alice, bob, mail } = await twoFriends();
  await attach(alice, 't', 'gone', chunksOf('a', 2));
  const [own] = alice.repository.logs();
  bob.import((await bundleFrom(alice, mail, { maxBytes: 8_000 })) ?? '');
  await alice.post('t', { body: 'sorry', meta: { retracts: [{ from: 1, end: 2 }] } });
  expect(own?.end).toBe(2);
  const file = await bundleFrom(alice, mail);
  expect(chunksIn(file)).toEqual([]);
  bob.import(file ?? '');
  expect(await settle([alice, bob], mail)).toBeLessThanOrEqual(2);
});

it('goes behind the text, small ones first, as far as there is room', async () => {
  const { alice, bob, mail } = await twoFriends();
  const large = await attach(alice, 't', 'large', chunksOf('large', 6, 3_000));
  const small = await attach(alice, 't', 'small', chunksOf('small', 1, 1_000));
  const file = path.join(mail, 'first.satchel');
  const report = await alice.export(file, { maxBytes: 20_000 });
  expect(report).toMatchObject({ messages: 2, left: 0 });
  expect(report.bytes).toBeLessThanOrEqual(20_000);
  expect(report.blobs.count).toBeGreaterThan(2);
  expect(report.blobs.count + report.blobsLeft.count).toBe(9);
  expect(chunksIn(file).slice(0, 1)).toEqual([small]);
  bob.import(file);
  expect(heldChunks(bob, small)).toBe(1);
  expect(heldChunks(bob, large)).toBeLessThan(6);
  alice.import((await bundleFrom(bob, mail)) ?? '');
  const rest = await bundleFrom(alice, mail);
  expect(chunksIn(rest)).toHaveLength(report.blobsLeft.count);
  expect(bob.import(rest ?? '').blobs).toMatchObject({ fresh: report.blobsLeft.count, known: 0, skipped: 0 });
  expect(heldChunks(bob, large)).toBe(6);
  expect(await settle([bob, alice], mail)).toBeLessThanOrEqual(2);
});

it('is carried by who holds no more than the topic, within the quota', async () => {
  const directory = scratchDirectory();
  const [alice, bob, carol] = (await makeFriends(directory, ['alice', 'bob', 'carol'], 't')) as [
    Replica,
    Replica,
    Replica,
  ];
  decide(bob, 't', { joined: false, carry: true });
  const mail = path.join(directory, 'mail');
  fs.mkdirSync(mail);
  const root = await attach(alice, 't', 'see this', chunksOf('a', 2));
  bob.import((await bundleFrom(alice, mail, { to: [{ ...bob.session.self }] })) ?? '');
  expect(heldChunks(bob, root)).toBe(2);
  carol.import((await bundleFrom(bob, mail, { to: [{ ...carol.session.self }] })) ?? '');
  expect(heldChunks(carol, root)).toBe(2);
});

it('of a stranger is taken as far as the quota goes, and left in the file beyond', async () => {
  const { alice, bob, mail } = await twoFriends();
  const eve = (await makeFriends(scratchDirectory(), ['eve'], 't'))[0] as Replica;
  bob.quotas = { stranger: 2 * 2 ** 20, strangers: 2 ** 30, carry: 2 ** 30, veiled: 2 ** 28 };
  const small = await attach(eve, 't', 'small', chunksOf('s', 1));
  const large = await attach(eve, 't', 'large', chunksOf('l', 3));
  const file = (await bundleFrom(eve, mail)) ?? '';
  expect(bob.import(file).blobs).toMatchObject({ fresh: 2, skipped: 4 });
  expect([heldChunks(bob, small), heldChunks(bob, large)]).toEqual([1, undefined]);
  bob.meet(eve);
  expect(bob.import(file).blobs).toMatchObject({ fresh: 4, known: 2 });
  expect(heldChunks(alice, small)).toBeUndefined();
});

it('is looked for in other files when its message comes later', async () => {
  const { alice, bob, mail } = await twoFriends();
  const root = await attach(alice, 't', 'see this', chunksOf('a', 2));
  const text = path.join(mail, 'text.satchel');
  const all = path.join(mail, 'all.satchel');
  await alice.export(all, { full: true });
  await alice.export(text, { full: true, maxBytes: 8_000 });
  expect(chunksIn(text)).toEqual([]);
  expect(bob.import(text).blobs).toMatchObject({ fresh: 0 });
  expect(heldChunks(bob, root)).toBeUndefined();
  expect(bob.import(all)).toMatchObject({ fresh: 0, blobs: { fresh: 3 } });
  expect(heldChunks(bob, root)).toBe(2);
});

it('with a rotten chunk leaves everything as it was, and salvage takes the others', async () => {
  const { alice, bob, mail } = await twoFriends();
  const root = await attach(alice, 't', 'see this', chunksOf('a', 3));
  const file = (await bundleFrom(alice, mail)) ?? '';
  const bytes = fs.readFileSync(file);
  const at = bytes.indexOf('a: chunk 1');
  expect(at).toBeGreaterThan(0);
  bytes[at] = 0x5a;
  fs.writeFileSync(file, bytes);
  expect(() => bob.import(file)).toThrow(expect.objectContaining({ code: 'bad-member' }));
  expect([...bob.repository.logs()]).toEqual([]);
  expect(bob.import(file, { salvage: true })).toMatchObject({ fresh: 2, blobs: { fresh: 3 } });
  expect(heldChunks(bob, root)).toBe(2);
});

it('is told by a dry run, which takes nothing', async () => {
  const { alice, bob, mail } = await twoFriends();
  const root = await attach(alice, 't', 'see this', chunksOf('a', 3));
  const file = (await bundleFrom(alice, mail)) ?? '';
  expect(bob.import(file, { dryRun: true })).toMatchObject({ fresh: 2, blobs: { fresh: 4, skipped: 0 } });
  expect(heldChunks(bob, root)).toBeUndefined();
  expect([...bob.repository.blobs.hashes()]).toEqual([]);
});
