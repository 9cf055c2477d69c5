// What was forgotten cannot be found on the raw disk, nor on a stick that is filled later (spec/repository.md, "Forgetting").
// Real file systems; without root or the packages of .ci/run it is skipped and says so, SATCHEL_REQUIRE_MOUNTS=1 makes that a
// failure.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDrive } from '../../src/sync/drive/drive.js';
import { attach, chunksOf } from '../testkit/attach.js';
import { runFor } from '../testkit/command.js';
import { forget, holdsText } from '../testkit/forgetting.js';
import { makeExt4, mountExt4, whyNoLoop } from '../testkit/loop-mounts.js';
import { makeImage, mountImage, mountsAreRequired, whyNoMount } from '../testkit/mounts.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const LIMIT_MS = 120_000;
const SECRET = 'meet me at the old mill, and tell nobody of it';
const FILE = 'a map of the way to the mill';
/** Said over and over, so that segments are compressed. */
const TALK = 'the weather is fine, and the beans are growing as they should, and nothing else is new. '.repeat(4);

describe('on ext4', { timeout: LIMIT_MS }, () => {
  const reason = whyNoLoop() ?? whyNoMount('fat');
  if (reason !== undefined && !mountsAreRequired()) {
    it.skip(`SKIPPED, cannot mount: ${reason}`, () => {});
    return;
  }

  let scratch: string;
  let image: string;
  let ana: Replica;
  let ben: Replica;
  beforeEach(async () => {
    expect(reason).toBeUndefined();
    scratch = scratchDirectory();
    image = path.join(scratch, 'disk');
    makeExt4(image);
    mountExt4(image, path.join(scratch, 'mounted'));
    ana = await Replica.create('ana', path.join(scratch, 'mounted'));
    ben = await Replica.create('ben', scratch);
    meetAll([ana, ben]);
    ben.join('t');
    await converse();
  });

  /** Ana's disk has whatever is on its way there. */
  function settle(): void {
    execFileSync('sync', ['-f', ana.directory]);
  }

  async function read(): Promise<void> {
    const ended = await runFor(ana, ['read', '-t', 't', '-n', '20'], { people: 'pipe' });
    expect(ended.stdout).toContain('weather');
    settle();
  }

  async function bring(from: Replica, to: Replica): Promise<void> {
    const file = path.join(scratch, `${from.name}-${fs.readdirSync(scratch).length}.satchel`);
    await from.export(file, { uncompressed: true });
    to.import(file);
    settle();
  }

  /** Ben says it, with a file; Ana has it, and says it herself; it was read and collected more than once. */
  async function converse(): Promise<void> {
    for (let i = 0; i < 5; i++) await ben.post('t', `${i}: ${TALK}`);
    await attach(ben, 't', SECRET, chunksOf(FILE, 3, 20_000));
    await bring(ben, ana);
    for (let i = 0; i < 5; i++) await ana.post('t', `${i}: ${TALK}`);
    await ana.post('t', `Ben said: ${SECRET}`);
    await read();
    await bring(ana, ben);
    await bring(ben, ana);
    await ana.post('t', TALK);
    await read();
    settle();
  }

  /** The bytes of the disk, all of them: what is free, too. */
  function rawDisk(): Buffer {
    settle();
    return fs.readFileSync(image);
  }

  it('the raw disk has it before', () => {
    const raw = rawDisk();
    expect([holdsText(raw, SECRET), raw.includes(FILE)]).toEqual([true, true]);
  });

  it('and nowhere afterwards, neither in the clear nor compressed', () => {
    forget(ana, 't', [SECRET, `Ben said: ${SECRET}`]);
    const raw = rawDisk();
    expect([holdsText(raw, SECRET), raw.includes(SECRET.slice(0, 12)), raw.includes(FILE)]).toEqual([
      false,
      false,
      false,
    ]);
    expect(holdsText(raw, 'the beans are growing')).toBe(true);
  });

  it('nor is it on the raw image of a stick that is filled later', async () => {
    forget(ana, 't', [SECRET, `Ben said: ${SECRET}`]);
    const stickImage = path.join(scratch, 'stick-image');
    makeImage('fat', stickImage, 40);
    const stick = mountImage('fat', stickImage, path.join(scratch, 'stick'));
    createDrive(stick.directory, { label: 'later', random: (size) => Buffer.alloc(size, 9), now: 0 });
    const cleo = await Replica.create('cleo', scratch);
    meetAll([ana, cleo]);
    cleo.join('t');
    ana.seal = 'never';
    await cleo.visit(stick.directory);
    await ana.visit(stick.directory, { uncompressed: true });
    await cleo.visit(stick.directory);
    expect(cleo.texts('t').filter((text) => text.includes('weather'))).toHaveLength(11);
    stick.unmount();
    const raw = fs.readFileSync(stickImage);
    expect([holdsText(raw, SECRET), raw.includes(FILE)]).toEqual([false, false]);
    expect(holdsText(raw, 'the beans are growing')).toBe(true);
  });
});
