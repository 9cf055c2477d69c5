// People who all let `watch` look after the same folders, and write whenever they like: time passes for all of them alike.
import path from 'node:path';
import { expect } from 'vitest';
import { Chance } from './chance.js';
import type { Replica } from './replica.js';
import { heldBy, makeFriends } from './replicas.js';
import { type Sealing, sealAs } from './sealing.js';
import { makeStick, snapshotOf } from './stick.js';
import { driveLook, NOTHING, type Site, WatchedWorld } from './watched-world.js';
import { expectWhole } from './whole-world.js';

const NAMES = ['alice', 'bob', 'carol', 'dora'];
/** Time passes in steps of this. */
const TICK_MS = 500;
/** After so long without a word everybody is at rest: the longest pause between two looks, a few times. */
const SILENCE_MS = 240_000;

/** Watchers of some folders. */
export class WatchingPeople {
  readonly #chance: Chance;
  readonly #people: readonly Replica[];
  readonly #folders: readonly string[];
  readonly #watchers = new Map<Replica, WatchedWorld>();
  #said = 0;

  private constructor(people: readonly Replica[], folders: readonly string[], chance: Chance) {
    this.#people = people;
    this.#folders = folders;
    this.#chance = chance;
  }

  /** As many people and folders as the seed says; everybody is listed on all of them. */
  static async begin(directory: string, seed: number, sealing: Sealing): Promise<WatchingPeople> {
    const chance = new Chance(seed);
    const people = await makeFriends(directory, NAMES.slice(0, 2 + chance.below(3)), 't');
    sealAs(people, sealing);
    const folders = Array.from({ length: 1 + chance.below(2) }, (_, i) =>
      makeStick(path.join(directory, `f${i}`), i + 1),
    );
    const world = new WatchingPeople(people, folders, chance);
    for (const one of people) for (const folder of folders) await one.visit(folder);
    for (const one of people) await world.#watch(one);
    return world;
  }

  /** Somebody writes, and some time passes. */
  async step(): Promise<void> {
    const one = this.#chance.pick(this.#people);
    const count = 1 + this.#chance.below(2);
    await one.post('t', ...Array.from({ length: count }, () => `${++this.#said}`));
    this.#watchers.get(one)?.news();
    await this.pass(this.#chance.below(8_000));
  }

  /** Time passes for everybody. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= TICK_MS) {
      for (const [one, watcher] of this.#watchers) {
        one.now += TICK_MS;
        await watcher.advance(TICK_MS);
      }
    }
  }

  /** Nobody says anything for long: then all hold the same, and nothing is written any more. */
  async expectRest(): Promise<void> {
    await this.pass(SILENCE_MS);
    const before = this.#folders.map(snapshotOf);
    const [first, ...others] = this.#people;
    for (const other of others) expect(heldBy(other), other.name).toEqual(heldBy(first as Replica));
    for (const one of this.#people) expect(one.texts('t')).toHaveLength(this.#said);
    await this.pass(SILENCE_MS);
    expect(this.#folders.map(snapshotOf)).toEqual(before);
    for (const watcher of this.#watchers.values()) await watcher.end();
  }

  async #watch(one: Replica): Promise<void> {
    const watcher = new WatchedWorld();
    this.#watchers.set(one, watcher);
    for (const folder of this.#folders) watcher.sites.set(folder, this.#siteOf(one, folder));
    await watcher.begin(this.#folders);
  }

  /** The folder as it is at any moment, and real visits to it, of one person one after the other. */
  #siteOf(one: Replica, folder: string): Site {
    const visit = async () => {
      const before = one.repository.lastArrival;
      const { failure, touched } = await one.visit(folder);
      expect(failure).toBeUndefined();
      expectWhole(one);
      if (touched) for (const watcher of this.#watchers.values()) watcher.heard.get(folder)?.();
      if (one.repository.lastArrival !== before) this.#watchers.get(one)?.news();
      return { kind: 'done', visit: { ...NOTHING, touched } } as const;
    };
    let last: Promise<unknown> = Promise.resolve();
    return {
      get look() {
        return driveLook(path.basename(folder), snapshotOf(folder).join('\n'));
      },
      visits: [],
      visit: () => {
        const next = last.then(visit);
        last = next;
        return next;
      },
    };
  }
}
