// People, drives and files of which nothing is ever lost: who writes, visits, mails and reads when follows from a seed. Then
// nobody ever follows a gap, whatever the order (spec/drive.md, "Tidying").
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { activeContacts } from '../../src/sync/session.js';
import { Chance } from './chance.js';
import type { Replica } from './replica.js';
import { decide, heldBy, makeFriends } from './replicas.js';
import { type Sealing, sealAs, sealingOf } from './sealing.js';
import { makeStick, snapshotOf } from './stick.js';

const NAMES = ['alice', 'bob', 'carol', 'dora', 'emil', 'frida'];
const MINUTE_MS = 60_000;
/** How somebody is used to work: `sync` before writing, after it, both, or by whatever chance brings. */
const HABITS = ['before', 'after', 'both', 'chance'] as const;
/** Rounds in which nobody says anything, after which nothing may differ. */
const SILENT_ROUNDS = 2;

/** What a world is like. */
export interface WorldShape {
  readonly seed: number;
  readonly people: number;
  readonly sticks: number;
  readonly steps: number;
  readonly sealing: Sealing;
}

/** A shape that follows from the seed; worlds of two are the most frequent, as they are outside. */
export function shapeOf(seed: number): WorldShape {
  const chance = new Chance(seed);
  const people = chance.happens(0.6) ? 2 : 2 + chance.below(5);
  const sticks = chance.happens(0.5) ? 1 : 1 + chance.below(3);
  return { seed, people, sticks, steps: 4 + chance.below(10), sealing: sealingOf(seed) };
}

/** The people with their sticks. */
export class WholeWorld {
  readonly people: readonly Replica[];
  readonly sticks: readonly string[];
  readonly #chance: Chance;
  readonly #habits: ReadonlyMap<Replica, (typeof HABITS)[number]>;
  readonly #mails: string;
  /** For whom each file was made. */
  readonly #addressed = new Map<string, ReadonlySet<string>>();
  #said = 0;

  private constructor(directory: string, people: readonly Replica[], { seed, sticks }: WorldShape) {
    this.people = people;
    this.#chance = new Chance(seed ^ 0x5bd1e995);
    this.sticks = Array.from({ length: sticks }, (_, i) => makeStick(path.join(directory, `stick-${i}`), i + 1));
    this.#habits = new Map(people.map((one) => [one, this.#chance.pick(HABITS)]));
    this.#mails = path.join(directory, 'mails');
    fs.mkdirSync(this.#mails);
  }

  /** A world below `directory`. Everybody is listed on every stick from the start: who comes later lacks what went before. */
  static async create(directory: string, shape: WorldShape): Promise<WholeWorld> {
    const people = await makeFriends(directory, NAMES.slice(0, shape.people), 't');
    sealAs(people, shape.sealing);
    const world = new WholeWorld(directory, people, shape);
    for (const one of people) if (world.#chance.happens(0.15)) decide(one, 't', { receipts: 'off' });
    for (const stick of world.sticks) for (const one of people) await world.visit(one, stick);
    return world;
  }

  /** Somebody does something. */
  async step(): Promise<void> {
    const one = this.#chance.pick(this.people);
    const stick = this.#chance.pick(this.sticks);
    const what = this.#chance.number();
    for (const person of this.people) person.now += MINUTE_MS;
    if (what < 0.65) await this.#meet(one, stick);
    else if (what < 0.75) await this.#say(one);
    else if (what < 0.85) await this.#mail(one);
    else if (what < 0.95) this.#take(one);
    else one.collect();
  }

  /** Whatever is still to be said aloud is; then silence, after which all hold the same and nobody writes anything. */
  async expectRest(): Promise<void> {
    for (const one of this.people) await this.visit(one, this.#chance.pick(this.sticks));
    for (let i = 0; i < SILENT_ROUNDS; i++) await this.round();
    const [first, ...others] = this.people;
    for (const other of others) expect(heldBy(other), other.name).toEqual(heldBy(first as Replica));
    for (const one of this.people) expect(one.texts('t')).toHaveLength(this.#said);
    const before = this.sticks.map(snapshotOf);
    await this.round();
    expect(this.sticks.map(snapshotOf)).toEqual(before);
  }

  /** Everybody meets every stick, in an order of their own. */
  async round(): Promise<void> {
    for (const one of this.#shuffled(this.people))
      for (const stick of this.#shuffled(this.sticks)) await this.visit(one, stick);
  }

  /** One visit. */
  async visit(one: Replica, stick: string): Promise<void> {
    const { failure } = await one.visit(stick);
    expect(failure).toBeUndefined();
    expectWhole(one);
  }

  async #meet(one: Replica, stick: string): Promise<void> {
    const habit = this.#habits.get(one);
    const isBefore = habit === 'before' || habit === 'both' || (habit === 'chance' && this.#chance.happens(0.5));
    const isAfter = habit === 'after' || habit === 'both' || !isBefore;
    if (isBefore) await this.visit(one, stick);
    if (this.#chance.happens(0.75)) await this.#say(one);
    if (isAfter) await this.visit(one, stick);
  }

  async #say(one: Replica): Promise<void> {
    const count = 1 + this.#chance.below(3);
    await one.post('t', ...Array.from({ length: count }, () => `${++this.#said}`));
  }

  /** A file for everybody known, or for some of them. */
  async #mail(one: Replica): Promise<void> {
    const file = path.join(this.#mails, `${this.#addressed.size}.satchel`);
    const everybody = activeContacts(one.session);
    const some = everybody.filter(() => this.#chance.happens(0.7));
    const to = some.length > 0 ? some : everybody;
    await one.export(file, { to });
    if (fs.existsSync(file)) this.#addressed.set(file, new Set(to.map(({ person }) => person)));
  }

  /** A file that was meant for somebody, be it the first time or again. */
  #take(one: Replica): void {
    const { person } = one.session.self;
    const files = [...this.#addressed].flatMap(([file, people]) => (people.has(person) ? file : []));
    if (files.length === 0) return;
    one.import(this.#chance.pick(files));
    expectWhole(one);
  }

  #shuffled<T>(list: readonly T[]): T[] {
    const keyed = list.map((item) => ({ item, at: this.#chance.number() }));
    return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }
}

/** Nothing that a replica holds of a log follows a gap, and all of it is held. */
export function expectWhole(one: Replica): void {
  const gaps = [...one.repository.logs()].flatMap(({ log }) => {
    const held = one.repository.held(log);
    const isWhole = held.length === 1 && held[0]?.from === 0 && one.repository.unheldRuns(log).length === 0;
    return isWhole ? [] : [`${log.slice(0, 10)}: ${held.map(({ from, end }) => `${from}-${end}`).join(', ')}`];
  });
  expect(gaps, `at ${one.name}`).toEqual([]);
}
