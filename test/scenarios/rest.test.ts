// Export comes to rest: once everybody has everything, acknowledgements included, another round writes nothing.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { planExport } from '../../src/sync/export/export.js';
import { Replica } from '../testkit/replica.js';
import { bundleFrom, decide, heldBy, makeFriends, meetAll, round, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const NAMES = ['alice', 'bob', 'carol', 'dora', 'emil'];

let directory: string;
let stick: string;
beforeEach(() => {
  directory = scratchDirectory();
  stick = path.join(directory, 'stick');
  fs.mkdirSync(stick);
});

describe('exports come to rest', () => {
  it.each([2, 3, 5])('among %i people', async (count) => {
    const friends = await makeFriends(directory, NAMES.slice(0, count), 't');
    for (let day = 0; day < 3; day++) {
      for (const [i, friend] of friends.entries())
        if ((i + day) % 2 === 0) await friend.post('t', `${i} on day ${day}`);
      expect(await settle(friends, stick)).toBeLessThanOrEqual(4);
      expectSame(friends);
    }
    expect(await round(friends, stick)).toBe(0);
    for (const friend of friends) expect(planExport(friend.session, {})).toMatchObject({ entries: 0 });
  });

  it('after many acknowledgements, also for whoever joins then', async () => {
    const friends = await makeFriends(directory, ['alice', 'bob'], 't');
    for (let day = 0; day < 20; day++) {
      for (const friend of friends) await friend.post('t', `day ${day}`);
      await settle(friends, stick);
    }
    const carol = (await Replica.create('carol', directory)).join('t');
    friends.push(carol);
    meetAll(friends);
    await settle(friends, stick);
    expectSame(friends);
    expect([...carol.repository.logs()].flatMap(({ log }) => carol.repository.unheldRuns(log))).toEqual(
      [...carol.repository.logs()].flatMap(() => []),
    );
  });

  it('when a third person carries all of it between two who never meet', async () => {
    const [alice, bob, carol] = (await makeFriends(directory, ['alice', 'bob', 'carol'], 't')) as Trio;
    await alice.post('t', 'hello bob');
    await bob.post('t', 'hello alice');
    let rounds = 0;
    for (let written = 1; written > 0 && rounds < 10; rounds++) {
      written = 0;
      for (const [from, to] of [
        [alice, carol],
        [carol, bob],
        [bob, carol],
        [carol, alice],
      ] as const) {
        const file = await bundleFrom(from, stick);
        if (!file) continue;
        written++;
        to.import(file);
      }
    }
    expect(rounds).toBeLessThan(6);
    expectSame([alice, bob, carol]);
    expect(alice.texts('t')).toHaveLength(2);
  });

  it('only when all of it was written: what found no room goes next time', async () => {
    const [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], 't')) as Duo;
    // more of them than the room that an export leaves for what is not counted exactly
    for (const topic of Array.from({ length: 24 }, (_, i) => `t${i}`)) {
      bob.join(topic);
      await alice.post(topic, 'hello');
    }
    bob.import((await bundleFrom(alice, stick)) ?? '');
    const file = path.join(directory, 'part.satchel');
    let part = await bob.export(file, { maxBytes: 10_000 });
    for (let maxBytes = 11_000; part.file === null; maxBytes += 1_000) part = await bob.export(file, { maxBytes });
    expect(part.left).toBeGreaterThan(0);
    const rest = await bob.export(path.join(directory, 'rest.satchel'));
    expect(rest).toMatchObject({ left: 0, entries: part.entries + part.left });
    expect((await bob.export(path.join(directory, 'none.satchel'))).file).toBeNull();
  });

  it('for each of several topics, and writes again when one goes on', async () => {
    const [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], 't')) as Duo;
    await alice.post('t', 'one');
    await bob.post('u', 'two');
    alice.join('u');
    await settle([alice, bob], stick);
    expectSame([alice, bob]);
    await alice.post('u', 'three');
    expect(await round([alice, bob], stick)).toBeGreaterThan(0);
    await settle([alice, bob], stick);
    expect(bob.texts('u')).toEqual(['two', 'three']);
  });

  it('after a collection of garbage and a new index on one side', async () => {
    const friends = await makeFriends(directory, ['alice', 'bob'], 't');
    for (let i = 0; i < 5; i++) for (const friend of friends) await friend.post('t', `message ${i}`);
    await settle(friends, stick);
    const [alice, bob] = friends as Duo;
    alice.collect();
    fs.rmSync(bob.repository.layout.index, { recursive: true });
    bob.reopen();
    expect(await round(friends, stick)).toBe(0);
  });

  it.each(['auto', 'off'] as const)(
    'also when the bundle that told what is held got lost (receipts %s)',
    async (receipts) => {
      const [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], 't')) as Duo;
      for (const friend of [alice, bob]) decide(friend, 't', { receipts });
      await alice.post('t', 'hello');
      bob.import((await bundleFrom(alice, stick)) ?? '');
      expect(await bundleFrom(bob, stick)).toBeDefined();
      expect(await bundleFrom(bob, stick)).toBeUndefined();
      bob.import((await bundleFrom(alice, stick)) ?? '');
      alice.import((await bundleFrom(bob, stick)) ?? '');
      expect(await round([alice, bob], stick)).toBeLessThanOrEqual(1);
      expect(await round([alice, bob], stick)).toBe(0);
    },
  );

  it('with receipts off, when frontiers tell what is held', async () => {
    const friends = await makeFriends(directory, NAMES.slice(0, 3), 't');
    for (const friend of friends) decide(friend, 't', { receipts: 'off' });
    for (const friend of friends) await friend.post('t', `from ${friend.name}`);
    await settle(friends, stick);
    expectSame(friends);
  });
});

type Duo = [Replica, Replica];
type Trio = [Replica, Replica, Replica];

function expectSame(replicas: readonly Replica[]): void {
  const [first, ...others] = replicas;
  for (const other of others) {
    expect(heldBy(other)).toEqual(heldBy(first as Replica));
    expect(other.texts('t')).toEqual((first as Replica).texts('t'));
  }
}
