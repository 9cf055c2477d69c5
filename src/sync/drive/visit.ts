// One visit to one drive: take in what we lack, add what the people it serves lack, tidy (spec/drive.md, "A visit").
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { PersonId, TopicId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { parseCards } from '../../identity/card-text.js';
import { onDisk } from '../../repository/files.js';
import { appendEvent } from '../../repository/journal.js';
import { acquireLock } from '../../repository/lock.js';
import type { Author } from '../../topic/own-log.js';
import { rememberCards } from '../acquaintances.js';
import { type ExportReport, exportBundle } from '../export.js';
import type { Recipient } from '../knowledge.js';
import { activeContacts, openSession, type Session } from '../session.js';
import { type Drive, openDrive } from './drive.js';
import { rangesOnDrive, type VerifiedBundle, verifiedBundles } from './holdings.js';
import { type DriveMemory, readMemory, writeMemory } from './memory.js';
import { listPerson, readPeople } from './people.js';
import { PARTIAL, removeFile, reveal, writePartial } from './place.js';
import { type ScannedFile, scanDrive, scanOne } from './scan.js';
import { freeSpace } from './space.js';
import { type Removable, removableBundles } from './tidy.js';

/** Own bundles of up to this size are brought together once there are several. */
const SMALL_BYTES = 1_048_576;
/** So many small own bundles become one. */
const CONSOLIDATE_FROM = 8;
/** A partial file of somebody else is taken for abandoned after this long. */
const ABANDONED_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How to visit. */
export interface VisitOptions {
  readonly importOnly?: boolean | undefined;
  readonly exportOnly?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly uncompressed?: boolean | undefined;
  readonly maxBytes?: number | undefined;
  /** Only for these people. */
  readonly to?: readonly Recipient[] | undefined;
  /** Only these topics; absent: those chosen for this drive, else all that are passed on. */
  readonly topics?: readonly TopicId[] | undefined;
  /** A person not heard of for so long stops blocking the tidying; absent: never. */
  readonly silentDays?: number | undefined;
  /** True ends the visit early, in good order. */
  readonly isOver?: (() => boolean) | undefined;
  readonly lockTimeoutMs: number;
}

/** What a visit did. */
export interface VisitReport {
  readonly drive: Drive;
  readonly isFirst: boolean;
  readonly scanned: readonly ScannedFile[];
  readonly exported: ExportReport | undefined;
  readonly removed: readonly Removable[];
  /** Cards on the drive of people who are no contacts. */
  readonly strangers: readonly Card[];
  /** Whether anything on the drive was changed. */
  readonly touched: boolean;
  readonly author: Author;
}

/**
 * Visits the drive in a directory. Two visits of this repository to one drive wait for each other.
 * @throws SatchelError `no-drive`, `drive-absent`, `busy`, `io`, `no-space`; what was taken in before stays
 */
export async function visitDrive(
  session: Session,
  author: Author,
  directory: string,
  options: VisitOptions,
): Promise<VisitReport> {
  const drive = openDrive(directory);
  const { layout } = session.repository;
  fs.mkdirSync(path.join(layout.journal, 'drives'), { recursive: true });
  const release = acquireLock(path.join(layout.journal, 'drives', `${drive.id}.lock`), options.lockTimeoutMs);
  try {
    return await new Visit(session, author, drive, directory, options).run();
  } finally {
    release();
  }
}

class Visit {
  #session: Session;
  #author: Author;
  readonly #drive: Drive;
  readonly #directory: string;
  readonly #options: VisitOptions;
  readonly #memory: DriveMemory | undefined;
  #files: DriveMemory['files'];
  #touched = false;

  constructor(session: Session, author: Author, drive: Drive, directory: string, options: VisitOptions) {
    this.#session = session;
    this.#author = author;
    this.#drive = drive;
    this.#directory = directory;
    this.#options = options;
    this.#memory = readMemory(session.repository.layout, drive.id);
    this.#files = this.#memory?.files ?? {};
  }

  async run(): Promise<VisitReport> {
    const { importOnly, dryRun } = this.#options;
    const people = readPeople(this.#drive);
    const scanned = this.#scan();
    // what was taken in may have brought topics, cards, and entries that others lack
    this.#session = openSession(this.#session.repository);
    const strangers = people.filter(
      (card) => card.person !== this.#session.self.person && !this.#session.contacts.has(card.person),
    );
    if (!dryRun) this.#session.repository.locked(() => rememberCards(this.#session.repository, strangers));
    const writes = !importOnly && !dryRun && !this.#options.isOver?.();
    if (writes) this.#clear();
    const exported = writes ? await this.#export(people) : undefined;
    const removed = writes ? this.#tidy(people) : [];
    if (!dryRun) this.#remember();
    return {
      drive: this.#drive,
      isFirst: !this.#memory,
      scanned,
      exported,
      removed,
      strangers,
      touched: this.#touched,
      author: this.#author,
    };
  }

  #scan(): readonly ScannedFile[] {
    const { exportOnly, dryRun, isOver } = this.#options;
    if (exportOnly && this.#memory) return [];
    const scan = scanDrive(this.#session, this.#drive, this.#memory, { dryRun: dryRun === true, isOver });
    this.#files = scan.files;
    return scan.scanned;
  }

  /** Removes what interrupted visits left: our own at once, since no other visit of ours is going on, others' when old. */
  #clear(): void {
    const { folder } = this.#drive;
    const own = this.#partialStem();
    const now = this.#session.repository.world.now();
    for (const name of onDisk(`reading ${folder}`, () => fs.readdirSync(folder))) {
      if (!PARTIAL.test(name)) continue;
      const file = path.join(folder, name);
      const age = now - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now);
      if (name.startsWith(own) || age > ABANDONED_MS) removeFile(file);
    }
  }

  /** When many small bundles of ours have gathered, the new one holds what is still needed of them: then they may go. */
  async #export(people: readonly Card[]): Promise<ExportReport> {
    this.#introduceOurselves();
    const recipients = this.#options.to ?? this.#recipients(people);
    const small = new Set(this.#smallOwn().map(({ name }) => name));
    const counted = this.#bundles().filter(({ name }) => small.size < CONSOLIDATE_FROM || !small.has(name));
    return this.#exportFor(recipients, rangesOnDrive(this.#session.repository, counted));
  }

  async #exportFor(recipients: readonly Recipient[], onDrive: ReturnType<typeof rangesOnDrive>): Promise<ExportReport> {
    const { uncompressed, topics } = this.#options;
    const drive = { id: this.#drive.id, holds: (log: Parameters<typeof onDrive.get>[0]) => onDrive.get(log) ?? [] };
    const choice = { to: recipients, uncompressed, topics, drive, maxBytes: this.#room() };
    const { report, author } = await exportBundle(this.#session, this.#author, choice, () => ({
      place: (write) => this.#place(write),
    }));
    this.#author = author;
    // verified like anybody's before it counts as lying there
    if (report.file !== null)
      this.#files = { ...this.#files, ...scanOne(this.#session, this.#drive, path.basename(report.file)).files };
    return report;
  }

  /** Writes the new bundle; its name comes from its content, so no two visitors ever want the same one for two files. */
  #place(write: (fd: number) => number): { file: string; bytes: number } {
    const partial = writePartial(path.join(this.#drive.folder, `${this.#partialStem()}${process.pid}.partial`), write);
    const name = `${partial.digest.slice(0, 24)}.satchel`;
    reveal(partial, path.join(this.#drive.folder, name));
    this.#touched = true;
    return { file: path.join(this.#drive.folder, name), bytes: partial.size };
  }

  #introduceOurselves(): void {
    const [card] = parseCards(Buffer.from(this.#session.self.card));
    if (card && listPerson(this.#drive, card)) this.#touched = true;
  }

  /** Listed people whom we know; when nobody else is listed, everybody we know, or whoever gets the drive. */
  #recipients(people: readonly Card[]): Recipient[] {
    const { self, contacts, repository, topics } = this.#session;
    const others = people.filter((card) => card.person !== self.person && contacts.get(card.person)?.blocked !== true);
    if (others.length === 0) return activeContacts(this.#session);
    const joined = new Set(topics.topics.filter((topic) => topic.joined).map((topic) => topic.topic));
    return others.filter(
      (card) =>
        contacts.get(card.person)?.accepted ||
        repository.logsOfPerson(card.person).some((log) => log.topic && joined.has(log.topic)),
    );
  }

  #tidy(people: readonly Card[]): readonly Removable[] {
    const waitedFor = people.filter(
      (card) => card.person !== this.#session.self.person && !this.#isSilent(card.person),
    );
    const removable = removableBundles(this.#session.repository, this.#bundles(), waitedFor);
    for (const { bundle } of removable) {
      removeFile(path.join(this.#drive.folder, bundle.name));
      this.#touched = true;
    }
    const gone = new Set(removable.map(({ bundle }) => bundle.name));
    this.#files = Object.fromEntries(Object.entries(this.#files).filter(([name]) => !gone.has(name)));
    return removable;
  }

  #isSilent(person: PersonId): boolean {
    const { silentDays } = this.#options;
    if (silentDays === undefined) return false;
    const { repository } = this.#session;
    const lastHeard = Math.max(-1, ...repository.logsOfPerson(person).map((log) => log.maxClock));
    return repository.world.now() - lastHeard > silentDays * DAY_MS;
  }

  #bundles(): VerifiedBundle[] {
    return verifiedBundles(this.#session.repository, this.#drive.id, this.#files);
  }

  #smallOwn(): VerifiedBundle[] {
    return this.#bundles().filter(({ file }) => file.by === this.#session.self.device && file.size <= SMALL_BYTES);
  }

  #room(): number {
    const free = freeSpace(this.#drive.folder);
    const { maxBytes } = this.#options;
    return Math.max(0, Math.min(free, maxBytes ?? free));
  }

  #partialStem(): string {
    return `${this.#session.self.device.slice(0, 16)}-`;
  }

  #asMemory(): DriveMemory {
    const now = this.#session.repository.world.now();
    return {
      label: this.#drive.label,
      directory: path.resolve(this.#directory),
      first: this.#memory?.first ?? now,
      last: now,
      files: this.#files,
    };
  }

  #remember(): void {
    const { layout, world } = this.#session.repository;
    writeMemory(layout, this.#drive.id, this.#asMemory());
    appendEvent(layout, {
      at: world.now(),
      type: 'visit',
      drive: this.#drive.id,
      directory: path.resolve(this.#directory),
    });
  }
}

/** Whether an error means that there is no drive to visit at this moment. */
export function isAbsent(error: unknown): boolean {
  return error instanceof SatchelError && (error.code === 'drive-absent' || error.code === 'no-drive');
}
