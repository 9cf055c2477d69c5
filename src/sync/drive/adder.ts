// What one visit adds to a drive: a bundle for the contacts, and those for strangers (spec/drive.md, "A visit", "People").
import path from 'node:path';
import type { TopicId } from '../../format/ids.js';
import type { Author } from '../../topic/writing/own-log.js';
import type { ExportReport } from '../export/export.js';
import type { Session } from '../session.js';
import { type Addition, addBundle, planAddition } from './add.js';
import { forContacts, forStrangers, type Kind, type StrangersExport } from './additions.js';
import type { BundlesThere } from './bundles-there.js';
import type { Drive } from './drive.js';
import { noteOwnBundle, type OwnBundle } from './own-bundle.js';
import type { Served } from './served.js';
import type { AuthorSource, VisitOptions } from './visit-options.js';

/** What a visit is about. */
export interface Adding {
  readonly session: Session;
  readonly topics: readonly TopicId[];
}

/** Adds to one drive, or says what it would add. */
export class Adder {
  /** For contacts; undefined when nothing was to be written. */
  exported: ExportReport | undefined;
  forStrangers: StrangersExport[] = [];
  /** The author as it is by now, if it was needed. */
  author: Author | undefined;
  /** The repository was found to be restored or copied. */
  isRenewed = false;
  /** The last bundle that it wrote. */
  placed: { readonly name: string; readonly own: OwnBundle } | undefined;
  readonly #isStaged: boolean;
  readonly #notes: { readonly name: string; readonly note: () => Promise<void> | void }[] = [];
  readonly #source: AuthorSource;
  readonly #drive: Drive;
  readonly #there: BundlesThere;
  readonly #options: VisitOptions;

  constructor(
    source: AuthorSource,
    drive: Drive,
    there: BundlesThere,
    { isStaged, ...options }: VisitOptions & { readonly isStaged: boolean },
  ) {
    this.#isStaged = isStaged;
    this.#source = source;
    this.#drive = drive;
    this.#there = there;
    this.#options = options;
  }

  /** Runs what notes that the last bundle lies there: at once, or when it has got there. */
  async whenGone(note: () => Promise<void> | void): Promise<void> {
    const { name } = this.placed ?? {};
    if (this.#isStaged && name !== undefined) this.#notes.push({ name, note });
    else await note();
  }

  /** Of what was staged only this has got there: nothing else is noted or reported. */
  async gone(isThere: (name: string) => boolean): Promise<void> {
    const isReported = ({ file }: ExportReport): boolean => file === null || isThere(path.basename(file));
    if (this.exported && !isReported(this.exported)) this.exported = undefined;
    this.forStrangers = this.forStrangers.filter(isReported);
    for (const { note } of this.#notes.splice(0).filter(({ name }) => isThere(name))) await note();
  }

  /** A bundle was written, or several. */
  get hasWritten(): boolean {
    return [this.exported, ...this.forStrangers].some((report) => report?.file);
  }

  /** Writes what the people served lack. */
  async addFor(served: Served, { session, topics }: Adding): Promise<void> {
    const { recipients } = served;
    if (recipients) {
      const given = { bundles: this.#there.verified(session), topics, recipients };
      this.exported = await this.#addSeen(session, forContacts(session, served, given));
    }
    for (const shared of served.strangers) {
      const report = await this.#addSeen(session, forStrangers(served, shared, this.#there.verified(session)));
      this.forStrangers.push({ ...report, topic: shared.topic });
    }
  }

  /** What it would write. */
  planFor({ recipients, strangers, ...served }: Served, { session, topics }: Adding): void {
    const bundles = this.#there.verified(session);
    const all = { ...served, recipients, strangers };
    const plan = (kind: Kind): ExportReport => planAddition(this.#addition(session, kind));
    if (recipients) this.exported = plan(forContacts(session, all, { bundles, topics, recipients }));
    for (const shared of strangers)
      this.forStrangers.push({ ...plan(forStrangers(all, shared, bundles)), topic: shared.topic });
  }

  /** Writes one bundle of just this, where nobody answers; in a dry run only says what it would hold. */
  async addExactly(
    session: Session,
    audience: Pick<Kind, 'recipients' | 'topics'>,
    exactly: Addition['exactly'],
  ): Promise<ExportReport> {
    const kind = { ...audience, bundles: [], waitedFor: [], apart: new Set<TopicId>() };
    const addition = { ...this.#addition(session, kind), mayConsolidate: false, exactly };
    return this.#options.dryRun ? planAddition(addition) : this.#add(addition);
  }

  async #addSeen(session: Session, kind: Kind): Promise<ExportReport> {
    const report = await this.#add(this.#addition(session, kind));
    if (this.placed && report.file !== null)
      this.#there.add(noteOwnBundle(session, this.#drive, this.placed.name, this.placed.own));
    return report;
  }

  async #add(addition: Addition): Promise<ExportReport> {
    this.author = typeof this.#source === 'function' ? await this.#source() : this.#source;
    const { report, author, renewed } = await addBundle(addition, this.author);
    this.author = author;
    this.isRenewed ||= renewed;
    return report;
  }

  #addition(session: Session, kind: Kind): Addition {
    const { uncompressed, maxBytes, to, topics } = this.#options;
    const added = [this.exported, ...this.forStrangers].reduce((sum, report) => sum + (report?.bytes ?? 0), 0);
    return {
      ...kind,
      session,
      drive: this.#drive,
      uncompressed,
      maxBytes: maxBytes === undefined ? undefined : Math.max(0, maxBytes - added),
      mayConsolidate: !to && !topics,
      touch: () => {
        this.#there.isTouched = true;
      },
      placed: (name, own) => {
        this.placed = { name, own };
      },
      whenGone: (note) => this.whenGone(note),
    };
  }
}
