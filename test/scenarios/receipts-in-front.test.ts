// A receipt that lies in front of messages goes where they go: whoever gets them follows no gap.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeWant } from '../../src/sync/export/want.js';
import { Replica } from '../testkit/replica.js';
import { bundleFrom, makeFriends, meetAll, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick, recordsIn, snapshotOf } from '../testkit/stick.js';
import { expectWhole } from '../testkit/whole-world.js';

const DAY_MS = 86_400_000;
/** Bytes that go into no bundle beside some frame. */
const FEW_BYTES = 18_000;

let directory: string;
let stick: string;
let alice: Replica;
let bob: Replica;
beforeEach(async () => {
  directory = scratchDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica, Replica];
  await alice.post('t', 'one');
  await settle([alice, bob], scratchDirectory());
});

describe('a receipt in front of messages', () => {
  it('goes with them when only what is recent goes', async () => {
    await receipt();
    alice.now += 10 * DAY_MS;
    await alice.post('t', 'two');
    const file = await bundleFrom(alice, directory, { since: alice.now - DAY_MS });
    bob.import(file ?? '');
    expect(bob.texts('t')).toContain('two');
    expectWhole(bob);
  });

  it('goes with the newest of them when there is not room for all, and so does the rest later', async () => {
    await bob.visit(stick);
    await receipt();
    await alice.post('t', `two ${random(20_000)}`);
    await receipt();
    await alice.post('t', 'three');
    expect((await alice.visit(stick, { maxBytes: FEW_BYTES })).exported?.left).toBeGreaterThan(0);
    await bob.visit(stick);
    expect(bob.texts('t')).toContain('three');
    const log = alice.messages('t').at(-1)?.entry.log;
    // what is not here is the message that found no room, with the receipt in front of it
    expect(log && bob.repository.held(log).map(({ from, end }) => [from, end])).toEqual([
      [0, 2],
      [4, 6],
    ]);
    await alice.visit(stick);
    await bob.visit(stick);
    expectWhole(bob);
  });

  it('goes with them to whoever alone would be no reason for a bundle', async () => {
    const carol = (await Replica.create('carol', directory)).join('t');
    meetAll([alice, bob, carol]);
    await settle([alice, bob, carol], scratchDirectory());
    await bob.post('t', 'two');
    alice.import((await bundleFrom(bob, directory)) ?? '');
    // the receipt reaches carol, who says so, but not bob
    carol.import((await bundleFrom(alice, directory)) ?? '');
    const said = path.join(directory, 'said.satchel');
    await writeWant(carol.session, await carol.author(), () => said);
    alice.import(said);
    await bob.post('t', 'three');
    alice.import((await bundleFrom(bob, directory)) ?? '');
    const lost = await bundleFrom(alice, directory);
    expect(lost).toBeDefined();
    // now only carol lacks a message; before that lies, for her, one receipt, and for bob two
    bob.import((await bundleFrom(alice, directory)) ?? '');
    expectWhole(bob);
  });

  it('stays on a drive until it has arrived, also when something newer of its author lies there', async () => {
    await bob.visit(stick);
    await alice.visit(stick);
    await receipt();
    await alice.visit(stick);
    const [receipts] = bundlesOn(stick).filter((name) => recordsIn(stick, name).some(({ first }) => first === 2));
    await alice.post('t', 'two');
    await alice.visit(stick);
    expect(bundlesOn(stick)).toContain(receipts);
    await bob.visit(stick);
    expectWhole(bob);
    await bob.post('t', 'three');
    await bob.visit(stick);
    await alice.visit(stick);
    expect(bundlesOn(stick)).not.toContain(receipts);
  });

  it('stays on a drive until whoever holds it has said so there: all who look at the drive judge alike', async () => {
    await bob.visit(stick);
    await alice.visit(stick);
    await receipt();
    await alice.visit(stick);
    const receipts = bundlesOn(stick).filter((name) => recordsIn(stick, name).some(({ first }) => first === 2));
    const lost = await receipt();
    await alice.visit(stick);
    bob.import(lost);
    // it is bob's alone to need, and he has it; but nobody else could know
    const before = snapshotOf(stick);
    await bob.visit(stick);
    expect(snapshotOf(stick)).toEqual(before);
    expect(bundlesOn(stick)).toEqual(expect.arrayContaining(receipts));
    await bob.post('t', 'three');
    await bob.visit(stick);
    expect(receipts).toHaveLength(1);
    expect(bundlesOn(stick)).not.toContain(receipts[0]);
  });
});

/** Bob writes, and alice acknowledges it in a bundle that is lost: it comes back. */
async function receipt(): Promise<string> {
  await bob.post('t', 'something');
  const out = scratchDirectory();
  alice.import((await bundleFrom(bob, out)) ?? '');
  return (await bundleFrom(alice, out)) ?? '';
}

/** Text that compression makes no smaller than half of it. */
function random(bytes: number): string {
  return createHash('shake256', { outputLength: bytes }).update('text').digest('hex');
}
