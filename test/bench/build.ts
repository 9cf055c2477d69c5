// Builds the repositories of a workload, in this process: through the command line it would take hours. Run as a process
// of its own, since what measures must stay small: the time to start a process grows with the memory of who starts it.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ExportOptions } from '../../src/sync/export/options.js';
import { tidyIfDue } from '../../src/sync/maintain.js';
import type { Citable } from '../../src/topic/order/deps.js';
import { Replica } from '../testkit/replica.js';
import { buildCrowd } from './build-crowd.js';
import { buildGit } from './build-git.js';
import { buildPrivate } from './build-private.js';
import { contactOf, handOver, keep, START, TOPIC, takeIn } from './hand-over.js';
import type { Facts, Places } from './places.js';
import { type Message, ndjsonLine, type Workload } from './workload.js';

const DAY_MS = 86_400_000;

/** Builds everything a workload needs. */
export async function buildWorkload(workload: Workload, places: Places): Promise<void> {
  fs.rmSync(places.directory, { recursive: true, force: true });
  fs.mkdirSync(places.directory, { recursive: true });
  const scratch = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'satchel-bench-'));
  try {
    const entries = await buildReplicas(workload, places, scratch);
    const sizes = await writeNdjson(workload, places);
    if (workload.meeting !== 'twice') buildGit(workload, places.git);
    fs.writeFileSync(places.facts, JSON.stringify({ entries, ...sizes } satisfies Facts));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function buildReplicas(workload: Workload, places: Places, scratch: string): Promise<number> {
  if (workload.meeting === 'crowd') return buildCrowd(workload, places, scratch);
  if (workload.meeting === 'twice') return buildPrivate(workload, places, scratch);
  const build =
    workload.meeting === 'all' ? new Build(workload, places, scratch) : new Gathering(workload, places, scratch);
  return build.run();
}

/** The authors, the first of whom meets all others after each round, while their messages are written. */
class Build {
  readonly #workload: Workload;
  readonly #places: Places;
  readonly #scratch: string;
  readonly #authors: Replica[] = [];
  /** What each author has posted, for replies. */
  readonly #posted: Citable[][];
  #bundles = 0;

  constructor(workload: Workload, places: Places, scratch: string) {
    this.#workload = workload;
    this.#places = places;
    this.#scratch = scratch;
    this.#posted = workload.authors.map(() => []);
  }

  /** Entries that somebody new holds at the end. */
  async run(): Promise<number> {
    await this.#found();
    for (const round of this.#workload.rounds()) await this.#round(round);
    const hub = this.#hub;
    const reader = await this.#foundReader(hub);
    return handOver(hub, reader, this.#places, () => this.#round(this.#workload.delta));
  }

  get #hub(): Replica {
    const [hub] = this.#authors;
    if (!hub) throw new Error('a workload without authors');
    return hub;
  }

  async #found(): Promise<void> {
    for (const name of this.#workload.authors) {
      const author = await Replica.create(name, this.#scratch, START);
      this.#authors.push(author.join(TOPIC));
      keep(author, path.join(this.#places.writers, name));
    }
    for (const author of this.#authors) for (const other of this.#authors) if (author !== other) author.meet(other);
  }

  async #foundReader(hub: Replica): Promise<Replica> {
    const reader = (await Replica.create('reader', this.#scratch, hub.now)).join(TOPIC);
    for (const author of this.#authors) reader.meet(author);
    hub.meet(reader);
    keep(reader, this.#places.empty);
    return reader;
  }

  /** Everybody posts, then everybody meets the hub. */
  async #round(messages: readonly Message[]): Promise<void> {
    const now = messages.at(-1)?.time ?? 0;
    for (const author of this.#authors) author.now = now;
    for (const [i, author] of this.#authors.entries()) await this.#post(i, author, messages);
    const [hub, ...others] = this.#authors;
    if (!hub || others.length === 0) return;
    for (const other of others) await this.#carry(other, hub, { to: [contactOf(other, hub)] });
    const file = this.#file();
    await hub.export(file, { to: others.map((other) => contactOf(hub, other)) });
    for (const other of others) await takeIn(other, file);
    fs.rmSync(file);
    for (const author of this.#authors) author.now = now + DAY_MS / 100;
  }

  async #post(index: number, author: Replica, messages: readonly Message[]): Promise<void> {
    const drafts = messages
      .filter((message) => message.author === index)
      .map(({ text, time, reply }) => ({ body: text, time, reply: reply && this.#posted[reply.author]?.[reply.nth] }));
    if (drafts.length === 0) return;
    for (const { log, seq, id, clock } of await author.post(TOPIC, ...drafts))
      this.#posted[index]?.push({ log, seq, id, clock });
    await tidyIfDue(author.session);
  }

  async #carry(from: Replica, to: Replica, options: ExportOptions): Promise<void> {
    const file = this.#file();
    const { file: written } = await from.export(file, options);
    if (written === null) return;
    await takeIn(to, file);
    fs.rmSync(file);
  }

  #file(): string {
    return path.join(this.#scratch, `${this.#bundles++}.satchel`);
  }
}

/**
 * Many authors who know nobody; somebody who has joined the topic gathers what they write. Each has a repository only
 * while it has something to say.
 */
class Gathering {
  readonly #workload: Workload;
  readonly #places: Places;
  readonly #scratch: string;
  readonly #authors = new Map<number, Replica>();
  /** Messages that each author has still to write. */
  readonly #left: number[];
  readonly #posted: Citable[][];

  constructor(workload: Workload, places: Places, scratch: string) {
    this.#workload = workload;
    this.#places = places;
    this.#scratch = scratch;
    this.#left = workload.authors.map(() => 0);
    this.#posted = workload.authors.map(() => []);
  }

  /** Entries that somebody new holds at the end. */
  async run(): Promise<number> {
    const rounds = [...this.#workload.rounds(), this.#workload.delta];
    for (const { author } of rounds.flat()) this.#left[author] = (this.#left[author] ?? 0) + 1;
    const hub = (await Replica.create('hub', this.#scratch, START)).join(TOPIC);
    const reader = (await Replica.create('reader', this.#scratch, START)).join(TOPIC);
    keep(reader.meet(hub), this.#places.empty);
    hub.meet(reader);
    // somebody who never wrote could not be told from somebody unknown
    await hub.post(TOPIC, 'I gather what you write.');
    for (const round of rounds.slice(0, -1)) await this.#round(round, hub);
    return handOver(hub, reader, this.#places, () => this.#round(this.#workload.delta, hub));
  }

  async #round(messages: readonly Message[], hub: Replica): Promise<void> {
    hub.now = messages.at(-1)?.time ?? hub.now;
    const byAuthor = new Map<number, Message[]>();
    for (const message of messages) byAuthor.set(message.author, [...(byAuthor.get(message.author) ?? []), message]);
    for (const [author, own] of byAuthor) {
      const replica = await this.#authorOf(author, hub.now);
      const drafts = own.map(({ text, time, reply }) => {
        return { body: text, time, reply: reply && this.#posted[reply.author]?.[reply.nth] };
      });
      for (const { log, seq, id, clock } of await replica.post(TOPIC, ...drafts))
        this.#posted[author]?.push({ log, seq, id, clock });
      const file = path.join(this.#scratch, 'one.satchel');
      await replica.export(file);
      await takeIn(hub, file);
      fs.rmSync(file);
      this.#leave(author, replica, own.length);
    }
  }

  async #authorOf(author: number, now: number): Promise<Replica> {
    const known = this.#authors.get(author);
    if (known) known.repository = known.open();
    const replica = known ?? (await Replica.create(this.#workload.authors[author] ?? '', this.#scratch, now));
    replica.now = now;
    return replica.join(TOPIC);
  }

  #leave(author: number, replica: Replica, written: number): void {
    const left = (this.#left[author] ?? 0) - written;
    this.#left[author] = left;
    replica.repository.close();
    this.#authors.delete(author);
    if (left === 0) fs.rmSync(replica.directory, { recursive: true });
    else this.#authors.set(author, replica);
  }
}

/** The same messages as NDJSON, all of them and what each author is to post; bytes, and bytes by `gzip -6`. */
async function writeNdjson(workload: Workload, places: Places): Promise<Pick<Facts, 'ndjsonBytes' | 'gzipBytes'>> {
  const all = fs.openSync(places.ndjson, 'w');
  for (const round of workload.rounds()) {
    fs.writeSync(all, round.map((message) => ndjsonLine(workload, message)).join(''));
    for (const [author, name] of workload.meeting === 'all' ? workload.authors.entries() : []) {
      const own = round.filter((message) => message.author === author);
      const lines = own.map(({ text, time }) => `${JSON.stringify({ text, time })}\n`);
      fs.appendFileSync(path.join(places.writers, `${name}.ndjson`), lines.join(''));
    }
  }
  fs.closeSync(all);
  fs.writeFileSync(places.deltaNdjson, workload.delta.map((message) => ndjsonLine(workload, message)).join(''));
  let gzipBytes = 0;
  await pipeline(
    fs.createReadStream(places.ndjson),
    createGzip({ level: 6 }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) gzipBytes += chunk.length;
    },
  );
  return { ndjsonBytes: fs.statSync(places.ndjson).size, gzipBytes };
}
