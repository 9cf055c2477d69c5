// Six people and three sticks: who meets which stick when follows from a seed, and so does what happens to the sticks. What
// has to hold is checked at every visit, against what everybody really holds.
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Digest } from '../../src/format/ids.js';
import type { VisitOptions } from '../../src/sync/drive/visit-options.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { attach, chunksOf, heldChunks } from './attach.js';
import { Chance } from './chance.js';
import type { Replica } from './replica.js';
import { heldBy, makeFriends } from './replicas.js';
import { type Sealing, sealAs } from './sealing.js';
import { bundlesOn, copyStick, makeStick } from './stick.js';
import { StickChecks } from './stick-checks.js';

const NAMES = ['alice', 'bob', 'carol', 'dora', 'emil', 'frida'];
const STICKS = 3;
/** Small bundles of one visitor on one stick, at most. */
const CONSOLIDATE_FROM = 8;
const HOUR_MS = 3_600_000;
/** Rounds after which a world that still changes never comes to rest. */
const ROUNDS_MAX = 12;

/** People, sticks, and their story so far. */
export class StickWorld {
  readonly people: readonly Replica[];
  readonly #directory: string;
  readonly #chance: Chance;
  readonly #sticks: string[];
  /** For how many more steps a stick lies in a drawer. */
  readonly #away: number[];
  readonly #checks: StickChecks;
  #made = 0;
  #messages = 0;
  /** Roots of the attachments posted, each with the number of its chunks. */
  readonly #attached = new Map<Digest, number>();
  /** The most bundles that lay on one stick. */
  most = 0;

  private constructor(directory: string, people: readonly Replica[], seed: number) {
    this.#directory = directory;
    this.people = people;
    this.#chance = new Chance(seed);
    this.#checks = new StickChecks(people);
    this.#sticks = Array.from({ length: STICKS }, (_, i) => this.#newStick(i));
    this.#away = this.#sticks.map(() => 0);
  }

  /** A world below `directory`. */
  static async create(directory: string, seed: number, sealing: Sealing = 'open'): Promise<StickWorld> {
    const people = await makeFriends(directory, NAMES, 't');
    sealAs(people, sealing);
    return new StickWorld(directory, people, seed);
  }

  /** Somebody meets a stick, perhaps with something new to say; sometimes the stick is not what it was. */
  async step(): Promise<void> {
    for (const one of this.people) one.now += HOUR_MS;
    for (const [i, left] of this.#away.entries()) this.#away[i] = Math.max(0, left - 1);
    if (this.#chance.happens(0.08)) this.#befall(this.#chance.below(STICKS));
    const here = this.#sticks.filter((_, i) => this.#away[i] === 0);
    if (here.length === 0) return;
    const person = this.#chance.pick(this.people);
    if (this.#chance.happens(0.6)) await this.#say(person);
    const isFull = this.#chance.happens(0.2);
    await this.visit(person, this.#chance.pick(here), isFull ? { maxBytes: this.#chance.below(20_000) } : {});
  }

  /** Everybody meets every stick, until nobody changes anything; how many rounds that took. */
  async settle(): Promise<number> {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      let touched = false;
      for (const stick of this.#sticks) {
        for (const one of this.people) touched = (await this.visit(one, stick)).touched || touched;
      }
      if (!touched) return rounds;
    }
    throw new Error(`not at rest after ${ROUNDS_MAX} rounds`);
  }

  /** Everybody keeps meeting until nothing changes: then all hold all, and the sticks hold next to nothing. */
  async expectRest(): Promise<void> {
    expect(await this.settle()).toBeLessThanOrEqual(6);
    const [first, ...others] = this.people;
    expect(first?.texts('t')).toHaveLength(this.#messages);
    for (const other of others) expect(heldBy(other)).toEqual(heldBy(first as Replica));
    for (const [root, chunks] of this.#attached)
      for (const one of this.people) expect(heldChunks(one, root), `chunks at ${one.name}`).toBe(chunks);
    // what everybody has acknowledged is gone, but for the newest word of each, and for housekeeping of which no newest word there
    // says that everybody has it: of that there is one bundle more at most (spec/drive.md, "Tidying")
    for (const stick of this.#sticks) expect(bundlesOn(stick).length).toBeLessThanOrEqual(this.people.length + 1);
    // while they met, each had so many bundles of its own there at most
    expect(this.most).toBeLessThanOrEqual(this.people.length * (CONSOLIDATE_FROM + 1));
  }

  /** One visit, with everything checked that has to hold of it. */
  async visit(person: Replica, stick: string, options: Partial<VisitOptions> = {}): Promise<VisitReport> {
    const before = this.#checks.contentsOf(stick);
    const report = await person.visit(stick, options);
    expect(report.failure).toBeUndefined();
    expect(report.scanned.filter(({ error }) => error)).toEqual([]);
    const after = this.#checks.contentsOf(stick);
    this.#checks.expectNothingTwice(person, before, after);
    this.#checks.expectNothingLost(stick, before, after);
    if (!report.touched) expect([...after.keys()]).toEqual([...before.keys()]);
    this.most = Math.max(this.most, after.size);
    return report;
  }

  async #say(person: Replica): Promise<void> {
    this.#messages++;
    const text = `${this.#messages}: ${'so many words '.repeat(this.#chance.below(40))}`;
    if (!this.#chance.happens(0.25)) await person.post('t', text);
    else {
      const chunks = chunksOf(text.slice(0, 5), this.#chance.below(9), 1 + this.#chance.below(3_000));
      this.#attached.set(await attach(person, 't', text, chunks), chunks.length);
    }
  }

  /** What happens to sticks. */
  #befall(i: number): void {
    const stick = this.#sticks[i] ?? '';
    const other = this.#sticks[(i + 1) % STICKS] ?? '';
    const kept = path.join(this.#directory, `kept-${i}`);
    const fates: readonly (() => void)[] = [
      // lost, and another one bought
      () => this.#newStick(i),
      // cloned, the other one given away
      () => copyStick(other, stick),
      // a copy is put aside
      () => copyStick(stick, kept),
      // and taken for the stick again
      () => fs.existsSync(kept) && copyStick(kept, stick),
      // forgotten in a drawer
      () => {
        this.#away[i] = 25;
      },
    ];
    this.#chance.pick(fates)();
  }

  #newStick(i: number): string {
    return makeStick(path.join(this.#directory, `stick-${i}`), ++this.#made);
  }
}
