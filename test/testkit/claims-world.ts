// People who write, forget, and are cloned; whose bundles are lost, late, come twice, or were stripped on their way; whose
// log keys sign twice; and a stranger who says of everything that it is held. What is done follows from a seed.
import fs from 'node:fs';
import path from 'node:path';
import { encodeFrontier } from '../../src/format/bundle/frontier.js';
import { type LogId, NO_ENTRY } from '../../src/format/ids.js';
import type { Meta } from '../../src/format/log/meta.js';
import { dropPayloads } from '../../src/format/log/segment-build.js';
import { nextSerial } from '../../src/identity/self.js';
import type { Removable } from '../../src/sync/drive/tidy.js';
import { ownFrontier } from '../../src/sync/export/own-frontier.js';
import { RETRACT } from '../../src/topic/message/message.js';
import type { Draft } from '../../src/topic/writing/post.js';
import { runIn, segmentsIn, writeCarried } from './carrier.js';
import { below, type Chance } from './forked-world.js';
import { idsOf, type LostPast, shownBy } from './pasts.js';
import type { Replica } from './replica.js';
import { bundleFrom, copyOf, makeFriends } from './replicas.js';
import { bundlesOn, copyStick, makeStick, recordsIn } from './stick.js';
import { signTwice } from './twice.js';

const TOPIC = 't';
const NAMES = ['ana', 'ben', 'cyd', 'dan'];
const DEVICES_MAX = 6;
const STEP_MS = 6 * 3_600_000;
const DAY_MS = 86_400_000;

/** What was removed from a drive because everybody had it, with what lay there before and lies there now. */
export interface GcNotes {
  readonly removed: readonly Removable[];
  readonly before: ReadonlyMap<string, ReturnType<typeof recordsIn>>;
  readonly stick: string;
}

/** The people, their copies, and all that travels. */
export class ClaimsWorld {
  readonly devices: Replica[];
  readonly lost: LostPast[] = [];
  readonly #chance: Chance;
  readonly #bundles: string;
  readonly #sticks: string[];
  readonly #images: Replica[] = [];
  #made = 0;

  private constructor(directory: string, devices: Replica[], random: Chance) {
    this.devices = devices;
    this.#chance = random;
    this.#bundles = path.join(directory, 'bundles');
    fs.mkdirSync(this.#bundles);
    this.#sticks = [1, 2].map((n) => makeStick(path.join(directory, `stick-${n}`), n));
  }

  /** Two to four people below `directory` who know each other. */
  static async create(directory: string, random: Chance): Promise<ClaimsWorld> {
    const names = NAMES.slice(0, 2 + below(random, 3));
    return new ClaimsWorld(directory, await makeFriends(directory, names, TOPIC), random);
  }

  /** Somebody does something, or something happens to it; returns whom it changed, and what it removed from a drive. */
  async step(): Promise<{ readonly changed: readonly Replica[]; readonly tidied?: GcNotes }> {
    for (const device of this.devices) device.now += STEP_MS;
    const device = this.#pick(this.devices);
    const what = this.#chance();
    if (what < 0.22) await this.#post(device);
    else if (what < 0.36) await this.#write(device);
    else if (what < 0.6) this.#take(device);
    else if (what < 0.69) return { changed: [device], tidied: await this.#visit(device) };
    else if (what < 0.72) device.collect();
    else if (what < 0.8) return { changed: await this.#signTwice(device) };
    else if (what < 0.88) return { changed: await this.#say(this.#inDoubt(device)) };
    else if (what < 0.91) this.#carry();
    else if (what < 0.93) return { changed: this.#lie() };
    else if (what < 0.95) return { changed: this.#clone(device) };
    else if (what < 0.97) this.#takeImage(device);
    else return { changed: this.#putBack() };
    return { changed: [device] };
  }

  /** Ends it. */
  close(): void {
    for (const device of [...this.devices, ...this.#images]) device.repository.close();
  }

  async #post(device: Replica): Promise<void> {
    const drafts = Array.from({ length: 1 + below(this.#chance, 3) }, () => this.#draft(device));
    await device.post(TOPIC, ...drafts);
  }

  #draft(device: Replica): Draft {
    const body = `${device.name} says ${++this.#made}`;
    const kind = this.#chance();
    const from = 1 + below(this.#chance, 8);
    if (kind < 0.12) return { type: RETRACT, meta: { retracts: [{ from, end: from + 2 }], housekeeping: true } };
    return kind < 0.22 ? { body, meta: this.#expiring(device) } : { body };
  }

  #expiring({ now }: Replica): Meta {
    return { expires: Math.floor(now / DAY_MS) + below(this.#chance, 4) };
  }

  /** A bundle, for everybody or some; it may never arrive. */
  async #write(device: Replica): Promise<void> {
    await bundleFrom(device, this.#bundles, this.#chance() < 0.2 ? { full: true } : {});
  }

  /** Any bundle that ever was, the latest more often, so that some come late, twice, or never. */
  #take(device: Replica): void {
    for (let i = 0; i < 1 + below(this.#chance, 3); i++) {
      const file = this.#file();
      if (file) device.import(file);
    }
  }

  /** Where tidying happens, and where sometimes an older copy of the stick comes back. */
  async #visit(device: Replica): Promise<GcNotes> {
    const stick = this.#pick(this.#sticks);
    const image = `${stick}-image`;
    if (this.#chance() < 0.1 && fs.existsSync(image)) copyStick(image, stick);
    else if (this.#chance() < 0.2) copyStick(stick, image);
    const before = new Map(bundlesOn(stick).map((name) => [name, recordsIn(stick, name)]));
    const { removed, failure } = await device.visit(stick);
    if (failure) throw failure;
    return { removed, before, stick };
  }

  /**
   * A clone of the device writes something else behind an entry of its log that somebody holds, and is never seen again;
   * mostly that one takes it.
   */
  async #signTwice(device: Replica): Promise<Replica[]> {
    const taker = this.#pick(this.devices.filter((one) => one !== device));
    const keys = [...(await device.author()).secrets.logs.keys()].filter((log) => device.repository.log(log));
    const log = keys.length > 0 ? this.#pick(keys) : undefined;
    if (log === undefined) return [];
    const entries = [...device.repository.entries(log)];
    const known = entries.filter(({ seq, id }) => taker.repository.entry(log, seq)?.id === id);
    const after = this.#pick((known.length > 0 ? known : entries).slice(-4));
    const texts = Array.from({ length: 1 + below(this.#chance, 4) }, () => ({
      text: `a clone says ${++this.#made}`,
      ...(this.#chance() < 0.3 && { meta: this.#expiring(device) }),
    }));
    const { file, ids } = await signTwice(device, after, texts, this.#newFile());
    const { person, epoch } = device.session.self;
    this.lost.push({ person, epoch, ids: idsOf(log, after.seq + 1, ids) });
    if (this.#chance() < 0.8) taker.import(file);
    return this.#chance() < 0.5 ? [taker, ...(await this.#say(taker))] : [taker];
  }

  /** Mostly somebody who knows of a contradiction, if anybody does: what it says of it comes without the proof then. */
  #inDoubt(device: Replica): Replica {
    const knowing = this.devices.filter(({ repository }) => repository.frozen.size > 0);
    return knowing.length > 0 && this.#chance() < 0.7 ? this.#pick(knowing) : device;
  }

  /** The device only says what it holds and what it wants no more of; somebody hears that, or nobody does. */
  async #say(device: Replica): Promise<Replica[]> {
    const { secrets } = await device.author();
    const { device: key, epoch } = device.session.self;
    const draft = { key, epoch, serial: nextSerial(device.directory), created: device.now };
    const frontier = encodeFrontier(ownFrontier(device.session));
    const file = writeCarried(this.#newFile(), [], { frontier, draft, seed: secrets.device });
    if (this.#chance() < 0.2) return [];
    const hearers = this.devices.filter((one) => one !== device && this.#chance() < 0.7);
    for (const one of hearers) one.import(file);
    return hearers;
  }

  /** Somebody passes on what is in a bundle, without some of it. */
  #carry(): void {
    const file = this.#file();
    if (!file) return;
    const runs = segmentsIn(file).flatMap((segment) => {
      if (segment.first > 0 && this.#chance() < 0.25) return [];
      const isStripped = segment.first > 0 && this.#chance() < 0.4;
      const share = this.#chance();
      return [isStripped ? dropPayloads(runIn(segment), () => this.#chance() < share) : runIn(segment)];
    });
    if (runs.length > 0) writeCarried(this.#newFile(), runs);
  }

  /** A stranger says that it holds everything, more than anybody does, and wants nothing more of the rest; under any card. */
  #lie(): Replica[] {
    const { card } = this.#pick(this.devices);
    const ranges = new Map<LogId, { from: number; end: number; id: typeof NO_ENTRY }[]>();
    for (const { repository } of this.devices) {
      for (const { log, end, id } of repository.logs())
        ranges.set(
          log,
          this.#chance() < 0.3 ? [{ from: 1, end: Number.POSITIVE_INFINITY, id: NO_ENTRY }] : [{ from: 0, end, id }],
        );
    }
    const draft = { card, serial: 1_000 + this.#made, epoch: (++this.#made).toString(16).padStart(32, '0') };
    const file = writeCarried(this.#newFile(), [], { frontier: encodeFrontier(ranges), draft });
    for (const one of this.devices) one.import(file);
    return this.devices;
  }

  #clone(device: Replica): Replica[] {
    if (this.devices.length >= DEVICES_MAX) return [];
    const clone = copyOf(device, `clone-${++this.#made}`);
    this.devices.push(clone);
    return [clone];
  }

  #takeImage(device: Replica): void {
    this.#images.push(copyOf(device, `image-${++this.#made}`));
  }

  /** A disk is put back to an earlier image, bit by bit: nothing tells its device. */
  #putBack(): Replica[] {
    const image = this.#images.length > 0 ? this.#pick(this.#images) : undefined;
    const at = this.devices.findIndex(({ session }) => session.self.person === image?.session.self.person);
    const old = this.devices[at];
    if (!image || !old) return [];
    const { person, epoch } = old.session.self;
    this.lost.push({ person, epoch, ids: shownBy(old) });
    old.repository.close();
    const device = copyOf(image, `back-${++this.#made}`);
    device.now = old.now;
    this.devices[at] = device;
    return [device];
  }

  #file(): string | undefined {
    const names = fs.readdirSync(this.#bundles).sort();
    const recent = this.#chance() < 0.5 ? names.slice(-4) : names;
    const name = recent[below(this.#chance, recent.length)];
    return name === undefined ? undefined : path.join(this.#bundles, name);
  }

  #newFile(): string {
    return path.join(this.#bundles, `bundle-${fs.readdirSync(this.#bundles).length}.satchel`);
  }

  #pick<T>(list: readonly T[]): T {
    return list[below(this.#chance, list.length)] as T;
  }
}
