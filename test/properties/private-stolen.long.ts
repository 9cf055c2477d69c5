// A device is stolen, and whoever has it writes what it likes while all visit a stick as it comes: once its person has ended that, and
// each has visited, nothing counts that came of it later, and nothing is lost that anybody else wrote (spec/private.md, "Stating
// devices").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import type { TopicId } from '../../src/format/ids.js';
import { LiveKeyring } from '../../src/topic/message/keyring.js';
import { viewTopic } from '../../src/topic/private/topic-view.js';
import { renewKeys } from '../../src/topic/writing/private-topic.js';
import { Chance } from '../testkit/chance.js';
import { loseDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import {
  beginWith,
  invite,
  joinInvited,
  joinPrivate,
  mayWrite,
  postPrivate,
  removeFrom,
  textsIn,
} from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { makeStick, snapshotOf } from '../testkit/stick.js';
import { type Paper, paperOf, useWordsOn } from '../testkit/taken-back.js';

const STEPS = 14;
const ROUNDS_MAX = 8;
const WAITING = '(waiting)';

/** Ana has a desk, which adds and removes devices, and a laptop; Ben and Cleo are members; Mallory is the thief's friend. */
class World {
  readonly #directory: string;
  readonly #chance: Chance;
  readonly #stick: string;
  readonly #desk: Replica;
  readonly #laptop: Replica;
  readonly #ben: Replica;
  readonly #cleo: Replica;
  readonly #mallory: Replica;
  readonly #topic: TopicId;
  readonly #paper: Paper;
  #thief: Replica | undefined;
  #said = 0;
  /** What counts whoever had it, by who wrote it. */
  readonly #honest = new Set<string>();

  private constructor(directory: string, chance: Chance, people: readonly Replica[], topic: TopicId, paper: Paper) {
    this.#directory = directory;
    this.#chance = chance;
    [this.#desk, this.#laptop, this.#ben, this.#cleo, this.#mallory] = people as [
      Replica,
      Replica,
      Replica,
      Replica,
      Replica,
    ];
    this.#topic = topic;
    this.#paper = paper;
    this.#stick = path.join(directory, 'stick');
  }

  static async create(seed: number): Promise<World> {
    const directory = memoryDirectory();
    makeStick(path.join(directory, 'stick'), seed);
    const [desk, ben, cleo, mallory] = await peopleIn(directory);
    const paper = await paperOf(desk);
    const laptop = await pair(desk, 'laptop', directory);
    laptop.seal = 'always';
    const topic = await beginWith(desk, 'garden', [ben, cleo]);
    const world = new World(directory, new Chance(seed), [desk, laptop, ben, cleo, mallory], topic, paper);
    await world.#visits(desk, ben, cleo);
    for (const one of [ben, cleo]) await joinInvited(one, topic);
    joinPrivate(laptop, topic, 'garden');
    laptop.topicKeys = new LiveKeyring(true);
    laptop.reopen();
    await world.#visits(ben, cleo, laptop, desk, ben, cleo, laptop);
    return world;
  }

  get #honestOnes(): readonly Replica[] {
    return [this.#desk, this.#laptop, this.#ben, this.#cleo].filter((one) => one !== this.#thief);
  }

  async #visits(...people: readonly Replica[]): Promise<void> {
    for (const person of people) {
      this.#tick();
      expect((await person.visit(this.#stick)).failure).toBeUndefined();
    }
  }

  #tick(): void {
    const all = [this.#desk, this.#laptop, this.#ben, this.#cleo, this.#mallory];
    const now = Math.max(...all.map((one) => one.now)) + this.#chance.pick([1_000, 60_000, 4_000_000]);
    for (const one of all) one.now = now + this.#chance.below(1_000);
  }

  /** Somebody honest says something or visits; who has what was stolen does what it likes. */
  async step(): Promise<void> {
    this.#tick();
    if (this.#thief && this.#chance.happens(0.4)) return this.#abuse(this.#thief);
    const person = this.#chance.pick(this.#honestOnes);
    if (this.#chance.happens(0.2)) return void person.collect();
    if (this.#chance.happens(0.5)) return this.#visits(person);
    if (!mayWrite(person, this.#topic)) return;
    const text = `${person.name} ${this.#said++}`;
    await postPrivate(person, this.#topic, text);
    this.#honest.add(text);
  }

  async #abuse(thief: Replica): Promise<void> {
    const topic = this.#topic;
    const author = await thief.author();
    const acts: readonly (() => Promise<unknown>)[] = [
      () => postPrivate(thief, topic, `evil ${this.#said++}`),
      () => invite(thief, topic, [this.#mallory]),
      () => removeFrom(thief, topic, this.#chance.pick([this.#ben, this.#cleo])),
      () => thief.repository.lockedAsync(() => renewKeys(thief.repository, author, topic)),
      () => (this.#chance.happens(0.2) ? removeFrom(thief, topic, thief) : Promise.resolve()),
      () => thief.visit(this.#stick),
      () => this.#slip(thief),
    ];
    try {
      await this.#chance.pick(acts)();
    } catch (error) {
      // its program refuses once it has heard
      if (!(error instanceof SatchelError)) throw error;
    }
  }

  /** Whoever has it hands what it wrote to somebody, and takes nothing. */
  async #slip(thief: Replica): Promise<void> {
    const file = path.join(this.#directory, `slipped-${this.#said++}.satchel`);
    await thief.export(file, { topics: [this.#topic] });
    if (!fs.existsSync(file)) return;
    const to = this.#chance.pick(this.#honestOnes);
    to.import(file);
    await to.settle();
  }

  /** One of Ana's devices is stolen, and its person ends what it says on the other one. */
  async steal(which: 'desk' | 'laptop'): Promise<void> {
    const [thief, keeper] = which === 'desk' ? [this.#desk, this.#laptop] : [this.#laptop, this.#desk];
    const had = new Set(textsIn(keeper, this.#topic));
    // what it had said and had not come to the other one nobody can tell from what the thief says
    for (const text of this.#honest) if (text.startsWith(thief.name) && !had.has(text)) this.#honest.delete(text);
    if (which === 'desk') await useWordsOn(keeper, this.#paper);
    else await loseDevice(keeper, thief);
    this.#thief = thief;
  }

  /** All visit until the stick is as it was. */
  async rest(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const before = JSON.stringify(snapshotOf(this.#stick));
      await this.#visits(...this.#honestOnes);
      if (JSON.stringify(snapshotOf(this.#stick)) === before) return;
    }
    throw new Error(`not at rest after ${ROUNDS_MAX} rounds`);
  }

  check(): void {
    const told = [...this.#honest].sort();
    for (const one of this.#honestOnes) {
      const shown = textsIn(one, this.#topic);
      // what was sealed under the thief's keys while somebody was out is not for that person
      const isMember = one === this.#ben || one === this.#cleo;
      const texts = shown.filter((text) => !isMember || text !== WAITING);
      expect(told, `${one.name}: ${shown.join(', ')}`).toEqual(expect.arrayContaining(texts));
      expect(shown.length, `${one.name}: ${shown.join(', ')}`).toBe(told.length);
      const resolution = viewTopic(one.repository, this.#topic)?.resolution;
      const roles = [this.#desk, this.#ben, this.#cleo, this.#mallory].map(({ session }) =>
        resolution?.role(session.self.person),
      );
      expect([one.name, ...roles]).toEqual([one.name, 5, 3, 3, 0]);
      expect(mayWrite(one, this.#topic), one.name).toBe(true);
    }
  }
}

async function peopleIn(directory: string): Promise<[Replica, Replica, Replica, Replica]> {
  const people: Replica[] = [];
  for (const name of ['desk', 'ben', 'cleo', 'mallory']) people.push(await Replica.create(name, directory));
  meetAll(people);
  for (const person of people) person.seal = 'always';
  return people as [Replica, Replica, Replica, Replica];
}

const first = seedOf('STOLEN_SEED');
const worlds = Number(process.env['WORLDS'] ?? 1);
const seeds = Array.from({ length: worlds }, (_, i) => first + i);

it.each(seeds.flatMap((seed) => [['desk', seed] as const, ['laptop', seed] as const]))(
  'nothing counts that came of it later, and nothing else is lost: the %s, seed %d',
  async (which, seed) => {
    const world = await World.create(seed);
    for (let at = 0; at < STEPS; at++) await world.step();
    await world.steal(which);
    for (let at = 0; at < STEPS; at++) await world.step();
    await world.rest();
    world.check();
  },
);
