// People and sticks, and people who forget: who does what when follows from a seed. Whatever somebody forgets stays forgotten
// there, and is nobody else's loss (spec/message.md, "Forgetting"; spec/drive.md, "Tidying").
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { Chance } from './chance.js';
import { forget, textsInSegments } from './forgetting.js';
import { openAny } from './open-sealed.js';
import type { Replica } from './replica.js';
import { heldBy, makeFriends } from './replicas.js';
import { bundlesOn, makeStick, snapshotOf } from './stick.js';

const NAMES = ['ana', 'ben', 'cleo', 'dora'];
const STICKS = 2;
const HOUR_MS = 3_600_000;
/** So long silent, a person is not waited for, days. */
const SILENT_DAYS = 2;
/** Rounds after which a world that still changes never comes to rest. */
const ROUNDS_MAX = 12;

/** The people with their sticks. */
export class ForgettingWorld {
  readonly #people: readonly Replica[];
  readonly #sticks: readonly string[];
  readonly #chance: Chance;
  readonly #forgotten = new Map<Replica, Set<string>>();
  /** Texts in each bundle, by its name, which is its digest. */
  readonly #inBundle = new Map<string, readonly string[]>();
  /** Texts that somebody lacks, and nobody has any more but who forgot them. */
  readonly #lost = new Set<string>();
  #said = 0;

  private constructor(directory: string, people: readonly Replica[], seed: number) {
    this.#people = people;
    this.#chance = new Chance(seed);
    this.#sticks = Array.from({ length: STICKS }, (_, i) => makeStick(path.join(directory, `stick-${i}`), i + 1));
    for (const one of people) this.#forgotten.set(one, new Set());
  }

  /** A world below `directory`, everybody listed on every stick. */
  static async create(directory: string, seed: number): Promise<ForgettingWorld> {
    const people = await makeFriends(directory, NAMES, 't');
    // every other world is sealed
    for (const one of people) one.seal = seed % 2 === 0 ? 'never' : 'always';
    const world = new ForgettingWorld(directory, people, seed);
    for (const stick of world.#sticks) for (const one of people) await world.#visit(one, stick);
    return world;
  }

  /** Somebody does something. */
  async step(): Promise<void> {
    const one = this.#chance.pick(this.#people);
    const what = this.#chance.number();
    for (const person of this.#people) person.now += 6 * HOUR_MS;
    if (what < 0.3) await this.#say(one);
    else if (what < 0.75) await this.#visit(one, this.#chance.pick(this.#sticks), this.#chance.happens(0.3));
    else if (what < 0.95) this.#forget(one);
    else one.collect();
    this.#expectForgotten(one);
  }

  /** Everybody meets every stick until nothing changes; then everybody has what anybody has, but for what it forgot. */
  async expectRest(): Promise<void> {
    let before: string[][] | undefined;
    for (let rounds = 0; ; rounds++) {
      expect(rounds).toBeLessThan(ROUNDS_MAX);
      for (const stick of this.#sticks) for (const one of this.#people) await this.#visit(one, stick);
      const now = this.#sticks.map(snapshotOf);
      if (JSON.stringify(now) === JSON.stringify(before)) break;
      before = now;
    }
    const shown = new Set(this.#people.flatMap((one) => one.texts('t')));
    for (const one of this.#people) {
      const own = this.#forgotten.get(one) ?? new Set();
      const here = new Set(one.texts('t'));
      const lacked = [...shown].filter((text) => text !== '-' && !here.has(text) && !own.has(text));
      expect(lacked, `lacked by ${one.name}`).toEqual([]);
      this.#expectForgotten(one);
      this.#expectErased(one);
    }
    const [first, ...others] = this.#people;
    for (const other of this.#lost.size === 0 ? others : []) expect(heldBy(other)).toEqual(heldBy(first as Replica));
  }

  async #say(one: Replica): Promise<void> {
    const count = 1 + this.#chance.below(3);
    const texts = Array.from({ length: count }, () => `<${++this.#said}>`);
    // of several in one commit none can be cut out
    if (this.#chance.happens(0.2)) await one.post('t', ...texts);
    else for (const text of texts) await one.post('t', text);
  }

  /** Takes away no text that somebody lacks and nobody else could bring. */
  async #visit(one: Replica, stick: string, isImpatient = false): Promise<void> {
    const before = this.#alive();
    const { failure, scanned } = await one.visit(stick, isImpatient ? { silentDays: SILENT_DAYS } : {});
    expect(failure).toBeUndefined();
    expect(scanned.filter(({ error }) => error)).toEqual([]);
    const after = this.#alive();
    const gone = [...before].filter((text) => !after.has(text) && this.#isLackedBySomebody(text));
    expect(gone, `taken away by ${one.name}`).toEqual([]);
  }

  #forget(one: Replica): void {
    const before = this.#alive();
    const shown = one.texts('t').filter((text) => text !== '-');
    for (const text of shown.filter(() => this.#chance.happens(0.3))) {
      try {
        forget(one, 't', [text]);
      } catch (error) {
        // an own one that nobody is known to have
        expect(error).toMatchObject({ code: 'refused' });
        continue;
      }
      this.#forgotten.get(one)?.add(text);
    }
    const after = this.#alive();
    for (const text of before) if (!after.has(text) && this.#isLackedBySomebody(text)) this.#lost.add(text);
  }

  /** What somebody can show, or lies on a stick. */
  #alive(): ReadonlySet<string> {
    const shown = this.#people.flatMap((one) => one.texts('t'));
    return new Set([...shown, ...this.#sticks.flatMap((stick) => this.#textsOn(stick))].filter((text) => text !== '-'));
  }

  #isLackedBySomebody(text: string): boolean {
    return this.#people.some((one) => !this.#forgotten.get(one)?.has(text) && !one.texts('t').includes(text));
  }

  #textsOn(stick: string): string[] {
    return bundlesOn(stick).flatMap((name) => {
      const known = this.#inBundle.get(name) ?? textsInBundle(path.join(stick, 'satchel', name));
      this.#inBundle.set(name, known);
      return known;
    });
  }

  /** No pack says it. */
  #expectErased(one: Replica): void {
    const { packs } = one.repository;
    const said = new Set(packs.list().flatMap((pack) => textsInSegments(fs.readFileSync(packs.file(pack)))));
    expect(said.size).toBeGreaterThanOrEqual(new Set(one.texts('t')).size - 1);
    expect([...(this.#forgotten.get(one) ?? [])].filter((text) => said.has(text))).toEqual([]);
  }

  #expectForgotten(one: Replica): void {
    const here = new Set(one.texts('t'));
    const back = [...(this.#forgotten.get(one) ?? [])].filter((text) => here.has(text));
    expect(back, `back at ${one.name}`).toEqual([]);
    for (const { log } of one.repository.logs()) expect(one.repository.forgotten(log).has(0)).toBe(false);
  }
}

/** Texts in a bundle, whoever it is sealed for. */
function textsInBundle(file: string): string[] {
  const source = openAny(file);
  try {
    return textsInSegments(source.read(0, source.size));
  } finally {
    source.close();
  }
}
