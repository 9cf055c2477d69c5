// One machine with a repository, used like a person uses it: opened for a visit, closed after it, everything on disk.

import fs from 'node:fs';
import path from 'node:path';
import type { PersonId, TopicId } from '../../src/format/ids.js';
import { parseCards } from '../../src/identity/card-text.js';
import { addCard } from '../../src/identity/contact-changes.js';
import { type Contact, readContacts, writeContacts } from '../../src/identity/contacts.js';
import { createIdentity } from '../../src/identity/create.js';
import { Keyring } from '../../src/identity/keyring.js';
import { readSelf } from '../../src/identity/self.js';
import { createRepository, sealRepository } from '../../src/repository/create.js';
import { Repository } from '../../src/repository/repository.js';
import { type ExportReport, exportBundle } from '../../src/sync/export/export.js';
import { importBundle } from '../../src/sync/import/import.js';
import type { ImportReport } from '../../src/sync/import/import-report.js';
import { spoolFile } from '../../src/sync/import/source.js';
import { tidyIfDue } from '../../src/sync/maintain.js';
import { openSession, type Session } from '../../src/sync/session.js';
import { joinTopic } from '../../src/topic/membership.js';
import { createInterpreter } from '../../src/topic/message/interpret.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { newTopic, readTopics, writeTopics } from '../../src/topic/topics.js';
import { authorIn } from '../../src/topic/writing/author.js';
import type { Author } from '../../src/topic/writing/own-log.js';
import { type Draft, type Posted, post } from '../../src/topic/writing/post.js';
import { Chance } from './seeded.js';

/** A person with one device and its repository in a directory of its own. */
export class Station {
  readonly directory: string;
  readonly person: PersonId;
  readonly #chance: Chance;
  readonly #stateDirectory: string;
  #author: Author | undefined;

  private constructor(directory: string, chance: Chance) {
    this.directory = directory;
    this.person = readSelf(directory).person;
    this.#chance = chance;
    this.#stateDirectory = path.join(directory, 'state');
  }

  /** Founds a person below `parent`; signatures must be prepared. `directory` is its name on disk. */
  static async create(parent: string, directory: string, self: { name: string; seed: string }): Promise<Station> {
    const place = path.join(parent, directory);
    fs.mkdirSync(place, { recursive: true });
    const layout = createRepository(place);
    const chance = new Chance(`${self.seed}/${directory}`);
    await createIdentity(place, { name: self.name, now: 0, random: (size) => chance.bytes(size) });
    sealRepository(layout);
    return new Station(place, chance);
  }

  /** Accepts the cards of others. */
  meet(others: readonly Station[], now: number): void {
    const cards = others.flatMap((other) => parseCards(Buffer.from(readSelf(other.directory).card)));
    const known = readContacts(this.directory);
    writeContacts(
      this.directory,
      cards.reduce((contacts, card) => addCard(contacts, card, { now }).contacts, known),
    );
  }

  /** Takes along whatever bundles bring. */
  carryAll(): void {
    writeTopics(this.directory, { ...readTopics(this.directory), carryAll: true });
  }

  /** Opens the repository at a time on its own clock. */
  async open(now: number): Promise<Visit> {
    const world = { now: () => now, random: (size: number) => this.#chance.bytes(size) };
    const options = { interpreter: createInterpreter(), world, lockTimeoutMs: 1_000 };
    const author = await this.#openAuthor();
    return new Visit(Repository.open(this.directory, options), author, (changed) => {
      this.#author = changed;
    });
  }

  /** Opens, lets `work` do something, and closes. */
  async visit<T>(now: number, work: (visit: Visit) => Promise<T> | T): Promise<T> {
    const visit = await this.open(now);
    try {
      return await work(visit);
    } finally {
      await visit.close();
    }
  }

  /** The keys are read once: what reading them costs each time is no matter of this replay. */
  async #openAuthor(): Promise<Author> {
    const { directory } = this;
    const self = readSelf(directory);
    if (this.#author) return { ...this.#author, self };
    return authorIn(directory, new Keyring(directory, undefined), { stateDirectory: this.#stateDirectory });
  }
}

/** What can be done in an open repository. */
export class Visit {
  readonly repository: Repository;
  readonly #keep: (author: Author) => void;
  #author: Author;
  #session: Session | undefined;

  constructor(repository: Repository, author: Author, keep: (author: Author) => void) {
    this.repository = repository;
    this.#author = author;
    this.#keep = keep;
  }

  /** Whose repository it is. */
  get person(): PersonId {
    return this.#author.self.person;
  }

  /** Tidies up when that is due, as a command does at its end, and closes. */
  async close(): Promise<void> {
    this.#keep(this.#author);
    try {
      await tidyIfDue(this.session);
    } finally {
      this.repository.close();
    }
  }

  get session(): Session {
    this.#session ??= openSession(this.repository);
    return this.#session;
  }

  /** The accepted contact. @throws when it is none */
  contact(person: PersonId): Contact {
    const contact = this.session.contacts.get(person);
    if (!contact) throw new Error('not a contact');
    return contact;
  }

  /** Joins the rendezvous of a name. */
  join(label: string): void {
    const { directory } = this.repository;
    const topics = readTopics(directory);
    writeTopics(directory, joinTopic(topics, newTopic(rendezvousTopic(label), label, 'rendezvous')));
    this.#session = undefined;
  }

  /** Posts to the rendezvous of a name. */
  async post(label: string, draft: Draft): Promise<Posted> {
    const report = await post(this.repository, this.#author, { topic: rendezvousTopic(label), label }, [draft]);
    this.#author = report.author;
    const [posted] = report.posted;
    if (!posted || report.renewed) throw new Error('a post went wrong');
    return posted;
  }

  /** Writes what one contact lacks, of some topics only if they are given; nothing when it lacks nothing. */
  async export(file: string, to: PersonId, topics?: readonly TopicId[]): Promise<ExportReport> {
    const options = { to: [this.contact(to)], topics };
    const { report, author } = await exportBundle(this.session, this.#author, options, () => file);
    this.#author = author;
    return report;
  }

  /** @throws SatchelError for a damaged bundle */
  import(file: string, options: { readonly salvage?: boolean } = {}): ImportReport {
    const source = spoolFile(file, this.repository.layout.tmp);
    try {
      return importBundle(this.session, source, { file, digest: source.digest, ...options });
    } finally {
      source.close();
    }
  }

  /** Whether this very entry is held. */
  holds({ log, seq, id }: Pick<Posted, 'log' | 'seq' | 'id'>): boolean {
    return this.repository.entry(log, seq)?.id === id;
  }
}
