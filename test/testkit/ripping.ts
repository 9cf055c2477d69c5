// A stick that is pulled out while the program works on it: at random moments, in one of two ways, again and again.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { createDrive } from '../../src/sync/drive/drive.js';
import { Chance } from './chance.js';
import { type Mount, type MountKind, makeImage, mountImage } from './mounts.js';
import type { Replica } from './replica.js';
import { errorsIn, makeFriends } from './replicas.js';

const PROGRAM = path.resolve(import.meta.dirname, '../../dist/satchel.cjs');
const IMAGE_MEBIBYTES = 40;
/** The latest moment of a run at which something happens to it. */
const LATEST_MS = 900;
const LIMIT_MS = 60_000;
/** Exit statuses of a visit from which the stick was taken. */
const FAIR = [0, 3, 30, 31];

/** How a run of the program ended. */
interface Ended {
  readonly status: number | null;
  readonly stderr: string;
}

/** Two friends, one image, and what happens to it. */
export class Ripping {
  readonly #kind: MountKind;
  readonly #scratch: string;
  readonly #chance: Chance;
  readonly #friends: readonly [Replica, Replica];
  readonly #image: string;
  #mounts = 0;
  #messages = 0;
  /** How often the visit was still going on. */
  hits = 0;
  /** How often a file was found torn. */
  torn = 0;

  private constructor(kind: MountKind, scratch: string, seed: number, friends: readonly [Replica, Replica]) {
    this.#kind = kind;
    this.#scratch = scratch;
    this.#chance = new Chance(seed);
    this.#friends = friends;
    this.#image = path.join(scratch, 'image');
  }

  /** A new stick and two friends below `scratch`. */
  static async create(kind: MountKind, scratch: string, seed: number): Promise<Ripping> {
    const friends = (await makeFriends(scratch, ['alice', 'bob'], 't')) as [Replica, Replica];
    const ripping = new Ripping(kind, scratch, seed, friends);
    makeImage(kind, ripping.#image, IMAGE_MEBIBYTES);
    const mount = ripping.#mount(ripping.#image);
    createDrive(mount.directory, { label: 'stick', random: (size) => Buffer.alloc(size, 5), now: 0 });
    mount.unmount();
    return ripping;
  }

  /** One visit during which the stick is pulled out; then it is plugged in again, and everything has to be well. */
  async rip(): Promise<void> {
    const [actor, other] = await this.#speak();
    const mount = this.#mount(this.#image);
    const visit = new ProgramVisit(actor, mount.directory);
    await this.#waitForMoment(mount.directory);
    if (visit.isRunning) this.hits++;
    mount.rip(this.#chance.pick(['lazy', 'kill'] as const));
    await visit.expectFairEnd();
    await this.#expectCompletion(this.#image, actor, other);
  }

  /** One visit during which the image is copied, as if the power had failed just then; the copy is what others get. */
  async cut(): Promise<void> {
    const [actor, other] = await this.#speak();
    const mount = this.#mount(this.#image);
    const visit = new ProgramVisit(actor, mount.directory);
    await this.#waitForMoment(mount.directory);
    if (visit.isRunning) this.hits++;
    const copy = path.join(this.#scratch, `copy-${this.#mounts}`);
    fs.copyFileSync(this.#image, copy);
    await visit.expectFairEnd();
    mount.unmount();
    await this.#expectCompletion(copy, actor, other);
    await this.#expectCompletion(this.#image, actor, other);
    fs.rmSync(copy);
  }

  /** Both have something to say, more or less of it; who visits, and who comes next. */
  async #speak(): Promise<readonly [Replica, Replica]> {
    for (const friend of this.#friends) {
      for (let i = this.#chance.below(12); i >= 0; i--) {
        const size = this.#chance.happens(0.5) ? this.#chance.below(40_000) : this.#chance.below(80);
        await friend.post('t', `${++this.#messages} ${this.#noise(size)}`);
      }
    }
    const [alice, bob] = this.#friends;
    return this.#chance.happens(0.5) ? [alice, bob] : [bob, alice];
  }

  #noise(size: number): string {
    return Array.from({ length: size / 4 }, () => this.#chance.below(1_679_616).toString(36).padStart(4, '0')).join('');
  }

  /** Any moment of the visit; every other time the one when a file is being written. */
  async #waitForMoment(directory: string): Promise<void> {
    const until = Date.now() + this.#chance.below(LATEST_MS);
    const isWriting = (): boolean =>
      fs.readdirSync(path.join(directory, 'satchel')).some((name) => /partial$/.test(name));
    if (this.#chance.happens(0.5)) {
      await sleep(until - Date.now());
      return;
    }
    const limit = Date.now() + 4 * LATEST_MS;
    while (Date.now() < limit && !isWriting()) await sleep(1);
    await sleep(this.#chance.below(30));
  }

  /** The next visitor finds a drive that it can read, and the visits complete the job. */
  async #expectCompletion(image: string, actor: Replica, other: Replica): Promise<void> {
    for (const one of [actor, other]) expect(errorsIn(one.reopen())).toEqual([]);
    const mount = this.#mount(image);
    for (const one of [other, actor, other]) {
      const report = await one.visit(mount.directory);
      expect(report.failure?.message).toBeUndefined();
      // some file systems lose what was written in spite of fsync: such a file is named, and its content comes anew
      this.torn += report.scanned.filter(({ error }) => error).length;
    }
    expect(actor.texts('t').length).toBe(this.#messages);
    expect(other.texts('t')).toEqual(actor.texts('t'));
    mount.unmount();
  }

  #mount(image: string): Mount {
    return mountImage(this.#kind, image, path.join(this.#scratch, `mount-${++this.#mounts}`));
  }
}

/** `satchel sync` as a process. */
class ProgramVisit {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;

  constructor(person: Replica, directory: string) {
    const { directory: home, stateDirectory } = person;
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, SATCHEL_STATE_DIR: stateDirectory };
    const words = [PROGRAM, 'sync', '-q', '-C', home, directory];
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: LIMIT_MS });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += String(chunk);
      });
      child.on('close', (status) => resolve({ status, stderr }));
    });
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** It ends by itself, and if it failed says so as a failure of the drive. */
  async expectFairEnd(): Promise<void> {
    const { status, stderr } = await this.#ended;
    expect(stderr).not.toContain('unexpected');
    expect(FAIR, stderr).toContain(status);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
