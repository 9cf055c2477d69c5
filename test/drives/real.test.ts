// Visits to real FAT32 and exFAT file systems (spec/drive.md). Without root or the packages of .ci/run they are skipped
// and say so; SATCHEL_REQUIRE_MOUNTS=1 makes that a failure.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDrive } from '../../src/sync/drive/drive.js';
import {
  checkImage,
  MOUNT_KINDS,
  type Mount,
  makeImage,
  mountImage,
  mountsAreRequired,
  whyNoMount,
} from '../testkit/mounts.js';
import type { Replica } from '../testkit/replica.js';
import { errorsIn, makeFriends } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { bundlesOn, snapshotOf } from '../testkit/stick.js';

const MEBIBYTE = 1_048_576;
const LIMIT_MS = 120_000;

describe.each(MOUNT_KINDS)('on %s', { timeout: LIMIT_MS }, (kind) => {
  const reason = whyNoMount(kind);
  if (reason !== undefined && !mountsAreRequired()) {
    it.skip(`SKIPPED, cannot mount ${kind}: ${reason}`, () => {});
    return;
  }

  let scratch: string;
  let image: string;
  let stick: Mount;
  let alice: Replica;
  let bob: Replica;
  beforeEach(async () => {
    expect(reason).toBeUndefined();
    scratch = memoryDirectory();
    image = path.join(scratch, 'image');
    makeImage(kind, image, 40);
    stick = mountImage(kind, image, path.join(scratch, 'stick'));
    createDrive(stick.directory, { label: 'real', random: (size) => Buffer.alloc(size, 9), now: 0 });
    [alice, bob] = (await makeFriends(scratch, ['alice', 'bob'], 't')) as [Replica, Replica];
  });

  /** Pulls the stick out in good order and mounts it elsewhere, as on another computer. */
  function carry(place: string, options: { readonly readOnly?: boolean } = {}): void {
    stick.unmount();
    expect(checkImage(kind, image)).toBe('');
    stick = mountImage(kind, image, path.join(scratch, place), options);
  }

  function inFolder(...names: string[]): string {
    return path.join(stick.directory, 'satchel', ...names);
  }

  it('a conversation goes to and fro, is recognised wherever it is mounted, and comes to rest', async () => {
    await alice.post('t', 'hello');
    await alice.visit(stick.directory);
    carry('elsewhere');
    expect((await bob.visit(stick.directory)).scanned).toMatchObject([{ messages: 1 }]);
    await bob.post('t', 'hi');
    await bob.visit(stick.directory);
    carry('back');
    expect((await alice.visit(stick.directory)).isFirst).toBe(false);
    expect(alice.texts('t')).toEqual(['hello', 'hi']);
    for (const one of [alice, bob, alice, bob]) await one.visit(stick.directory);
    const before = snapshotOf(stick.directory);
    for (const one of [alice, bob]) expect((await one.visit(stick.directory)).touched).toBe(false);
    expect(snapshotOf(stick.directory)).toEqual(before);
    carry('checked');
  });

  it('few files gather, and they go once everybody has them', async () => {
    await bob.visit(stick.directory);
    for (let i = 0; i < 12; i++) {
      await alice.post('t', `message ${i}`);
      await alice.visit(stick.directory);
    }
    expect(bundlesOn(stick.directory).length).toBeLessThanOrEqual(9);
    carry('to-bob');
    await bob.visit(stick.directory);
    expect(bob.texts('t')).toHaveLength(12);
    carry('to-alice');
    await alice.visit(stick.directory);
    await bob.visit(stick.directory);
    expect(bundlesOn(stick.directory).length).toBeLessThanOrEqual(2);
    carry('checked');
  });

  it('a drive that fills up takes what fits, stays readable, and gets the rest later', async () => {
    leaveFree(path.join(stick.directory, 'holiday.mp4'), 2 * MEBIBYTE);
    await postMuch();
    const full = await alice.visit(stick.directory);
    expect(full.failure).toBeUndefined();
    expect(full.exported?.left).toBeGreaterThan(0);
    expect(full.exported?.entries).toBeGreaterThan(0);
    carry('full');
    const first = await bob.visit(stick.directory);
    expect(first.scanned.filter(({ error }) => error)).toEqual([]);
    expect(bob.texts('t').at(-1)).toBe(alice.texts('t').at(-1));
    fs.rmSync(path.join(stick.directory, 'holiday.mp4'));
    carry('freed');
    expect((await alice.visit(stick.directory)).exported?.left).toBe(0);
    carry('last');
    await bob.visit(stick.directory);
    expect(bob.texts('t')).toEqual(alice.texts('t'));
  });

  it('a drive without any room left says so, and nothing on it is hurt', async () => {
    await alice.post('t', 'before');
    await alice.visit(stick.directory);
    leaveFree(path.join(stick.directory, 'holiday.mp4'), 0);
    await postMuch();
    const report = await alice.visit(stick.directory);
    if (report.failure) expect(report.failure.code).toBe('no-space');
    else expect(report.exported?.left).toBeGreaterThan(0);
    expect(fs.readdirSync(inFolder()).filter((name) => name.endsWith('.partial'))).toEqual([]);
    await bob.visit(stick.directory);
    expect(bob.texts('t')).toContain('before');
    expect(errorsIn(alice)).toEqual([]);
  });

  it('a read-only drive gives what it has, and says that it takes nothing', async () => {
    await alice.post('t', 'hello');
    await alice.visit(stick.directory);
    carry('locked', { readOnly: true });
    const report = await bob.visit(stick.directory);
    expect(report.scanned).toMatchObject([{ messages: 1 }]);
    expect(report.failure?.message).toContain('cannot be written to');
    expect(report.touched).toBe(false);
    expect((await bob.visit(stick.directory, { importOnly: true })).failure).toBeUndefined();
    carry('unlocked');
    expect(await bob.visit(stick.directory)).toMatchObject({ failure: undefined, touched: true });
  });

  it('names in capitals, copies, and what other systems leave behind', async () => {
    await alice.post('t', 'hello');
    await alice.visit(stick.directory);
    const [name = ''] = bundlesOn(stick.directory);
    fs.writeFileSync(inFolder('COPY OF IT (1).SATCHEL'), fs.readFileSync(inFolder(name)));
    fs.writeFileSync(inFolder(`._${name}`), 'Mac OS X        ');
    fs.writeFileSync(inFolder('Thumbs.db'), 'x');
    fs.mkdirSync(inFolder('folder.satchel'));
    const [card = ''] = fs.readdirSync(inFolder('people'));
    rename(['people', card], ['people', card.toUpperCase()]);
    rename(['drive.json'], ['DRIVE.JSON']);
    carry('elsewhere');
    const report = await bob.visit(stick.directory);
    expect(report.scanned.filter(({ error }) => error)).toEqual([]);
    expect(bob.texts('t')).toEqual(['hello']);
    await alice.visit(stick.directory);
    expect(fs.readdirSync(inFolder('people'))).toHaveLength(2);
    for (const one of [bob, alice, bob, alice]) await one.visit(stick.directory);
    expect(await bob.visit(stick.directory)).toMatchObject({ failure: undefined, touched: false });
    expect(fs.existsSync(inFolder('Thumbs.db'))).toBe(true);
  });

  /** By way of another name: in one step some systems take the two for the same. */
  function rename(from: string[], to: string[]): void {
    fs.renameSync(inFolder(...from), inFolder('on-its-way.tmp'));
    fs.renameSync(inFolder('on-its-way.tmp'), inFolder(...to));
  }

  /** More than two megabytes that no compression makes small. */
  async function postMuch(): Promise<void> {
    for (let i = 0; i < 60; i++) await alice.post('t', `${i} ${randomBytes(40_000).toString('base64')}`);
  }

  /** Fills the drive up to so many bytes. */
  function leaveFree(filler: string, free: number): void {
    const fd = fs.openSync(filler, 'w');
    const chunk = randomBytes(65_536);
    let size = 0;
    try {
      for (;;) size += fs.writeSync(fd, chunk, 0, chunk.length, size);
    } catch {
      // full
    } finally {
      fs.closeSync(fd);
    }
    if (free > 0) fs.truncateSync(filler, size - free);
  }
});
