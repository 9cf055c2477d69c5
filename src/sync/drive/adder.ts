// What one visit adds to a drive: a bundle for the contacts, and those for strangers (spec/drive.md, "A visit", "People").
import path from 'node:path';
import type { TopicId } from '../../format/ids.js';
import { isKnown } from '../../identity/relations.js';
import type { Author } from '../../topic/writing/own-log.js';
import type { ExportReport } from '../export/export.js';
import type { BlobTally } from '../export/options.js';
import { type Seal, type Seals, sealsFor } from '../export/seal.js';
import type { Session } from '../session.js';
import { type Addition, addBundle, planAddition } from './add.js';
import { forContacts, forStrangers, type Kind, type StrangersExport, sealedForContacts } from './additions.js';
import type { BundlesThere } from './bundles-there.js';
import { isTopicChoice } from './choices.js';
import type { Drive } from './drive.js';
import { noteOwnBundle, type OwnBundle } from './own-bundle.js';
import type { Served } from './served.js';
import type { AuthorSource, VisitOptions } from './visit-options.js';

/** What a visit is about. */
export interface Adding {
  readonly session: Session;
  readonly topics: readonly TopicId[];
}

/** How it adds. */
type Manner = VisitOptions & { readonly isSealed: boolean };

/** Adds to one drive, or says what it would add. */
export class Adder {
  /** For contacts; undefined when nothing was to be written. */
  exported: ExportReport | undefined;
  forStrangers: StrangersExport[] = [];
  /** Where what is added is sealed: for whom, and who is left out. */
  seals: Seals | undefined;
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
  readonly #options: Manner;

  constructor(
    source: AuthorSource,
    drive: Drive,
    there: BundlesThere,
    { isStaged, ...options }: Manner & { readonly isStaged: boolean },
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
    if (this.#seals) {
      for (const seal of this.#sealsFor(session, served))
        await this.#tellAdded(this.#addSeen(session, this.#sealed(session, { served, topics, seal })));
      return;
    }
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
    if (this.#seals) {
      for (const seal of this.#sealsFor(session, all))
        this.exported = together(this.exported, plan(this.#sealed(session, { served: all, topics, seal })));
      return;
    }
    if (recipients) this.exported = plan(forContacts(session, all, { bundles, topics, recipients }));
    for (const shared of strangers)
      this.forStrangers.push({ ...plan(forStrangers(all, shared, bundles)), topic: shared.topic });
  }

  /** The bundles that it takes to reach these people where nobody answers: none when there is nobody to seal for. */
  exactKinds(session: Session, audience: Pick<Kind, 'recipients' | 'topics'>): Kind[] {
    const kindOf = (people: Pick<Kind, 'recipients' | 'topics' | 'seal'>): Kind => ({
      ...people,
      bundles: [],
      waitedFor: [],
      apart: new Set<TopicId>(),
    });
    if (!this.#seals) return [kindOf(audience)];
    return this.#sealsFor(session, audience).map((seal) =>
      kindOf(sealedForContacts(session, { ...audience, bundles: [] }, seal)),
    );
  }

  /** Writes one bundle of just this; in a dry run only says what it would hold. */
  async addExactly(session: Session, kind: Kind, how: Pick<Addition, 'exactly' | 'placing'>): Promise<ExportReport> {
    const addition = { ...this.#addition(session, kind), mayConsolidate: false, ...how };
    const report = this.#options.dryRun ? planAddition(addition) : await this.#add(addition);
    this.exported = together(this.exported, report);
    return report;
  }

  /** For whom what is added is sealed, of those served who are contacts or ourselves; whoever cannot be is noted. */
  #sealsFor(session: Session, { recipients = [] }: Pick<Served, 'recipients'>): readonly Seal[] {
    const people = recipients.map(({ person }) => person).filter((person) => isKnown(session, person));
    this.seals = sealsFor(session, people);
    return this.seals.seals;
  }

  #sealed(
    session: Session,
    { served, topics, seal }: { readonly served: Served; readonly topics: readonly TopicId[]; readonly seal: Seal },
  ): Kind {
    const { recipients = [] } = served;
    return sealedForContacts(session, { bundles: this.#there.verified(session), topics, recipients }, seal);
  }

  async #tellAdded(added: Promise<ExportReport>): Promise<void> {
    this.exported = together(this.exported, await added);
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

  get #seals(): boolean {
    return this.#options.isSealed;
  }

  #addition(session: Session, kind: Kind): Addition {
    const { uncompressed, maxBytes, to, topics } = this.#options;
    const added = [this.exported, ...this.forStrangers].reduce((sum, report) => sum + (report?.bytes ?? 0), 0);
    return {
      ...kind,
      session,
      drive: this.#drive,
      veiled: {
        named: topics ?? [],
        isUnplacedToo: !topics && !isTopicChoice(session.repository.directory, this.#drive.id),
      },
      uncompressed,
      maxBytes: maxBytes === undefined ? undefined : Math.max(0, maxBytes - added),
      mayConsolidate: !to && !topics,
      touch: () => {
        this.#there.isTouched = true;
      },
      writing: this.#options.writing,
      placed: (name, own) => {
        this.placed = { name, own };
      },
      whenGone: (note) => this.whenGone(note),
    };
  }
}

/** What went in several files, because they are sealed for more people than one may be. */
function together(some: ExportReport | undefined, more: ExportReport): ExportReport {
  if (!some) return more;
  return {
    ...more,
    file: more.file ?? some.file,
    bytes: some.bytes + more.bytes,
    logs: Math.max(some.logs, more.logs),
    entries: some.entries + more.entries,
    messages: some.messages + more.messages,
    for: [...some.for, ...more.for],
    sealedFor: [...(some.sealedFor ?? []), ...(more.sealedFor ?? [])],
    left: some.left + more.left,
    blobs: sumOf(some.blobs, more.blobs),
    blobsLeft: sumOf(some.blobsLeft, more.blobsLeft),
  };
}

function sumOf(some: BlobTally, more: BlobTally): BlobTally {
  return { count: some.count + more.count, bytes: some.bytes + more.bytes };
}
