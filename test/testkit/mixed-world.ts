// Contacts and strangers, topics that some share and others must not hear of, and sticks that anybody may have listed: who
// does what follows from a seed. Whatever is written for a stranger is searched, byte by byte, for what is not its business.
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { openManifest } from '../../src/format/bundle/reader.js';
import { idBytes, type LogId, type PersonId } from '../../src/format/ids.js';
import { blobReferences } from '../../src/repository/store/blob-refs.js';
import { openFile } from '../../src/sync/import/source.js';
import { isContact } from '../../src/sync/session.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { attach, chunksOf } from './attach.js';
import { Chance } from './chance.js';
import { Replica } from './replica.js';
import { bundlesOn, makeStick } from './stick.js';

const NAMES = ['alice', 'ben', 'xeno', 'yuri'];
/** Long enough to be found by chance nowhere. */
const LABELS = ['label-of-garden', 'label-of-market', 'label-of-family'];
const STICKS = 2;
const HOUR_MS = 3_600_000;
const ROUNDS_MAX = 12;

/** People, sticks and what they say. */
export class MixedWorld {
  readonly people: readonly Replica[];
  /** Bundles for strangers that were searched. */
  searched = 0;
  readonly #directory: string;
  readonly #chance: Chance;
  readonly #sticks: readonly string[];
  readonly #seen = new Set<string>();
  #words = 0;

  private constructor(directory: string, people: readonly Replica[], chance: Chance) {
    this.#directory = directory;
    this.people = people;
    this.#chance = chance;
    this.#sticks = Array.from({ length: STICKS }, (_, i) => makeStick(path.join(directory, `stick-${i}`), i + 1));
  }

  /** Alice and Ben know each other, perhaps Xeno and Yuri do; nobody else does. */
  static async create(directory: string, seed: number): Promise<MixedWorld> {
    const people: Replica[] = [];
    for (const name of NAMES) people.push(await Replica.create(name, directory));
    const [alice, ben, xeno, yuri] = people as [Replica, Replica, Replica, Replica];
    alice.meet(ben);
    ben.meet(alice);
    const chance = new Chance(seed);
    if (chance.happens(0.5)) xeno.meet(yuri);
    return new MixedWorld(directory, people, chance);
  }

  /** Somebody says something, hands over a file, or meets a stick. */
  async step(): Promise<void> {
    for (const one of this.people) one.now += HOUR_MS;
    const one = this.#chance.pick(this.people);
    if (this.#chance.happens(0.5)) await this.#say(one);
    if (this.#chance.happens(0.2)) await this.#handOver(one, this.#chance.pick(this.people));
    else await this.visit(one, this.#chance.pick(this.#sticks));
  }

  /** Everybody meets every stick until nobody changes anything. */
  async settle(): Promise<void> {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      let touched = false;
      for (const stick of this.#sticks) {
        for (const one of this.people) touched = (await this.visit(one, stick)) || touched;
      }
      if (!touched) return;
    }
    throw new Error(`not at rest after ${ROUNDS_MAX} rounds`);
  }

  /** One visit, with all that it wrote looked through; whether it changed anything. */
  async visit(one: Replica, stick: string): Promise<boolean> {
    const report = await one.visit(stick, { uncompressed: true });
    expect(report.failure).toBeUndefined();
    for (const name of bundlesOn(stick)) this.#search(path.join(stick, 'satchel', name));
    return report.touched;
  }

  /** Whoever is known to write in a topic gets all that is held there; of others nobody knows that it is their business. */
  expectShared(): void {
    for (const one of this.people) for (const other of this.people) this.#expectSharedBetween(one, other);
  }

  #expectSharedBetween(one: Replica, other: Replica): void {
    for (const label of LABELS) {
      const topic = rendezvousTopic(label);
      const known = one.repository.logsOfPerson(other.session.self.person).some((log) => log.topic === topic);
      if (one === other || !known || !writesIn(one).has(label)) continue;
      expect(other.texts(label), `${other.name} of ${one.name}`).toEqual(expect.arrayContaining(one.texts(label)));
    }
  }

  async #say(one: Replica): Promise<void> {
    const label = this.#chance.pick(LABELS);
    const text = `word ${++this.#words} under ${label}`;
    if (this.#chance.happens(0.8)) await one.post(label, text);
    else await attach(one, label, text, chunksOf(text, 1, 900));
  }

  /** A file for somebody, be it a contact or not. */
  async #handOver(from: Replica, to: Replica): Promise<void> {
    if (from === to) return;
    const { person, device } = to.session.self;
    const file = path.join(this.#directory, `file-${this.#seen.size}-${this.#words}.satchel`);
    const report = await from.export(file, {
      to: [{ person, device }],
      full: this.#chance.happens(0.5),
      uncompressed: true,
    });
    if (report.file === null) return;
    this.#search(file);
    to.import(file);
    fs.rmSync(file);
  }

  /** A bundle that lists a stranger to its maker holds nothing of what that stranger does not write in. */
  #search(file: string): void {
    const bytes = fs.readFileSync(file);
    const source = openFile(file);
    const { manifest } = openManifest(source);
    source.close();
    const id = `${file}/${manifest.serial}`;
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    const maker = this.people.find(({ session }) => session.self.device === manifest.key);
    if (!maker) throw new Error('nobody made this bundle');
    for (const stranger of this.people.filter(({ session }) => manifest.for.includes(session.self.person))) {
      if (isContact(maker.session, stranger.session.self.person)) continue;
      this.searched++;
      const allowed = writesIn(stranger);
      for (const [what, needle] of this.#secretsOf(
        LABELS.filter((label) => !allowed.has(label)),
        maker,
        stranger,
      ))
        expect(bytes.includes(needle), `${what} in a bundle of ${maker.name} for ${stranger.name}`).toBe(false);
    }
  }

  /** Whatever tells of these topics: names, ids, logs, people who write nowhere else, attachments. */
  *#secretsOf(labels: readonly string[], maker: Replica, stranger: Replica): Generator<[string, Buffer | string]> {
    for (const label of labels) {
      yield [label, label];
      yield* both(`id of ${label}`, rendezvousTopic(label));
      for (const one of this.people) {
        for (const { log } of one.repository.logsOfTopic(rendezvousTopic(label))) yield* both(`log in ${label}`, log);
        for (const { root, log } of blobReferences(one.repository))
          if (one.repository.log(log)?.topic === rendezvousTopic(label)) yield* both(`attachment in ${label}`, root);
      }
    }
    const open = LABELS.filter((label) => !labels.includes(label));
    for (const one of this.people) {
      const isKnown = one === maker || one === stranger || open.some((label) => writesIn(one).has(label));
      if (!isKnown) yield* both(`the person ${one.name}`, one.session.self.person);
    }
  }
}

function* both(what: string, id: LogId | PersonId | string): Generator<[string, Buffer | string]> {
  yield [what, id];
  yield [what, idBytes(id as LogId)];
}

/** Labels of the topics that somebody has a log in. */
function writesIn({ repository, session }: Replica): ReadonlySet<string> {
  const topics = new Set(repository.logsOfPerson(session.self.person).map(({ topic }) => topic));
  return new Set(LABELS.filter((label) => topics.has(rendezvousTopic(label))));
}
