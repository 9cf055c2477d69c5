import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDrive, openDrive } from '../../src/sync/drive/drive.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { sealAs } from '../testkit/sealing.js';

let stick: string;
let alice: Replica;
let bob: Replica;
beforeEach(async () => {
  const parent = scratchDirectory();
  stick = path.join(parent, 'stick');
  fs.mkdirSync(stick);
  createDrive(stick, { label: 'blue stick', random: (size) => Buffer.alloc(size, 7), now: 0 });
  alice = await Replica.create('alice', parent);
  bob = await Replica.create('bob', parent, Date.UTC(2026, 0, 2));
});

describe('a drive', () => {
  it('carries a conversation and comes to rest', async () => {
    alice.meet(bob);
    bob.meet(alice).join('t');
    await alice.post('t', 'hello');
    expect((await alice.visit(stick)).exported).toMatchObject({ messages: 1 });
    const first = await bob.visit(stick);
    expect(first.scanned.map(({ report }) => report?.fresh)).toEqual([2]);
    expect(bob.texts('t')).toEqual(['hello']);
    await bob.post('t', 'hi');
    await bob.visit(stick);
    await alice.visit(stick);
    expect(alice.texts('t')).toEqual(['hello', 'hi']);
    for (let i = 0; i < 3; i++) {
      await bob.visit(stick);
      await alice.visit(stick);
    }
    const before = snapshot(stick);
    expect((await alice.visit(stick)).touched).toBe(false);
    expect((await bob.visit(stick)).touched).toBe(false);
    expect(snapshot(stick)).toEqual(before);
    expect(bundles(stick).length).toBeLessThanOrEqual(2);
  });

  it('introduces strangers who put their cards on it', async () => {
    sealAs([alice], 'open');
    await alice.post('t', 'is anybody there?');
    await alice.visit(stick);
    bob.join('t');
    const report = await bob.visit(stick);
    expect(report.strangers.map((card) => card.name)).toEqual(['alice']);
    expect(bob.texts('t')).toEqual(['is anybody there?']);
  });

  it('is not there when it has no marker, and that is not the same as empty', async () => {
    const other = scratchDirectory();
    await expect(alice.visit(other)).rejects.toMatchObject({ code: 'no-drive' });
    await expect(alice.visit(path.join(other, 'gone'))).rejects.toMatchObject({ code: 'drive-absent' });
    expect(openDrive(stick).label).toBe('blue stick');
  });

  it('keeps what somebody listed still lacks, and lets go of it once it is acknowledged', async () => {
    alice.meet(bob);
    bob.meet(alice).join('t');
    await bob.visit(stick);
    await alice.post('t', 'one');
    await alice.visit(stick);
    const [kept] = bundles(stick);
    await alice.post('t', 'two');
    for (let i = 0; i < 3; i++) await alice.visit(stick);
    expect(bundles(stick)).toContain(kept);
    await bob.visit(stick);
    await alice.visit(stick);
    expect(bundles(stick)).not.toContain(kept);
    expect(bob.texts('t')).toEqual(['one', 'two']);
  });

  it('holds few files however often somebody posts', async () => {
    alice.meet(bob);
    bob.meet(alice).join('t');
    await bob.visit(stick);
    for (let i = 0; i < 40; i++) {
      await alice.post('t', `message ${i}`);
      await alice.visit(stick);
    }
    expect(bundles(stick).length).toBeLessThanOrEqual(9);
    await bob.visit(stick);
    expect(bob.texts('t').length).toBe(40);
  });

  it('does not call a bundle damaged while it is being copied', async () => {
    alice.meet(bob);
    bob.meet(alice).join('t');
    await alice.post('t', 'hello');
    await alice.visit(stick);
    const [name] = bundles(stick);
    const file = path.join(stick, 'satchel', name ?? '');
    const whole = fs.readFileSync(file);
    fs.writeFileSync(file, whole.subarray(0, whole.length - 700));
    expect((await bob.visit(stick)).scanned).toMatchObject([{ isArriving: true }]);
    fs.writeFileSync(file, whole);
    expect((await bob.visit(stick)).scanned).toMatchObject([{ report: { fresh: 2 } }]);
  });
});

function bundles(directory: string): string[] {
  return fs.readdirSync(path.join(directory, 'satchel')).filter((name) => name.endsWith('.satchel'));
}

function snapshot(directory: string): string[] {
  return fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
}
