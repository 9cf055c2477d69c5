// One visit to one drive: take in what we lack, add what the people it serves lack, tidy (spec/drive.md, "A visit").

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { TopicId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { parseCards } from '../../identity/card-text.js';
import { decidedRelation } from '../../identity/relations.js';
import { disk, type Stat } from '../../repository/disk.js';
import { diskError, onDisk } from '../../repository/files.js';
import { appendEvent } from '../../repository/journal.js';
import { acquireLock } from '../../repository/lock.js';
import type { Author } from '../../topic/writing/own-log.js';
import type { ExportReport } from '../export/export.js';
import { updateCards } from '../import/update-cards.js';
import { isStranger } from '../known/audience.js';
import type { Recipient } from '../known/knowledge.js';
import { openSession, type Session } from '../session.js';
import { type Addition, addBundle, planAddition } from './add.js';
import { forContacts, forStrangers, type Kind, oneWayAudience, type StrangersExport } from './additions.js';
import { type Approval, approvalOf, approve } from './approval.js';
import { travellingTopics } from './choices.js';
import { clearPartials } from './clear.js';
import { type Drive, openDrive } from './drive.js';
import { explained } from './failure.js';
import { type VerifiedBundle, verifiedBundles } from './holdings.js';
import { countEntries, minus } from './log-ranges.js';
import { type DriveMemory, readMemory, writeMemory } from './memory.js';
import { type OneWayPlan, planOneWay, type Repeat } from './one-way.js';
import { type OneWayMemory, readOneWay, writeOneWay } from './one-way-memory.js';
import { afterWriting, type OneWayReport, oneWayReport, superseded } from './one-way-tidy.js';
import { listPerson, readPeople } from './people.js';
import { removeFile } from './place.js';
import { saidThere } from './said-there.js';
import { look, type Scan, scanDrive, scanOne } from './scan.js';
import { type Served, servedBy, servedInstead } from './served.js';
import { ARRIVING, isThere, type ScannedFile } from './take.js';
import { type Removable, removableBundles } from './tidy.js';

/** How to visit. */
export interface VisitOptions {
  readonly importOnly?: boolean | undefined;
  readonly exportOnly?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Write nothing to a drive that the user never approved: only take in. */
  readonly ifApproved?: boolean | undefined;
  /** Take nothing in and add nothing: only remove what may go. */
  readonly tidyOnly?: boolean | undefined;
  /** Remove bundles too that were found damaged. */
  readonly damaged?: boolean | undefined;
  readonly uncompressed?: boolean | undefined;
  readonly maxBytes?: number | undefined;
  /** Only for these people; they are listed on the drive. */
  readonly to?: readonly { readonly recipient: Recipient; readonly card: Card }[] | undefined;
  /** Only these topics; absent: those that travel on this drive. */
  readonly topics?: readonly TopicId[] | undefined;
  /** The destination never answers: nothing is taken in, and so much is written again. */
  readonly oneWay?: Repeat | undefined;
  /** A person not heard of for so long is not waited for while others are; absent or 0: everybody is. */
  readonly silentDays?: number | undefined;
  /** True ends the visit early, in good order. */
  readonly isOver?: (() => boolean) | undefined;
  /** Told the name of each file that is about to be taken in. */
  readonly begin?: ((name: string) => void) | undefined;
  readonly lockTimeoutMs: number;
}

/** What a visit did. */
export interface VisitReport {
  readonly drive: Drive;
  readonly isFirst: boolean;
  /** The topics this visit was about, as far as it added anything. */
  readonly topics: readonly TopicId[];
  readonly scanned: readonly ScannedFile[];
  /** What was written; in a dry run, what would be. Undefined when nothing was to be written at all. */
  readonly exported: ExportReport | undefined;
  /** What was written for strangers, or would be: a bundle for each topic shared with any. */
  readonly forStrangers: readonly StrangersExport[];
  /** The user lets this drive be written to. */
  readonly isApproved: boolean;
  /** Nothing was to be written, since the user does not. */
  readonly isReadOnly: boolean;
  /** People listed who are no contacts, and can read what was added for contacts: it lies there in the clear. */
  readonly readers: readonly Card[];
  /** Of a destination that never answers: what of it is new, and what was written again. */
  readonly oneWay: OneWayReport | undefined;
  /** Bundles that were removed; in a dry run, that may go now. */
  readonly removed: readonly Removable[];
  /** Cards on the drive of people who are no contacts. */
  readonly strangers: readonly Card[];
  /** Of these, those who were not there before. */
  readonly met: readonly Card[];
  /** Whether anything on the drive was changed. */
  readonly touched: boolean;
  /** Time was up before all was done. */
  readonly isCut: boolean;
  /** What ended the visit early. What is reported beside it is done and stays. */
  readonly failure: SatchelError | undefined;
  /** The author as it is afterwards, if it was needed. */
  readonly author: Author | undefined;
  /** The repository was found to be restored or copied, and its logs were given up. */
  readonly renewed: boolean;
}

/** An author, or how to get one: a visit that writes nothing needs no secret keys. */
export type AuthorSource = Author | (() => Promise<Author>);

/**
 * Visits the drive in a directory. Two visits of this repository to one drive wait for each other. When it returns,
 * whatever was written is durable, and the medium may be taken out.
 * @throws SatchelError `no-drive`, `drive-absent`, `newer-version`, `busy`; whatever happens later is in the report
 */
export async function visitDrive(
  session: Session,
  author: AuthorSource,
  directory: string,
  options: VisitOptions,
): Promise<VisitReport> {
  const drive = openDrive(directory);
  const { layout } = session.repository;
  onDisk(`writing ${layout.journal}`, () => disk.makeDirectories(path.join(layout.journal, 'drives')));
  const release = acquireLock(path.join(layout.journal, 'drives', `${drive.id}.lock`), options.lockTimeoutMs);
  try {
    return await new Visit(session, author, drive, options).run();
  } finally {
    release();
  }
}

class Visit {
  #session: Session;
  #source: AuthorSource;
  #author: Author | undefined;
  readonly #drive: Drive;
  readonly #options: VisitOptions;
  readonly #memory: DriveMemory | undefined;
  #people: readonly Card[] = [];
  #scan: Scan = { files: {}, scanned: [], verified: new Map(), isCut: false, failure: undefined };
  #files: DriveMemory['files'];
  #exported: ExportReport | undefined;
  #forStrangers: StrangersExport[] = [];
  #approval: Approval;
  #oneWay: OneWayReport | undefined;
  #removed: Removable[] = [];
  #touched = false;
  #isCut = false;
  #renewed = false;
  #failure: SatchelError | undefined;

  constructor(session: Session, author: AuthorSource, drive: Drive, options: VisitOptions) {
    this.#session = session;
    this.#source = author;
    this.#drive = drive;
    this.#options = options;
    this.#memory = readMemory(session.repository.layout, drive.id);
    this.#files = this.#memory?.files ?? {};
    this.#approval = approvalOf(session, drive.id);
  }

  async run(): Promise<VisitReport> {
    const { dryRun, oneWay } = this.#options;
    if (oneWay && this.#mayWrite()) await this.#attempt(() => this.#writeOneWay(oneWay));
    else {
      await this.#attempt(() => this.#takeIn());
      await this.#attempt(() => this.#writeOut());
    }
    if (this.#touched) await this.#attempt(() => this.#settle());
    if (!dryRun) this.#remember();
    const strangers = this.#strangers();
    return {
      drive: this.#drive,
      isFirst: !this.#memory?.first,
      topics: this.#topics(),
      scanned: this.#scan.scanned,
      exported: this.#exported,
      forStrangers: this.#forStrangers,
      isApproved: this.#approval.isApproved,
      isReadOnly: !this.#mayWrite(),
      readers: this.#readers(),
      oneWay: this.#oneWay,
      removed: this.#removed,
      strangers,
      met: strangers.filter(({ person }) => this.#memory?.listed?.[person] === undefined),
      touched: this.#touched,
      isCut: this.#isCut || this.#scan.isCut,
      failure: this.#failure && explained(this.#failure, this.#drive),
      author: this.#author,
      renewed: this.#renewed,
    };
  }

  #mayWrite(): boolean {
    return !this.#options.ifApproved || this.#approval.isApproved;
  }

  /** From now on the drive is one that the user lets be written to. */
  #approve(): void {
    this.#approval = approve(this.#session, this.#drive.id, this.#people);
  }

  async #attempt(work: () => Promise<unknown> | unknown): Promise<void> {
    if (this.#failure) return;
    try {
      await work();
    } catch (error) {
      // a drive may be pulled out at any system call
      const failure = diskError(`visiting "${this.#drive.label}"`, error);
      if (!(failure instanceof SatchelError)) throw failure;
      this.#failure = failure;
    }
  }

  async #takeIn(): Promise<void> {
    this.#people = this.#listed();
    const { exportOnly, tidyOnly, dryRun, isOver, begin } = this.#options;
    const mode = dryRun ? 'dry' : exportOnly || tidyOnly ? 'verify' : 'take';
    this.#scan = scanDrive(this.#session, this.#drive, this.#memory, { mode, isOver, begin });
    this.#files = this.#scan.files;
    if (mode === 'take') await this.#learn();
    if (this.#scan.failure) throw this.#scan.failure;
  }

  /** What was taken in may have brought topics, cards, and entries that others lack. */
  async #learn(): Promise<void> {
    const brought = this.#scan.scanned.flatMap(({ report }) => report?.cards ?? []);
    await updateCards(this.#session, [...this.#people, ...brought]);
    const { repository, quotas } = this.#session;
    this.#session = { ...openSession(repository), quotas };
  }

  #listed(): readonly Card[] {
    const { self, contacts } = this.#session;
    return readPeople(this.#drive, [self.person, ...contacts.keys()]);
  }

  #topics(): readonly TopicId[] {
    return this.#options.topics ?? travellingTopics(this.#session, this.#drive.id);
  }

  #readers(): Card[] {
    const { entries, blobs } = this.#exported ?? { entries: 0, blobs: { count: 0 } };
    if (entries + blobs.count === 0) return [];
    return this.#people.filter(({ person }) => isStranger(this.#session, person));
  }

  #strangers(): Card[] {
    return this.#people.filter(({ person }) => decidedRelation(this.#session, person) === undefined);
  }

  async #writeOut(): Promise<void> {
    const { importOnly, dryRun, isOver } = this.#options;
    if (importOnly || !this.#mayWrite()) return;
    if (this.#scan.isCut || isOver?.()) {
      this.#isCut = true;
      return;
    }
    if (dryRun) {
      this.#plan(this.#served());
      return;
    }
    this.#assertSame();
    if (clearPartials(this.#session, this.#drive)) this.#touched = true;
    if (!this.#options.tidyOnly) {
      this.#approve();
      this.#introduce();
    }
    const served = this.#served();
    this.#tidy(served);
    if (this.#options.tidyOnly) return;
    await this.#export(served);
    if ([this.#exported, ...this.#forStrangers].some((report) => report?.file)) this.#tidy(served);
  }

  /** What lies there is not looked at, but for the people it is for and own bundles that nobody needs any more. */
  async #writeOneWay(repeat: Repeat): Promise<void> {
    if (this.#options.isOver?.()) {
      this.#isCut = true;
      return;
    }
    this.#people = this.#listed();
    if (!this.#options.dryRun) {
      this.#assertSame();
      if (clearPartials(this.#session, this.#drive)) this.#touched = true;
      this.#approve();
      this.#introduce();
    }
    const audience = oneWayAudience(this.#session, this.#served(), this.#topics());
    if (!audience) return;
    const before = readOneWay(this.#session.repository.layout, this.#drive.id);
    let plan: OneWayPlan | undefined;
    const exactly = (session: Session): OneWayPlan => {
      plan = planOneWay(session, before, { repeat, topics: audience.topics });
      return plan;
    };
    const report = await this.#addOneWay(audience, exactly);
    if (!plan) return;
    this.#oneWay = oneWayReport(plan);
    const left = countEntries(minus(plan.news, plan.written()));
    this.#exported = { ...report, ...(report.file !== null && { left }) };
    if (report.file !== null) this.#replaceOlder(before, plan, this.#exported);
  }

  async #addOneWay(audience: Pick<Kind, 'recipients' | 'topics'>, exactly: Addition['exactly']): Promise<ExportReport> {
    const kind = { ...audience, bundles: [], waitedFor: [], apart: new Set<TopicId>() };
    const addition = { ...this.#addition(kind), mayConsolidate: false, exactly };
    return this.#options.dryRun ? planAddition(addition) : this.#add(addition);
  }

  #replaceOlder(before: OneWayMemory, plan: OneWayPlan, { file: written, blobsLeft }: ExportReport): void {
    const { repository, self } = this.#session;
    const name = path.basename(written ?? '');
    const after = afterWriting(this.#drive, before, { plan, name, now: repository.world.now() });
    writeOneWay(repository.layout, this.#drive.id, after);
    const seen = scanOne(this.#session, this.#drive, name, 'verify');
    const done = { files: after.files, plan, name, isWhole: blobsLeft.count === 0 };
    for (const old of superseded(this.#drive, self.device, done)) {
      const file = this.#files[old] ?? look(path.join(this.#drive.folder, old), undefined);
      if (file) this.#remove({ bundle: { name: old, file }, reason: 'replaced' });
    }
    this.#files = { ...this.#files, ...seen };
  }

  #served(): Served {
    const { silentDays, to } = this.#options;
    const { isOwn = this.#people.every(({ person }) => person === this.#session.self.person) } = this.#approval;
    const given = { listed: this.#memory?.listed, silentDays, isOwn, topics: this.#topics() };
    const served = servedBy(this.#session, this.#people, given);
    return to
      ? servedInstead(this.#session, served, { to: to.map(({ recipient }) => recipient), topics: given.topics })
      : served;
  }

  /** Another medium may be in the same place by now: what is for one drive is not written to another. */
  #assertSame(): void {
    if (isThere(this.#drive)) return;
    throw new SatchelError('drive-absent', `"${this.#drive.label}" is not there any more, or is another drive now`, {
      hint: 'nothing was written; what was taken in is kept; run the same command again',
    });
  }

  /** Our own card, and those of the people this visit is for. */
  #introduce(): void {
    const own = parseCards(Buffer.from(this.#session.self.card));
    for (const card of [...own, ...(this.#options.to ?? []).map((one) => one.card)]) {
      if (listPerson(this.#drive, card)) this.#touched = true;
    }
    if (this.#touched) this.#people = this.#listed();
  }

  async #export(served: Served): Promise<void> {
    const { recipients } = served;
    if (recipients) {
      const given = { bundles: this.#bundles(), topics: this.#topics(), recipients };
      this.#exported = await this.#addSeen(forContacts(this.#session, served, given));
    }
    for (const shared of served.strangers) {
      const report = await this.#addSeen(forStrangers(served, shared, this.#bundles()));
      this.#forStrangers.push({ ...report, topic: shared.topic });
    }
  }

  async #addSeen(kind: Kind): Promise<ExportReport> {
    const report = await this.#add(this.#addition(kind));
    // verified like anybody's before it counts as lying there
    if (report.file !== null)
      this.#files = { ...this.#files, ...scanOne(this.#session, this.#drive, path.basename(report.file)) };
    return report;
  }

  async #add(addition: Addition): Promise<ExportReport> {
    this.#author = typeof this.#source === 'function' ? await this.#source() : this.#source;
    const { report, author, renewed } = await addBundle(addition, this.#author);
    this.#author = author;
    this.#renewed ||= renewed;
    return report;
  }

  #addition(kind: Kind): Addition {
    const { uncompressed, maxBytes, to, topics } = this.#options;
    const added = [this.#exported, ...this.#forStrangers].reduce((sum, report) => sum + (report?.bytes ?? 0), 0);
    return {
      ...{ session: this.#session, drive: this.#drive, ...kind, uncompressed },
      ...{ maxBytes: maxBytes === undefined ? undefined : Math.max(0, maxBytes - added) },
      mayConsolidate: !to && !topics,
      touch: () => {
        this.#touched = true;
      },
    };
  }

  #plan(served: Served): void {
    const bundles = this.#bundles();
    this.#removed = [...this.#damaged(), ...this.#removable(bundles, served)];
    if (this.#options.tidyOnly) return;
    const { recipients, strangers } = served;
    const plan = (kind: Kind): ExportReport => planAddition(this.#addition(kind));
    if (recipients)
      this.#exported = plan(forContacts(this.#session, served, { bundles, topics: this.#topics(), recipients }));
    for (const shared of strangers)
      this.#forStrangers.push({ ...plan(forStrangers(served, shared, bundles)), topic: shared.topic });
  }

  #removable(bundles: readonly VerifiedBundle[], { waitedFor }: Served): Removable[] {
    return removableBundles(this.#session, bundles, waitedFor, saidThere(this.#drive, bundles));
  }

  #tidy(served: Served): void {
    for (const one of this.#damaged()) this.#remove(one);
    let bundles = this.#bundles();
    for (const one of this.#removable(bundles, served)) {
      // another visitor may be tidying too: what makes this one superfluous has to be there still
      if (!bundles.every(({ name }) => name === one.bundle.name || this.#isThere(name))) return;
      this.#remove(one);
      bundles = bundles.filter(({ name }) => name !== one.bundle.name);
    }
  }

  #remove(one: Removable): void {
    const gone = one.bundle.name;
    removeFile(path.join(this.#drive.folder, gone));
    this.#touched = true;
    this.#files = Object.fromEntries(Object.entries(this.#files).filter(([name]) => name !== gone));
    this.#removed.push(one);
  }

  /** Those that nobody can take anything from as they are; made by a newer version they are not. */
  #damaged(): Removable[] {
    if (!this.#options.damaged) return [];
    return Object.entries(this.#files).flatMap(([name, file]) =>
      file.problem && file.problem !== ARRIVING && file.problem !== 'newer-version'
        ? [{ bundle: { name, file }, reason: 'damaged' as const }]
        : [],
    );
  }

  #isThere(name: string): boolean {
    return statOf(path.join(this.#drive.folder, name))?.isFile() === true;
  }

  /** What was removed stays removed. */
  #settle(): void {
    const { folder } = this.#drive;
    onDisk(`writing ${folder}`, () => disk.syncNames(folder));
  }

  #bundles(): VerifiedBundle[] {
    return verifiedBundles(this.#session.repository, this.#drive.id, this.#files, this.#scan.verified);
  }

  /** Of those who are listed: anybody can make as many keys as they like. */
  #visitors(): NonNullable<DriveMemory['visitors']> {
    const listed = new Set<string>(this.#people.map(({ device }) => device));
    const visitors = Object.entries({ ...this.#memory?.visitors, ...visitorsIn(this.#files) });
    return Object.fromEntries(visitors.filter(([device]) => listed.has(device)));
  }

  #remember(): void {
    const { layout, world } = this.#session.repository;
    const now = world.now();
    const directory = path.dirname(path.resolve(this.#drive.folder));
    writeMemory(layout, this.#drive.id, {
      label: this.#drive.label,
      directory,
      first: this.#memory?.first || now,
      last: now,
      files: this.#files,
      ...(!this.#approval.isApproved && { unapproved: true }),
      listed: Object.fromEntries(this.#people.map(({ person }) => [person, this.#memory?.listed?.[person] ?? now])),
      visitors: this.#visitors(),
    });
    appendEvent(layout, { at: now, type: 'visit', drive: this.#drive.id, directory });
  }
}

function statOf(file: string): Stat | undefined {
  return onDisk(`reading ${file}`, () => disk.statLink(file));
}

/** For each device that left bundles the time of the newest one. */
function visitorsIn(files: DriveMemory['files']): NonNullable<DriveMemory['visitors']> {
  const made = Object.values(files).flatMap((file) => (file.by && file.made ? [[file.by, file.made.created]] : []));
  return Object.fromEntries(made.sort(([, a], [, b]) => Number(a) - Number(b)));
}
