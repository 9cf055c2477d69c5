// Attachments on sticks that are too small, several, or looked at too early (spec/drive.md, "Space", "A visit").
import path from 'node:path';
import { expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { attach, chunksOf, heldChunks } from '../testkit/attach.js';
import { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { sealAs } from '../testkit/sealing.js';
import { bundlesOn, chunksIn, makeStick } from '../testkit/stick.js';

const CHUNK_BYTES = 4_000;
/** Room for some chunks of that size beside the text. */
const ROOM = { maxBytes: 30_000 };

async function world(): Promise<{ alice: Replica; bob: Replica; sticks: [string, string] }> {
  const directory = memoryDirectory();
  const [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica, Replica];
  const sticks = [1, 2].map((id) => makeStick(path.join(directory, `stick-${id}`), id)) as [string, string];
  for (const stick of sticks) for (const one of [bob, alice]) await one.visit(stick);
  return { alice, bob, sticks };
}

function chunksOn(stick: string): string[] {
  return bundlesOn(stick).flatMap((name) => chunksIn(stick, name));
}

it('two sticks take different chunks of one attachment', async () => {
  const { alice, bob, sticks } = await world();
  const root = await attach(alice, 't', 'see this', chunksOf('a', 8, CHUNK_BYTES));
  for (const stick of sticks) expect((await alice.visit(stick, ROOM)).exported?.blobsLeft.count).toBeGreaterThan(0);
  const [first, second] = sticks.map(chunksOn) as [string[], string[]];
  // the list is what both need
  expect(first.filter((chunk) => second.includes(chunk))).toEqual([root]);
  for (const stick of sticks) await bob.visit(stick);
  expect(heldChunks(bob, root)).toBe(new Set([...first, ...second]).size - 1);
});

it('one small stick brings all of it in several trips, and then nothing but the newest word of each', async () => {
  const { alice, bob, sticks } = await world();
  const [stick] = sticks;
  // padding takes of so little room more than a chunk
  sealAs([alice, bob], 'open');
  const root = await attach(alice, 't', 'see this', chunksOf('a', 12, CHUNK_BYTES));
  let trips = 0;
  for (; heldChunks(bob, root) !== 12 && trips < 9; trips++) {
    await alice.visit(stick, ROOM);
    await bob.visit(stick);
  }
  expect(trips).toBe(Math.ceil(12 / 5));
  for (const one of [alice, bob]) await one.visit(stick);
  for (const one of [alice, bob]) expect((await one.visit(stick)).touched).toBe(false);
  // the newest bundle of each stays for what it says
  expect(bundlesOn(stick).length).toBeLessThanOrEqual(2);
});

it('a disk that fills up while chunks are stored loses neither the text nor what was stored', async () => {
  const { alice, bob, sticks } = await world();
  const [stick] = sticks;
  const root = await attach(alice, 't', 'see this', chunksOf('a', 6));
  await alice.visit(stick);
  const { blobs } = bob.repository;
  const add = blobs.add.bind(blobs);
  let room = 3;
  blobs.add = (bytes) => {
    if (room-- === 0) throw new SatchelError('no-space', 'full');
    return add(bytes);
  };
  const report = await bob.visit(stick);
  expect(report.failure).toMatchObject({ code: 'no-space' });
  expect(bob.texts('t')).toEqual(['see this']);
  expect(heldChunks(bob, root)).toBe(2);
  blobs.add = add;
  expect((await bob.visit(stick)).scanned).toMatchObject([{ report: { blobs: { fresh: 4, known: 3 } } }]);
  expect(heldChunks(bob, root)).toBe(6);
});

it('chunks that nobody wanted are taken from the stick once their message is wanted', async () => {
  const { alice, sticks } = await world();
  const [stick] = sticks;
  // nothing sealed is for whom nobody knows
  sealAs([alice], 'open');
  const root = await attach(alice, 't', 'see this', chunksOf('a', 2));
  await alice.visit(stick);
  const carol = await Replica.create('carol', memoryDirectory());
  await carol.visit(stick);
  expect(heldChunks(carol, root)).toBeUndefined();
  carol.meet(alice);
  await carol.visit(stick);
  expect(heldChunks(carol, root)).toBe(2);
});

it('a chunk that was lost here is taken again from a stick that was looked through before', async () => {
  const { alice, bob, sticks } = await world();
  const [stick] = sticks;
  const carol = await Replica.create('carol', memoryDirectory());
  await carol.visit(stick); // somebody whom the bundle waits for
  const root = await attach(alice, 't', 'see this', chunksOf('a', 3));
  await alice.visit(stick);
  await bob.visit(stick);
  const lost = bob.repository.blobs.list(root)?.hash(1);
  if (lost) bob.repository.blobs.remove(lost);
  expect(heldChunks(bob, root)).toBe(2);
  await bob.visit(stick);
  expect(heldChunks(bob, root)).toBe(3);
});
