// Two members of a private topic and two who carry it without a key, contacts of one another, with two sticks that are sealed:
// who writes, and who meets which stick when, follows from a seed.
import path from 'node:path';
import { expect } from 'vitest';
import { checkRepository } from '../../src/repository/check.js';
import { Chance } from './chance.js';
import { Replica } from './replica.js';
import { carryAll, meetAll } from './replicas.js';
import { bundlesOn, makeStick, recordsIn, snapshotOf } from './stick.js';
import type { VeiledLog } from './veiled-log.js';
import { letIn, logOf, place } from './veiled-member.js';

const STICKS = 2;
const MINUTE_MS = 60_000;
/** Rounds after which a world that still changes never comes to rest. */
const ROUNDS_MAX = 8;

/** Them, and their story so far. */
export class VeiledWorld {
  readonly #members: readonly Replica[];
  readonly #carriers: readonly Replica[];
  readonly #logs: readonly VeiledLog[];
  readonly #sticks: readonly string[];
  readonly #chance: Chance;
  readonly #isApart: boolean;
  #now = Date.UTC(2026, 0, 2);
  #hours = 1;
  /** Bundles with veiled logs that were written by who has no key. */
  carried = 0;

  private constructor(directory: string, people: readonly Replica[], logs: readonly VeiledLog[], seed: number) {
    this.#members = people.slice(0, 2);
    this.#carriers = people.slice(2);
    this.#logs = logs;
    this.#chance = new Chance(seed);
    this.#isApart = seed % 2 === 0;
    this.#sticks = Array.from({ length: STICKS }, (_, i) =>
      makeStick(path.join(directory, `stick ${i}`), seed * 10 + i),
    );
  }

  /** A world below `directory`. */
  static async create(directory: string, seed: number): Promise<VeiledWorld> {
    const people: Replica[] = [];
    for (const name of ['ana', 'ben', 'carl', 'dora']) people.push(await Replica.create(name, directory));
    meetAll(people);
    for (const one of people) one.seal = 'always';
    const [ana, ben, carl] = people as [Replica, Replica, Replica];
    const logs = [await logOf(ana), await logOf(ben)];
    // they know of one another, as by letters
    for (const one of [ana, ben]) for (const log of logs) log.give(one);
    for (const one of [ana, ben]) letIn(one);
    if (seed % 3 === 0) carryAll(carl, true);
    const world = new VeiledWorld(directory, people, logs, seed);
    // everybody was on every stick once, and is served there
    for (const one of people) for (const stick of world.#sticks) await world.#visit(one, stick);
    return world;
  }

  /** Something happens. */
  async step(): Promise<void> {
    this.#now += MINUTE_MS;
    if (this.#chance.happens(0.4)) return this.#write();
    if (this.#chance.happens(0.2)) await this.#chance.pick(this.#everybody).post('walk', `${this.#now}`);
    else {
      const who = this.#chance.pick(this.#everybody);
      await this.#visit(who, this.#chance.pick(this.#sticksOf(who)));
    }
  }

  /** Everybody visits every stick until nothing changes any more, on no stick. */
  async rest(): Promise<number> {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      const before = this.#sticks.map(snapshotOf);
      for (const one of this.#everybody) for (const stick of this.#sticksOf(one)) await this.#visit(one, stick);
      if (JSON.stringify(this.#sticks.map(snapshotOf)) === JSON.stringify(before)) return rounds;
    }
    throw new Error(`not at rest after ${ROUNDS_MAX} rounds`);
  }

  /** Members have all of it; nobody has lost anything, and carriers know nothing of it. */
  expectWhole(): void {
    for (const one of this.#members)
      for (const log of this.#logs)
        expect(one.repository.held(log.id), one.name).toMatchObject([{ from: 0, end: log.length }]);
    for (const one of this.#everybody)
      expect(
        [...checkRepository(one.repository, { all: true })].filter(({ severity }) => severity === 'error'),
      ).toEqual([]);
    for (const one of this.#carriers)
      for (const { id } of this.#logs) expect(one.repository.log(id)?.topic, one.name).toBeUndefined();
  }

  /** In a world of two villages each member has a stick of its own, and only carriers go from one to the other. */
  #sticksOf(who: Replica): readonly string[] {
    const at = this.#members.indexOf(who);
    return this.#isApart && at >= 0 ? [this.#sticks[at] as string] : this.#sticks;
  }

  get #everybody(): readonly Replica[] {
    return [...this.#members, ...this.#carriers];
  }

  #write(): void {
    const i = this.#chance.below(this.#logs.length);
    const log = this.#logs[i] as VeiledLog;
    const from = log.length;
    const hours = this.#hours++;
    const kind = this.#chance.below(5);
    if (kind === 0) log.event({ hours });
    else if (kind === 1) log.ack(undefined, { hours });
    else if (kind === 2 && from > 1) log.retract(1 + this.#chance.below(from - 1), { hours });
    else log.message(`text ${hours}`, { hours });
    log.give(this.#members[i] as Replica, from);
  }

  async #visit(who: Replica, stick: string): Promise<void> {
    this.#now += MINUTE_MS;
    who.now = this.#now;
    const before = new Set(bundlesOn(stick));
    const { failure } = await who.visit(stick);
    expect(failure).toBeUndefined();
    place(who);
    const ids = new Set(this.#logs.map(({ id }) => id));
    const added = bundlesOn(stick).filter((name) => !before.has(name));
    const isCarrier = this.#carriers.includes(who);
    if (isCarrier && added.some((name) => recordsIn(stick, name).some(({ log }) => ids.has(log)))) this.carried++;
  }
}
