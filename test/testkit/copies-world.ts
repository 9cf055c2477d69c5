// A home and clones of it that nobody notices, and two friends: all of them write, take back, answer and import in any order.
// What lies behind a freeze is said again by its author's devices; every message is shown once, wherever its original is held
// (spec/message.md, "Written again").
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { markRead } from '../../src/repository/read-marks.js';
import { targetAt } from '../../src/topic/reading/target.js';
import type { MessageView } from '../../src/topic/reading/view.js';
import { openViewer, type Viewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { retract } from '../../src/topic/writing/retract.js';
import { Chance } from './chance.js';
import { Replica } from './replica.js';
import { bundleFrom, copyOf, errorsIn, makeFriends } from './replicas.js';

const TOPIC = rendezvousTopic('t');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** The home and its friends; clones come behind them. */
const FRIENDS = 3;
/** Rounds after which replicas that still change never come to rest. */
const ROUNDS_MAX = 10;

/** What was said, by its text. */
interface Said {
  readonly expires: number | undefined;
  readonly answers: string | undefined;
  isTakenBack: boolean;
}

/** A replica with what its user has read. */
interface Reader {
  readonly replica: Replica;
  readonly read: Set<string>;
}

/** The home with its clones, and the friends. */
export class CopiesWorld {
  readonly #directory: string;
  readonly #chance: Chance;
  readonly #readers: Reader[];
  readonly #bob: Replica;
  readonly #clones: Replica[] = [];
  readonly #said = new Map<string, Said>();
  readonly #files: string[] = [];

  private constructor(directory: string, people: readonly Replica[], seed: number) {
    this.#directory = path.join(directory, 'files');
    fs.mkdirSync(this.#directory);
    this.#chance = new Chance(seed);
    this.#readers = people.map((replica) => ({ replica, read: new Set() }));
    this.#bob = people[1] as Replica;
  }

  static async create(directory: string, seed: number): Promise<CopiesWorld> {
    const people = await makeFriends(directory, ['alice', 'bob', 'carol'], 't');
    const world = new CopiesWorld(directory, people, seed);
    await world.#say(world.#bob);
    return world;
  }

  /** Everybody, and the clones made so far. */
  get replicas(): readonly Replica[] {
    return this.#readers.map(({ replica }) => replica);
  }

  /** Somebody does something; there are one or two clones, made at any moment. */
  async step(): Promise<void> {
    const { replica, read } = this.#chance.pick(this.#readers);
    const what = this.#chance.number();
    for (const one of this.#readers) one.replica.now += MINUTE_MS;
    if (this.#clones.length < 2 && what < 0.08) this.#clone();
    else if (what < 0.35) await this.#say(replica);
    else if (what < 0.45) await this.#takeBack(replica);
    else if (what < 0.65) await this.#send(replica);
    else if (what < 0.88) this.#receive(replica);
    else this.#read({ replica, read });
    for (const one of this.#readers) expectOnce(one);
  }

  /** Everything gets everywhere; then everybody sees each message once that was neither taken back nor has expired. */
  async expectRest(): Promise<void> {
    await this.#untilRest();
    for (const { replica } of this.#readers) replica.now += 3 * DAY_MS;
    await this.#untilRest();
    const day = Math.floor(this.#bob.now / DAY_MS);
    const isLeft = ({ expires = Number.POSITIVE_INFINITY, isTakenBack }: Said): boolean =>
      !isTakenBack && expires > day;
    const left = [...this.#said].filter(([, said]) => isLeft(said));
    const expected = left.map(([text]) => text).sort();
    const answers = Object.fromEntries(left.map(([text, said]) => [text, said.answers]));
    for (const reader of this.#readers) {
      const { replica } = reader;
      expectOnce(reader);
      expect(shownIn(replica).map(textOf).sort(), replica.name).toEqual(expected);
      expectAnswers(replica, answers);
      expect(errorsIn(replica), replica.name).toEqual([]);
    }
    for (const name of ['dora', 'emil']) expect(await this.#seenByNewcomer(name), name).toEqual(expected);
  }

  /** What somebody sees who gets every file there ever was, in an order of its own. */
  async #seenByNewcomer(name: string): Promise<string[]> {
    const newcomer = (await Replica.create(name, path.dirname(this.#directory), this.#bob.now)).join('t');
    for (const { replica } of this.#readers.slice(0, FRIENDS)) newcomer.meet(replica);
    const files = this.#files.map((file) => ({ file, at: this.#chance.number() })).sort((a, b) => a.at - b.at);
    for (const { file } of files) newcomer.import(file);
    const texts = shownIn(newcomer).map(textOf);
    expect([...new Set(texts)], `shown once to ${name}`).toEqual(texts);
    return texts.sort();
  }

  #clone(): void {
    const clone = copyOf(this.#bob, `clone-${this.#clones.length}`);
    const { read } = this.#readers[1] as Reader;
    this.#clones.push(clone);
    this.#readers.push({ replica: clone, read: new Set(read) });
  }

  async #say(by: Replica): Promise<void> {
    const shown = shownIn(by);
    const target = shown.length > 0 && this.#chance.happens(0.35) ? this.#chance.pick(shown) : undefined;
    const isBrief = this.#chance.happens(0.2);
    const expires = isBrief ? Math.floor(by.now / DAY_MS) + 2 : undefined;
    const text = `${this.#said.size} by ${by.name}`;
    const reply = target && targetAt(by.repository, target);
    await by.post('t', { body: text, ...(reply && { reply }), ...(expires !== undefined && { meta: { expires } }) });
    this.#said.set(text, { expires, answers: target && textOf(target), isTakenBack: false });
  }

  async #takeBack(by: Replica): Promise<void> {
    const own = shownIn(by).filter(({ log }) => by.repository.log(log)?.person === by.session.self.person);
    if (own.length === 0) return;
    const view = this.#chance.pick(own);
    try {
      await retract(by.repository, await by.author(), targetAt(by.repository, view), 't');
    } catch (error) {
      // a log that a clone began is that clone's
      if (error instanceof SatchelError) return;
      throw error;
    }
    (this.#said.get(textOf(view)) as Said).isTakenBack = true;
  }

  async #send(from: Replica): Promise<void> {
    const file = await bundleFrom(from, this.#directory, { full: this.#chance.happens(0.5) });
    if (file) this.#files.push(file);
  }

  #receive(by: Replica): void {
    if (this.#files.length > 0) by.import(this.#chance.pick(this.#files));
  }

  #read(reader: Reader): void {
    const { repository } = reader.replica;
    for (const view of shownIn(reader.replica)) reader.read.add(textOf(view));
    markRead(repository.layout, TOPIC, repository.lastArrival);
  }

  async #untilRest(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) if (!(await this.#round())) return;
    throw new Error(`not at rest after ${ROUNDS_MAX} rounds`);
  }

  /** Everybody hears everybody; whether that changed what anybody sees or wrote. */
  async #round(): Promise<boolean> {
    const before = this.#state();
    for (const { replica } of this.#shuffled()) {
      const file = await bundleFrom(replica, this.#directory, { full: true });
      if (!file) continue;
      this.#files.push(file);
      for (const { replica: other } of this.#shuffled()) if (other !== replica) other.import(file);
      for (const one of this.#readers) {
        expectOnce(one);
        if (this.#chance.happens(0.3)) this.#read(one);
      }
    }
    return this.#state() !== before;
  }

  #state(): string {
    return this.#readers
      .map(({ replica }) => [...replica.repository.logs()].map(({ log, end, id }) => `${log} ${end} ${id}`).join())
      .join('\n');
  }

  #shuffled(): Reader[] {
    const keyed = this.#readers.map((reader) => ({ reader, at: this.#chance.number() }));
    return keyed.sort((a, b) => a.at - b.at).map(({ reader }) => reader);
  }
}

/** No message is shown twice, and none that was read is unread again. */
function expectOnce({ replica, read }: Reader): void {
  const shown = shownIn(replica);
  const texts = shown.map(textOf);
  expect([...new Set(texts)], `shown once by ${replica.name}`).toEqual(texts);
  const again = shown.filter((view) => view.unread && read.has(textOf(view)));
  expect(again.map(textOf), `unread twice at ${replica.name}`).toEqual([]);
}

/**
 * What is shown answers what it was written to answer, wherever that stands; of what is gone nothing is said. Behind a freeze
 * only what is cited by its id is known (spec/message.md, "Covered deps").
 */
function expectAnswers(replica: Replica, answers: Readonly<Record<string, string | undefined>>): void {
  const viewer = openViewer(replica.session, { topic: TOPIC, label: 't' });
  for (const view of shownBy(viewer, replica)) {
    const target = answers[textOf(view)];
    const isNamed = view.state === 'shown' || view.reply?.id !== undefined;
    const isThere = target !== undefined && target in answers && isNamed;
    const found = view.reply && viewer.at(view.reply);
    if (isThere) expect(found?.text, `what "${textOf(view)}" answers at ${replica.name}`).toBe(target);
  }
}

function shownIn(replica: Replica): MessageView[] {
  return shownBy(openViewer(replica.session, { topic: TOPIC, label: 't' }), replica);
}

function shownBy({ view }: Viewer, replica: Replica): MessageView[] {
  const views = replica.messages('t').map(view);
  return views.filter(({ state }) => state === 'shown' || state === 'contradicted');
}

function textOf({ text = '-' }: Pick<MessageView, 'text'>): string {
  return text;
}
