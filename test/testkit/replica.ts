// One device with its repository, for tests that let several of them talk: everything real but clock and randomness.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { LogId } from '../../src/format/ids.js';
import { parseCards } from '../../src/identity/card-text.js';
import { addCard } from '../../src/identity/contact-changes.js';
import { readContacts, writeContacts } from '../../src/identity/contacts.js';
import { createIdentity } from '../../src/identity/create.js';
import { Keyring } from '../../src/identity/keyring.js';
import { readSelf } from '../../src/identity/self.js';
import { createRepository, sealRepository } from '../../src/repository/create.js';
import type { GcReport } from '../../src/repository/gc/gc.js';
import { Repository } from '../../src/repository/repository.js';
import type { StoredEntry } from '../../src/repository/store/open-segment.js';
import { visitDrive } from '../../src/sync/drive/visit.js';
import type { VisitOptions } from '../../src/sync/drive/visit-options.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { type ExportReport, exportBundle } from '../../src/sync/export/export.js';
import type { ExportOptions } from '../../src/sync/export/options.js';
import { importBundle } from '../../src/sync/import/import.js';
import type { ImportOptions } from '../../src/sync/import/import-options.js';
import type { ImportReport } from '../../src/sync/import/import-report.js';
import { settlePrivate } from '../../src/sync/import/settle.js';
import type { Settled } from '../../src/sync/import/settled.js';
import { spoolFile } from '../../src/sync/import/source.js';
import { tidy } from '../../src/sync/maintain.js';
import { openSession, type Session } from '../../src/sync/session.js';
import { type AckState, ackStateOf } from '../../src/topic/acks/acks.js';
import { createInterpreter } from '../../src/topic/message/interpret.js';
import { LiveKeyring, type TopicKeyring } from '../../src/topic/message/keyring.js';
import { type Cited, decodeMessage, textOf } from '../../src/topic/message/message.js';
import { inOrder, type OrderedEntry } from '../../src/topic/order/order.js';
import type { Quotas } from '../../src/topic/quota.js';
import { openPlaces } from '../../src/topic/reading/places.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { newTopic, readTopics, topicOfId, withTopic, writeTopics } from '../../src/topic/topics.js';
import { authorIn } from '../../src/topic/writing/author.js';
import type { Author } from '../../src/topic/writing/own-log.js';
import { type Draft, type Posted, post } from '../../src/topic/writing/post.js';
import { writeAgain } from '../../src/topic/writing/write-again.js';
import { knownKey } from './open-sealed.js';

/** A device in a test. Its clock stands at `now`, ms, until the test moves it. */
export class Replica {
  now: number;
  /** When its program was made, ms. */
  built = 0;
  repository: Repository;
  readonly name: string;
  readonly directory: string;
  /** Where its machine keeps the note of what was written. */
  stateDirectory: string;
  /** How much of strangers' logs it takes; the usual when absent. */
  quotas: Quotas | undefined;
  /** How it adds to drives; DRIVES=sealed seals in every test that does not say. */
  seal: VisitOptions['seal'] = process.env['DRIVES'] === 'sealed' ? 'always' : 'never';
  /** Keys of private topics that it has, from when it is opened anew. */
  topicKeys: TopicKeyring = new LiveKeyring();
  /** Its keys are under a passphrase that nobody gives. */
  isLocked = false;
  #random = 0;

  private constructor(name: string, directory: string, now: number) {
    this.name = name;
    this.directory = directory;
    this.stateDirectory = path.join(directory, 'state');
    this.now = now;
    this.repository = this.open();
  }

  /** A new person in a new repository below `parent`. Signatures must be prepared. */
  static async create(name: string, parent: string, now = Date.UTC(2026, 0, 1)): Promise<Replica> {
    const directory = path.join(parent, name);
    fs.mkdirSync(directory, { recursive: true });
    const layout = createRepository(directory);
    let counter = 0;
    const random = (size: number): Buffer => seeded(`${name}/init/${counter++}`, size);
    await createIdentity(directory, { name, now, random });
    sealRepository(layout);
    return new Replica(name, directory, now);
  }

  /** The repository in a directory that was copied there, under a name of its own: its randomness differs. */
  static at(name: string, directory: string, now: number): Replica {
    return new Replica(name, directory, now);
  }

  get session(): Session {
    const quotas = this.quotas && { quotas: this.quotas };
    return { ...openSession(this.repository), ...quotas };
  }

  get card(): string {
    return readSelf(this.directory).card;
  }

  /** Accepts another's card. */
  meet(other: Replica): this {
    const [card] = parseCards(Buffer.from(other.card));
    if (!card) throw new Error('no card');
    writeContacts(this.directory, addCard(readContacts(this.directory), card, { now: this.now }).contacts);
    return this;
  }

  /** Joins the rendezvous of a name. */
  join(label: string): this {
    const topics = readTopics(this.directory);
    const id = rendezvousTopic(label);
    const topic = { ...(topicOfId(topics, id) ?? newTopic(id, label, 'rendezvous')), joined: true };
    writeTopics(this.directory, { ...withTopic(topics, topic), current: id });
    return this;
  }

  async post(label: string, ...drafts: (string | Draft)[]): Promise<readonly Posted[]> {
    this.join(label);
    const list = drafts.map((draft) => (typeof draft === 'string' ? { body: draft } : draft));
    const place = { topic: rendezvousTopic(label), label };
    return (await post(this.repository, await this.author(), place, list)).posted;
  }

  async export(file: string, options: ExportOptions = {}): Promise<ExportReport> {
    return (await exportBundle(this.session, await this.author(), options, () => file)).report;
  }

  import(file: string, options: Partial<ImportOptions> = {}): ImportReport {
    const source = spoolFile(file, this.repository.layout.tmp);
    try {
      return importBundle(this.session, source, { file, digest: source.digest, ...options });
    } finally {
      source.close();
    }
  }

  /** Visits the drive in a directory. */
  async visit(directory: string, options: Partial<VisitOptions> = {}): Promise<VisitReport> {
    const { seal } = this;
    const keys = this.isLocked ? undefined : knownKey(this.directory);
    const settle = this.isLocked ? undefined : (_: Session, since: number) => this.settle(since);
    const how = { lockTimeoutMs: 1_000, seal, keys, settle, ...options };
    return visitDrive(this.session, await this.author(), directory, how);
  }

  /** Takes in keys of private topics, and places logs. */
  settle(since?: number): Promise<Settled> {
    return settlePrivate(this.session, new Keyring(this.directory, undefined), { since });
  }

  /** The conversation in order. */
  messages(label: string): OrderedEntry[] {
    const logs = this.repository.logsOfTopic(rendezvousTopic(label));
    return [...inOrder(this.repository, logs)];
  }

  /** Its texts in order, but for what is marked, and for copies of what is shown elsewhere. */
  texts(label: string): string[] {
    return this.#textsWhere(label, (place, isElsewhere) => !isElsewhere && !this.#isMarked(place));
  }

  /** The texts that are marked, because their log contradicts itself, in order. */
  marked(label: string): string[] {
    return this.#textsWhere(label, (place, isElsewhere) => !isElsewhere && this.#isMarked(place));
  }

  /** Writes again what lies behind the freeze of own logs; how many messages. */
  async writeAgain(): Promise<number> {
    const author = await this.author();
    const { messages } = await this.repository.lockedAsync(() => writeAgain(this.repository, author));
    return messages;
  }

  #isMarked({ log, seq }: StoredEntry): boolean {
    return seq >= (this.repository.frozen.get(log) ?? Number.POSITIVE_INFINITY);
  }

  #textsWhere(label: string, isWanted: (entry: StoredEntry, isElsewhere: boolean) => boolean): string[] {
    const { isElsewhere } = openPlaces(this.repository, rendezvousTopic(label));
    const wanted = this.messages(label).filter(({ entry }) => isWanted(entry, isElsewhere(entry)));
    return wanted.map(({ entry }) => {
      const message = entry.payload && decodeMessage(entry.payload);
      return (message && textOf(message)) ?? '-';
    });
  }

  /** Collects garbage in all packs, or only in the newest. */
  collect(options = { all: true }): GcReport {
    return this.repository.locked(() => tidy(this.session, options));
  }

  /** What the author of a log acknowledged in it. */
  acknowledged(log: LogId): AckState['held'] {
    return ackStateOf(this.repository, log).held;
  }

  /** What a message cites. */
  depsOf(entry: StoredEntry): readonly Cited[] {
    return (entry.payload && decodeMessage(entry.payload)?.deps) ?? [];
  }

  author(): Promise<Author> {
    return authorIn(this.directory, new Keyring(this.directory, undefined), { stateDirectory: this.stateDirectory });
  }

  /** Closes and opens the repository: a new process. */
  reopen(): this {
    this.repository.close();
    this.repository = this.open();
    return this;
  }

  /** A further opening of the same repository. */
  open(): Repository {
    const built = (): number => this.built;
    const world = {
      now: () => this.now,
      get built() {
        return built();
      },
      random: (size: number) => seeded(`${this.name}/${this.#random++}/${this.now}`, size),
      // copies of it are those of a whole disk, bit by bit: the ages of files do not betray them
      fileTimes: () => ({ birth: 0n, changed: 0n, modified: 0n }),
    };
    return Repository.open(this.directory, {
      interpreter: createInterpreter(this.topicKeys),
      world,
      lockTimeoutMs: 1_000,
    });
  }
}

function seeded(label: string, size: number): Buffer {
  return createHash('shake256', { outputLength: size }).update(label).digest();
}
