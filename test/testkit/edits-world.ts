// A home, a clone of it that nobody notices, and two friends: all of them write, edit, react, take back, import in any order and
// read. In the end everybody shows the same texts with the same signs (spec/message.md, "Edits", "Reactions").
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { markRead } from '../../src/repository/read-marks.js';
import { isMessage } from '../../src/topic/order/order.js';
import { countMessages } from '../../src/topic/reading/counts.js';
import { targetAt } from '../../src/topic/reading/target.js';
import type { MessageView } from '../../src/topic/reading/view.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { edit, react } from '../../src/topic/writing/edit.js';
import { retract } from '../../src/topic/writing/retract.js';
import { Chance } from './chance.js';
import { Replica } from './replica.js';
import { bundleFrom, copyOf, errorsIn, makeFriends } from './replicas.js';

const TOPIC = rendezvousTopic('t');
const ABOUT = { topic: TOPIC, label: 't' };
const MINUTE_MS = 60_000;
const SIGNS = ['+1', '-1', ''];
const ROUNDS_MAX = 10;

/** Everybody, and all bundles there ever were. */
export class EditsWorld {
  readonly #directory: string;
  readonly #chance: Chance;
  readonly #replicas: Replica[];
  readonly #files: string[] = [];
  #count = 0;

  private constructor(directory: string, people: Replica[], seed: number) {
    this.#directory = path.join(directory, 'files');
    fs.mkdirSync(this.#directory);
    this.#chance = new Chance(seed);
    this.#replicas = people;
  }

  static async create(directory: string, seed: number): Promise<EditsWorld> {
    const world = new EditsWorld(directory, await makeFriends(directory, ['alice', 'bob', 'carol'], 't'), seed);
    for (const replica of world.#replicas) await world.#say(replica);
    return world;
  }

  /** Everybody, and the clone when there is one. */
  get replicas(): readonly Replica[] {
    return this.#replicas;
  }

  /** Somebody does something. */
  async step(): Promise<void> {
    const replica = this.#chance.pick(this.#replicas);
    const what = this.#chance.number();
    for (const one of this.#replicas) one.now += MINUTE_MS;
    if (this.#replicas.length < 4 && what < 0.06) this.#clone();
    else if (what < 0.15) await this.#say(replica);
    else if (what < 0.4) await this.#edit(replica);
    else if (what < 0.5) await this.#react(replica);
    else if (what < 0.56) await this.#takeBack(replica);
    else if (what < 0.6) await this.#forge(replica);
    else if (what < 0.75) await this.#send(replica);
    else if (what < 0.95 && this.#files.length > 0) replica.import(this.#chance.pick(this.#files));
    else markRead(replica.repository.layout, TOPIC, replica.repository.lastArrival);
    expectCounts(replica);
  }

  /** Everything gets everywhere: all show the same, and so does a newcomer, in whatever order it gets the files. */
  async expectRest(): Promise<void> {
    await this.#untilRest();
    const [first, ...others] = this.#replicas as [Replica, ...Replica[]];
    const expected = seenBy(first);
    expectOnce(expected);
    for (const one of others) expect(seenBy(one), one.name).toEqual(expected);
    for (const one of this.#replicas) expect(errorsIn(one), one.name).toEqual([]);
    for (const name of ['dora', 'emil']) expect(await this.#seenByNewcomer(name), name).toEqual(expected);
  }

  async #seenByNewcomer(name: string): Promise<unknown> {
    const [first] = this.#replicas as [Replica];
    const newcomer = (await Replica.create(name, path.dirname(this.#directory), first.now)).join('t');
    for (const replica of this.#replicas.slice(0, 3)) newcomer.meet(replica);
    for (const file of this.#shuffled(this.#files)) {
      newcomer.import(file);
      expectCounts(newcomer);
    }
    return seenBy(newcomer);
  }

  #clone(): void {
    this.#replicas.push(copyOf(this.#replicas[1] as Replica, 'clone'));
  }

  async #say(by: Replica): Promise<void> {
    await by.post('t', { body: `${this.#count++} by ${by.name}` });
  }

  async #edit(by: Replica): Promise<void> {
    const target = this.#pick(by, ({ own }) => own);
    const text = `${target?.text?.split(' ')[0]} in version ${this.#count++}`;
    if (target) await edit(by.repository, await by.author(), about(by, target), { text, mentions: [] });
  }

  async #react(by: Replica): Promise<void> {
    const target = this.#pick(by, () => true);
    if (target) await react(by.repository, await by.author(), about(by, target), this.#chance.pick(SIGNS) || undefined);
  }

  /** Somebody names somebody else's message as edited. */
  async #forge(by: Replica): Promise<void> {
    const target = this.#pick(by, ({ own }) => !own);
    if (!target) return;
    const { log, seq, id } = target;
    await by.post('t', { body: `${this.#count++} forged`, edits: { log, seq, id } });
  }

  async #takeBack(by: Replica): Promise<void> {
    const target = this.#pick(by, ({ own }) => own);
    if (!target) return;
    const one = this.#chance.happens(0.5) ? (target.edited ?? target) : target;
    const [place] = [...by.repository.entries(target.log)].filter(({ id }) => id === one.id);
    try {
      await retract(by.repository, await by.author(), targetAt(by.repository, place ?? target), 't');
    } catch (error) {
      // a log that a clone began is that clone's
      if (!(error instanceof SatchelError)) throw error;
    }
  }

  #pick(by: Replica, isRight: (view: MessageView) => boolean): MessageView | undefined {
    const shown = shownIn(by).filter(isRight);
    return shown.length === 0 ? undefined : this.#chance.pick(shown);
  }

  async #send(from: Replica): Promise<void> {
    const file = await bundleFrom(from, this.#directory, { full: this.#chance.happens(0.5) });
    if (file) this.#files.push(file);
  }

  async #untilRest(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const before = this.#state();
      for (const from of this.#shuffled(this.#replicas)) {
        const file = await bundleFrom(from, this.#directory, { full: true });
        if (!file) continue;
        this.#files.push(file);
        for (const to of this.#shuffled(this.#replicas)) if (to !== from) to.import(file);
      }
      if (this.#state() === before) return;
    }
    throw new Error(`not at rest after ${ROUNDS_MAX} rounds`);
  }

  #state(): string {
    const logs = this.#replicas.flatMap(({ repository }) => [...repository.logs()]);
    return logs.map(({ log, end, id }) => `${log} ${end} ${id}`).join();
  }

  #shuffled<T>(all: readonly T[]): T[] {
    const keyed = all.map((one) => ({ one, at: this.#chance.number() }));
    return keyed.sort((a, b) => a.at - b.at).map(({ one }) => one);
  }
}

function about(by: Replica, view: MessageView) {
  return { target: targetAt(by.repository, view), label: 't' };
}

function shownIn(replica: Replica): MessageView[] {
  const { view } = openViewer(replica.session, ABOUT);
  return replica
    .messages('t')
    .map(view)
    .filter(({ state }) => state === 'shown' || state === 'contradicted');
}

/** What is shown, but for where it stands: a message may be held here and there in different places. */
function seenBy(replica: Replica): { text: string | undefined; edited: number | undefined; reactions: unknown }[] {
  const seen = shownIn(replica).map(({ text, edited, reactions }) => ({
    text,
    edited: edited?.time,
    reactions: reactions.map(({ text: sign, by }) => ({ sign, by })),
  }));
  return seen.sort((a, b) => ((a.text ?? '') < (b.text ?? '') ? -1 : 1));
}

/** No message is shown in two of its texts. */
function expectOnce(seen: readonly { readonly text: string | undefined }[]): void {
  const numbers = seen.map(({ text }) => text?.split(' ')[0]);
  expect([...new Set(numbers)]).toEqual(numbers);
}

/** What is counted is what could be shown; edits and reactions are neither unread nor counted. */
function expectCounts(replica: Replica): void {
  const { unread, links, places } = openViewer(replica.session, ABOUT);
  const logs = replica.repository.logsOfTopic(TOPIC);
  const entries = logs.flatMap(({ log }) => [...replica.repository.entries(log)]).filter(isMessage);
  expect(unread.count, `unread at ${replica.name}`).toBe(entries.filter(unread.has).length);
  const own = entries.filter((entry) => !links.of(entry) && !places.isElsewhere(entry));
  expect(countMessages(replica.repository, TOPIC), `messages at ${replica.name}`).toBe(own.length);
}
