// What a device says it holds: bundles that come late or out of order, statements that shrink, and devices that lost
// their memory.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeFrontier, type FrontierRange } from '../../src/format/bundle/frontier.js';
import { packBundle } from '../../src/format/bundle/layout.js';
import { type LogId, NO_ENTRY } from '../../src/format/ids.js';
import { countMessages } from '../../src/sync/export/pending.js';
import { chooseExport } from '../../src/sync/export/plan.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, decide, heldBy, makeFriends, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

let stick: string;
let alice: Replica;
let bob: Replica;
let carol: Replica;
beforeEach(async () => {
  const directory = scratchDirectory();
  stick = path.join(directory, 'stick');
  fs.mkdirSync(stick);
  [alice, bob, carol] = (await makeFriends(directory, ['alice', 'bob', 'carol'], 't')) as [Replica, Replica, Replica];
});

describe('a device that lost its memory', () => {
  it('gets everything again although it had acknowledged it', async () => {
    await bob.post('t', 'before');
    await settle([alice, bob, carol], stick);
    const backup = copyOf(bob, 'backup');
    await alice.post('t', 'one', 'two');
    await settle([alice, bob, carol], stick);
    expect(pendingFor(alice, bob)).toBe(0);
    const restored = restore(backup, bob);
    expect(restored.texts('t')).toEqual(['before']);
    await restored.post('t', 'I was restored');
    carol.import(await exported(restored));
    alice.import(await exported(restored));
    expect(pendingFor(alice, bob)).toBe(2);
    expect(pendingFor(carol, bob)).toBe(2);
    restored.import(await exported(carol, bob));
    await settle([alice, restored, carol], stick);
    expect(restored.texts('t')).toEqual(alice.texts('t'));
    expect(alice.texts('t')).toHaveLength(4);
    expect(heldBy(restored)).toEqual(heldBy(alice));
  });

  it('is not taken to hold what it acknowledged before, when that comes late by other hands', async () => {
    await bob.post('t', 'before');
    await settle([alice, bob, carol], stick);
    const backup = copyOf(bob, 'backup');
    await alice.post('t', 'one');
    const news = await exported(alice);
    for (const other of [bob, carol]) other.import(news);
    carol.import(await exported(bob));
    const restored = restore(backup, bob);
    await restored.post('t', 'I was restored');
    alice.import(await exported(restored));
    expect(pendingFor(alice, bob)).toBe(1);
    alice.import(await exported(carol));
    expect(pendingFor(alice, bob)).toBe(1);
    await settle([alice, restored, carol], stick);
    expect(restored.texts('t')).toEqual(alice.texts('t'));
    expect(heldBy(restored)).toEqual(heldBy(alice));
  });

  it('is sent what it lacks at the latest when it speaks again, if an old bundle of it comes late', async () => {
    await bob.post('t', 'before');
    await settle([alice, bob], stick);
    const backup = copyOf(bob, 'backup');
    await alice.post('t', 'one');
    bob.import(await exported(alice));
    await bob.post('t', 'got it');
    const late = await exported(bob);
    const restored = restore(backup, bob);
    await restored.post('t', 'I was restored');
    alice.import(await exported(restored));
    alice.import(late);
    await restored.post('t', 'again');
    alice.import(await exported(restored));
    expect(pendingFor(alice, bob)).toBeGreaterThan(0);
    await settle([alice, restored], stick);
    expect(restored.texts('t')).toEqual(alice.texts('t'));
    expect(alice.texts('t')).toHaveLength(5);
  });
});

describe('what a device states in its bundles', () => {
  beforeEach(() => {
    for (const one of [alice, bob, carol]) decide(one, 't', { receipts: 'off' });
  });

  it('counts by serial, in whatever order the bundles come', async () => {
    const bundles: string[] = [];
    for (let i = 0; i < 3; i++) {
      await alice.post('t', `message ${i}`);
      bob.import(await exported(alice));
      await bob.post('t', `answer ${i}`);
      bundles.push(await exported(bob));
    }
    for (const [i, left] of [
      [1, 1],
      [0, 1],
      [2, 0],
      [1, 0],
      [0, 0],
      [2, 0],
    ] as const) {
      alice.import(bundles[i] ?? '');
      expect(pendingFor(alice, bob)).toBe(left);
    }
  });

  it('may shrink: then it is sent what it no longer holds', async () => {
    const [one] = await alice.post('t', 'one', 'two', 'three');
    const { log } = one as { log: LogId };
    const id = alice.repository.entry(log, 3)?.id ?? NO_ENTRY;
    const first = alice.repository.entry(log, 1)?.id ?? NO_ENTRY;
    alice.import(await states(bob, 1, log, [{ from: 0, end: 4, id }]));
    expect(pendingFor(alice, bob)).toBe(0);
    alice.import(await states(bob, 2, log, [{ from: 0, end: 2, id: first }]));
    expect(pendingFor(alice, bob)).toBe(2);
    alice.import(
      await states(bob, 3, log, [
        { from: 0, end: 1, id: first },
        { from: 3, end: 4, id },
      ]),
    );
    expect(pendingFor(alice, bob)).toBe(2);
    bob.import(await exported(alice));
    expect(bob.texts('t')).toEqual(['one', 'two', 'three']);
    alice.import(await states(bob, 4, log, []));
    expect(pendingFor(alice, bob)).toBe(3);
  });

  it('may say that no more is wanted', async () => {
    const [one] = await alice.post('t', 'one', 'two');
    const { log } = one as { log: LogId };
    alice.import(await states(bob, 1, log, [{ from: 2, end: Number.POSITIVE_INFINITY, id: NO_ENTRY }]));
    expect(pendingFor(alice, bob)).toBe(1);
    await alice.post('t', 'three');
    expect(pendingFor(alice, bob)).toBe(1);
    bob.import(await exported(alice, bob));
    expect(bob.texts('t')).toContain('one');
  });

  it('steers only what that device is sent', async () => {
    const [one] = await alice.post('t', 'one');
    const { log, id } = one as { log: LogId; id: FrontierRange['id'] };
    alice.import(await states(bob, 1, log, [{ from: 0, end: 2, id }]));
    expect(pendingFor(alice, bob)).toBe(0);
    expect(pendingFor(alice, carol)).toBe(1);
    carol.import(await exported(alice));
    expect(carol.texts('t')).toEqual(['one']);
  });
});

/** The backup put in the place of the repository it was made of, on the same machine. */
function restore(backup: Replica, lost: Replica): Replica {
  const restored = copyOf(backup, `${lost.name}-restored`);
  restored.stateDirectory = lost.stateDirectory;
  lost.repository.close();
  return restored;
}

/** Messages that one would send another now. */
function pendingFor(from: Replica, to: Replica): number {
  const { pending } = chooseExport(from.session, { to: contactsOf(from, to) });
  return countMessages(
    from.repository,
    pending.flatMap(({ logs }) => logs),
  );
}

async function exported(from: Replica, to?: Replica): Promise<string> {
  const file = await bundleFrom(from, stick, to ? { to: contactsOf(from, to) } : {});
  if (!file) throw new Error('nothing to export');
  return file;
}

function contactsOf(from: Replica, to: Replica) {
  return [...from.session.contacts.values()].filter(({ person }) => person === to.session.self.person);
}

/** A bundle in which the device says no more than what it holds of one log. */
async function states(replica: Replica, serial: number, log: LogId, ranges: readonly FrontierRange[]): Promise<string> {
  const { self, secrets } = await replica.author();
  const { device: key, epoch } = self;
  const draft = { key, epoch, serial, created: replica.now, for: [], logs: 0, segments: 0, entries: 0, raw: 0 };
  const members = [{ name: 'frontier', bytes: encodeFrontier(new Map([[log, ranges]])) }];
  const file = path.join(stick, `statement-${serial}.satchel`);
  fs.writeFileSync(file, Buffer.concat([...packBundle(draft, members, secrets.device)]));
  return file;
}
