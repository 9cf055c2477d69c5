// Six people, two of them with two devices, and three sticks that are lost, copied and rolled back: one of the devices is lost, and
// removed, another one is lost, and follows from a backup by the recovery words; keys are renewed, and who meets which stick when
// follows from a seed.
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { PersonId } from '../../src/format/ids.js';
import { devicesOf } from '../../src/identity/relations.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { personNews } from '../../src/sync/import/person-news.js';
import { Chance } from './chance.js';
import { dropDevice } from './dropped-device.js';
import { openersOf } from './open-sealed.js';
import { pair } from './paired.js';
import { renewKey } from './renewed-key.js';
import type { Replica } from './replica.js';
import { heldBy, makeFriends } from './replicas.js';
import { backUp, type Kept } from './restored-device.js';
import { sealAs } from './sealing.js';
import { bundlesOn, copyStick, makeStick } from './stick.js';
import { StickChecks } from './stick-checks.js';

const NAMES = ['alice', 'bob', 'carol', 'dora', 'emil', 'frida'];
const STICKS = 3;
const HOUR_MS = 3_600_000;
/** Rounds after which a world that still changes never comes to rest. */
const ROUNDS_MAX = 13;
/** Rounds in which one device is away. */
const AWAY_ROUNDS = 2;

/** Devices, sticks, and their story so far. */
export class DevicesWorld {
  /** Those that are current. */
  #devices: readonly Replica[];
  /** Was alice's, until she removed it; whoever has it goes on for a while. */
  #lost: Replica | undefined;
  readonly #directory: string;
  readonly #chance: Chance;
  readonly #sticks: string[];
  #texts: string[] = [];
  /** What emil kept of his computer, while it worked. */
  #kept: Kept | undefined;
  #checks: StickChecks;
  #made = 0;
  #said = 0;
  /** Bundles that were looked into, and those of them that were written by who knew of the removal. */
  seen = 0;
  seenAfter = 0;

  private constructor(directory: string, people: readonly Replica[], seed: number) {
    this.#directory = directory;
    this.#devices = people;
    this.#chance = new Chance(seed);
    this.#checks = new StickChecks(people);
    this.#sticks = Array.from({ length: STICKS }, (_, i) => this.#newStick(i));
  }

  /** A world below `directory`; everything in it is sealed. */
  static async create(directory: string, seed: number): Promise<DevicesWorld> {
    const people = await makeFriends(directory, NAMES, 't');
    sealAs(people, 'sealed');
    const world = new DevicesWorld(directory, people, seed);
    await world.#pair('bob', 'phone');
    await world.#pair('alice', 'laptop');
    return world;
  }

  /** The laptop is lost: alice knows, everybody else hears of it by and by. */
  async lose(): Promise<void> {
    const lost = this.#named('laptop');
    await dropDevice(this.#named('alice'), lost);
    this.#devices = this.#devices.filter((one) => one !== lost);
    this.#lost = lost;
  }

  /** Emil makes a backup. */
  async backUp(): Promise<void> {
    this.#kept = await backUp(this.#named('emil'));
  }

  /** Emil's computer is lost, and another one has what the backup had: what he alone held since then may be gone. */
  async restore(): Promise<void> {
    const lost = this.#named('emil');
    const others = this.#devices.filter((one) => one !== lost);
    const restored = await this.#kept?.restore('emil again', this.#directory, lost.now);
    if (!restored) throw new Error('there is no backup');
    sealAs([restored], 'sealed');
    this.#devices = [...others, restored];
    this.#checks = new StickChecks(this.#devices);
    const held = new Set(this.#devices.flatMap((one) => one.texts('t')));
    this.#texts = this.#texts.filter((text) => held.has(text));
  }

  /** A device meets a stick, perhaps with something new to say; sometimes stick or key are not what they were. */
  async step(): Promise<void> {
    const all = this.#lost ? [...this.#devices, this.#lost] : this.#devices;
    for (const one of all) one.now += HOUR_MS;
    if (this.#chance.happens(0.08)) this.#befall(this.#chance.below(STICKS));
    const one = this.#chance.pick(all);
    if (this.#chance.happens(0.06) && one !== this.#lost) await renewKey(one);
    if (this.#chance.happens(0.6)) await this.#say(one);
    await this.#visit(one, this.#chance.pick(this.#sticks));
  }

  /** All but the lost one keep meeting until nothing changes: then all hold all of what they said, and who is left agrees. */
  async expectRest(): Promise<void> {
    this.#lost = undefined;
    expect(await this.#settle()).toBeLessThanOrEqual(AWAY_ROUNDS + 8);
    const [first, ...others] = this.#devices;
    for (const other of others) expect(heldBy(other), other.name).toEqual(heldBy(first as Replica));
    for (const one of this.#devices) expect(one.texts('t'), one.name).toEqual(expect.arrayContaining(this.#texts));
    for (const one of this.#devices) {
      const known = this.#devices.map(({ session }) => session.self.person);
      for (const person of new Set(known))
        expect([...devicesOf(one.session, person)].sort(), `${one.name} of ${person}`).toEqual(this.#devicesOf(person));
    }
  }

  async #settle(): Promise<number> {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      let touched = false;
      // first without the further device of somebody whose other one has everything already
      const here = rounds < AWAY_ROUNDS ? this.#devices.filter(({ name }) => name !== 'phone') : this.#devices;
      for (const stick of this.#sticks)
        for (const one of here) touched = (await this.#visit(one, stick)).touched || touched;
      if (!touched && rounds >= AWAY_ROUNDS) return rounds;
    }
    throw new Error(`not at rest after ${ROUNDS_MAX} rounds`);
  }

  /** One visit, with everything checked that has to hold of it. */
  async #visit(one: Replica, stick: string): Promise<VisitReport> {
    const before = this.#checks.contentsOf(stick);
    const report = await one.visit(stick);
    expect(report.failure, one.name).toBeUndefined();
    expect(report.scanned.filter(({ error }) => error)).toEqual([]);
    const current = this.#devices.filter((other) => isCurrentFor(one, other));
    this.#checks.expectNothingLost(stick, before, this.#checks.contentsOf(stick), current);
    const written = bundlesOn(stick).filter((name) => !before.has(name));
    for (const name of written) this.#expectShut(one, path.join(stick, 'satchel', name));
    if (this.#lost) expectListsCount(one);
    return report;
  }

  /** Nothing that is written by who knows of a removal is opened by what was removed, with every key that it ever has. */
  #expectShut(writer: Replica, file: string): void {
    this.seen++;
    const lost = this.#lost;
    if (!lost || lost === writer || isCurrentFor(writer, lost)) return;
    this.seenAfter++;
    expect([...openersOf(file, [lost.directory])], `of ${writer.name}`).toEqual([]);
  }

  async #say(one: Replica): Promise<void> {
    const text = `${this.#said++}: ${'so many words '.repeat(this.#chance.below(40))}`;
    // what whoever has the lost one says may be lost with it
    if (one !== this.#lost) this.#texts.push(text);
    await one.post('t', text);
  }

  async #pair(name: string, label: string): Promise<void> {
    const device = (await pair(this.#named(name), label, this.#directory)).join('t');
    sealAs([device], 'sealed');
    this.#devices = [...this.#devices, device];
    this.#checks = new StickChecks(this.#devices);
  }

  #named(name: string): Replica {
    const found = this.#devices.find((one) => one.name === name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  }

  #devicesOf(person: PersonId): string[] {
    const own = this.#devices.filter(({ session }) => session.self.person === person);
    return own.map(({ session }) => session.self.device).sort();
  }

  /** What happens to sticks. */
  #befall(i: number): void {
    const stick = this.#sticks[i] ?? '';
    const kept = path.join(this.#directory, `kept-${i}`);
    const fates: readonly (() => void)[] = [
      // lost, and another one bought
      () => this.#newStick(i),
      // stolen for an hour, and copied
      () => copyStick(stick, kept),
      // the copy comes back in its place
      () => fs.existsSync(kept) && copyStick(kept, stick),
    ];
    this.#chance.pick(fates)();
  }

  #newStick(i: number): string {
    return makeStick(path.join(this.#directory, `stick-${i}`), ++this.#made);
  }
}

/** What was removed by a list in a person log that somebody holds is none of that person's for whoever holds it. */
function expectListsCount({ name, session }: Replica): void {
  for (const { person, removed } of personNews(session).lists) {
    const current = devicesOf(session, person);
    expect(
      removed.filter((device) => current.includes(device) && device !== session.self.device),
      name,
    ).toEqual([]);
  }
}

/** Whether a device is one of its person's by what another one knows. */
function isCurrentFor({ session }: Replica, other: Replica): boolean {
  const { person, device } = other.session.self;
  return devicesOf(session, person).includes(device);
}
