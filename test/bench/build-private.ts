// Builds the same conversation twice, in the open and in a private topic, so that what privacy costs can be told: people who meet
// the first of them after each round.
import fs from 'node:fs';
import path from 'node:path';
import type { TopicId } from '../../src/format/ids.js';
import type { ExportOptions } from '../../src/sync/export/options.js';
import { tidyIfDue } from '../../src/sync/maintain.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { beginWith, joinInvited, joinPrivate, postPrivate } from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { keep, START, takeIn } from './hand-over.js';
import type { Places, PrivatePlaces } from './places.js';
import { TOPIC_LABEL } from './private.js';
import type { Message, Workload } from './workload.js';

/** Builds both; the entries that a reader takes in who is a member. */
export async function buildPrivate(workload: Workload, places: Places, scratch: string): Promise<number> {
  await new Conversation(workload, places.open, path.join(scratch, 'open'), false).run();
  return new Conversation(workload, places.private, path.join(scratch, 'private'), true).run();
}

class Conversation {
  readonly #workload: Workload;
  readonly #places: PrivatePlaces;
  readonly #scratch: string;
  readonly #isPrivate: boolean;
  #people: readonly Replica[] = [];
  #topic: TopicId = rendezvousTopic(TOPIC_LABEL);

  constructor(workload: Workload, places: PrivatePlaces, scratch: string, isPrivate: boolean) {
    this.#workload = workload;
    this.#places = places;
    this.#scratch = scratch;
    this.#isPrivate = isPrivate;
  }

  async run(): Promise<number> {
    const [hub, reader, carrier] = await this.#found();
    for (const round of this.#workload.rounds()) await this.#round(hub, round);
    keep(hub, this.#places.source);
    const file = this.#places.bundle;
    await this.#exportTo(hub, file, { full: true });
    // whoever carries it is no member, and was told of no keys
    carrier.import(file);
    return (await takeIn(reader, file)).fresh;
  }

  /** All who write, a reader who is in it too, and somebody who only carries. */
  async #found(): Promise<[Replica, Replica, Replica]> {
    fs.mkdirSync(this.#scratch, { recursive: true });
    const people: Replica[] = [];
    for (const name of [...this.#workload.authors, 'reader', 'carrier']) {
      people.push(await Replica.create(name, this.#scratch, START));
    }
    meetAll(people);
    const members = people.slice(0, -1);
    this.#people = members.slice(0, -1);
    const [hub, reader, carrier] = [people[0], people.at(-2), people.at(-1)].map((one) => {
      if (!one) throw new Error('a workload without authors');
      return one;
    }) as [Replica, Replica, Replica];
    if (this.#isPrivate) await this.#invite(hub, members);
    else for (const person of people) person.join(TOPIC_LABEL);
    keep(reader, this.#places.empty);
    keep(carrier, this.#places.carrier);
    return [hub, reader, carrier];
  }

  async #invite(hub: Replica, members: readonly Replica[]): Promise<void> {
    const others = members.filter((one) => one !== hub);
    this.#topic = await beginWith(hub, TOPIC_LABEL, others);
    const file = path.join(this.#scratch, 'invitation.satchel');
    await this.#exportTo(hub, file);
    for (const other of others) {
      other.import(file);
      await other.settle();
      await joinInvited(other, this.#topic);
      joinPrivate(other, this.#topic, TOPIC_LABEL);
    }
    fs.rmSync(file);
  }

  /** Everybody posts, and then everybody meets the first. */
  async #round(hub: Replica, messages: readonly Message[]): Promise<void> {
    const now = messages.at(-1)?.time ?? START;
    for (const [i, person] of this.#people.entries()) {
      person.now = now;
      const drafts = messages.filter(({ author }) => author === i).map(({ text, time }) => ({ body: text, time }));
      if (drafts.length === 0) continue;
      if (this.#isPrivate) await postPrivate(person, this.#topic, ...drafts);
      else await person.post(TOPIC_LABEL, ...drafts);
      await tidyIfDue(person.session);
    }
    const file = path.join(this.#scratch, 'round.satchel');
    const others = this.#people.filter((one) => one !== hub);
    for (const other of others) await this.#carry(other, [hub], file);
    await this.#carry(hub, others, file);
  }

  async #carry(from: Replica, to: readonly Replica[], file: string): Promise<void> {
    await this.#exportTo(from, file);
    for (const person of to) {
      await takeIn(person, file);
      if (this.#isPrivate) await person.settle();
    }
    fs.rmSync(file, { force: true });
  }

  /** A private topic is put into an open bundle where nobody else gets to see it. */
  #exportTo(from: Replica, file: string, options: ExportOptions = {}): Promise<unknown> {
    return from.export(file, { ...options, isConfidential: true });
  }
}
