// Whoever visits which stick when: at rest all members of a private topic are shown the same messages in the same order, and neither
// the sticks nor who only carries have a byte of their text (spec/private.md, spec/veiled.md).
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import { checkRepository } from '../../src/repository/check.js';
import { Chance } from '../testkit/chance.js';
import {
  beginWith,
  invite,
  isInvited,
  joinInvited,
  mayWrite,
  postPrivate,
  removeFrom,
  textsIn,
  writeTo,
} from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { makeStick, snapshotOf } from '../testkit/stick.js';

const STEPS = 24;
const ROUNDS_MAX = 10;
const NEEDLE = 'needle';

/** Ana and Ben, who talk, Cleo, who comes late, and Dora, who only carries. */
class World {
  readonly #people: readonly Replica[];
  readonly #sticks: readonly string[];
  readonly #chance: Chance;
  #topic: TopicId | undefined;
  #direct: TopicId | undefined;
  #said = 0;
  /** Said by Cleo when she did not know that she was removed, or in time: that depends on who had it. */
  readonly #doubtful = new Set<string>();
  #isRemoved = false;
  #now = Date.UTC(2026, 0, 2);

  private constructor(directory: string, people: readonly Replica[], seed: number) {
    this.#people = people;
    this.#chance = new Chance(seed);
    this.#sticks = [0, 1].map((i) => makeStick(path.join(directory, `stick ${i}`), seed * 10 + i));
  }

  static async create(seed: number): Promise<World> {
    const directory = memoryDirectory();
    const people: Replica[] = [];
    for (const name of ['ana', 'ben', 'cleo', 'dora']) people.push(await Replica.create(name, directory));
    meetAll(people);
    for (const person of people) person.seal = 'always';
    const world = new World(directory, people, seed);
    const [ana, ben] = people as [Replica, Replica];
    world.#topic = await beginWith(ana, `${NEEDLE} garden`, [ben]);
    return world;
  }

  /** Everything that is said is a needle. */
  #text(): string {
    return `${NEEDLE} ${this.#said++}`;
  }

  /** Cleo is taken out, in every other world. */
  async remove(): Promise<void> {
    const [ana, , cleo] = this.#people as [Replica, Replica, Replica];
    await removeFrom(ana, this.#topic as TopicId, cleo);
    this.#isRemoved = true;
  }

  async step(at: number): Promise<void> {
    this.#now += this.#chance.pick([1_000, 60_000, 4_000_000]);
    for (const person of this.#people) person.now = this.#now + this.#chance.below(10_000);
    const [ana, ben, cleo] = this.#people as [Replica, Replica, Replica];
    if (at === Math.floor(STEPS / 2)) return invite(ana, this.#topic as TopicId, [cleo]);
    if (this.#chance.happens(0.15)) {
      const [from, to] = this.#chance.happens(0.5) ? [ana, ben] : [ben, ana];
      this.#direct = await writeTo(from, [to], this.#text());
      return undefined;
    }
    const person = this.#chance.pick(this.#people);
    if (this.#chance.happens(0.4)) return this.#say(person);
    await this.#visit(person, this.#chance.pick(this.#sticks));
    return undefined;
  }

  async #say(person: Replica): Promise<void> {
    const topic = this.#topic as TopicId;
    const isIn = person.session.topics.topics.some((one) => one.topic === topic && one.joined);
    if (!isIn || !mayWrite(person, topic)) return;
    const text = this.#text();
    if (person.name === 'cleo') this.#doubtful.add(text);
    await postPrivate(person, topic, text);
  }

  async #visit(person: Replica, stick: string): Promise<void> {
    await person.visit(stick);
    const topic = this.#topic as TopicId;
    if (isInvited(person, topic)) await joinInvited(person, topic);
  }

  /** All visit all sticks until none of them changes. */
  async rest(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const before = this.#sticks.map(snapshotOf);
      this.#now += 60_000;
      for (const person of this.#people) {
        person.now = this.#now;
        for (const stick of this.#sticks) await this.#visit(person, stick);
      }
      if (JSON.stringify(this.#sticks.map(snapshotOf)) === JSON.stringify(before)) return;
    }
    throw new Error(`not at rest after ${ROUNDS_MAX} rounds`);
  }

  check(): void {
    const [ana, ben, cleo, dora] = this.#people as [Replica, Replica, Replica, Replica];
    const garden = textsIn(ana, this.#topic as TopicId);
    expect(textsIn(ben, this.#topic as TopicId)).toEqual(garden);
    if (!this.#isRemoved) expect(textsIn(cleo, this.#topic as TopicId)).toEqual(garden);
    const letters = this.#direct ? textsIn(ana, this.#direct) : [];
    if (this.#direct) expect(textsIn(ben, this.#direct)).toEqual(letters);
    // nothing is lost, and nothing shown twice
    const isSure = (text: string): boolean => !this.#isRemoved || !this.#doubtful.has(text);
    const all = [...garden, ...letters].filter(isSure).sort();
    const said = Array.from({ length: this.#said }, (_, i) => `${NEEDLE} ${i}`);
    expect(all).toEqual(said.filter(isSure).sort());
    for (const person of this.#people) {
      expect([...checkRepository(person.repository, { all: true })]).toEqual([]);
      expect(hasNeedle(path.join(person.directory, '.satchel', 'objects'))).toBe(false);
      expect(hasNeedle(path.join(person.directory, '.satchel', 'index'))).toBe(false);
    }
    for (const place of [...this.#sticks, path.join(dora.directory, '.satchel')]) expect(hasNeedle(place)).toBe(false);
  }
}

function hasNeedle(root: string): boolean {
  const files = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => path.join(root, name));
  return files.some((file) => fs.statSync(file).isFile() && fs.readFileSync(file).includes(NEEDLE));
}

const first = seedOf('PRIVATE_SEED');

it.each([
  ['all stay', 0],
  ['one is taken out', 1],
])('members see the same, whoever carried it where: %s', async (_, more) => {
  const world = await World.create(first + more);
  for (let at = 0; at < STEPS; at++) {
    await world.step(at);
    if (more === 1 && at === Math.floor((STEPS * 3) / 4)) await world.remove();
  }
  await world.rest();
  world.check();
});
