// One visit to one drive: take in what we lack, add what the people it serves lack, tidy (spec/drive.md, "A visit").

import { SatchelError } from '../../format/error.js';
import type { TopicId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { parseCards } from '../../identity/card-text.js';
import type { Contact } from '../../identity/contacts.js';
import { recoveredSince } from '../../identity/recovered.js';
import { decidedRelation } from '../../identity/relations.js';
import { diskError } from '../../repository/files.js';
import { appendEvent } from '../../repository/journal.js';
import { type Undecided, undecidedAmong } from '../import/decide.js';
import { joinedSettled, NOTHING_SETTLED, type Settled } from '../import/settled.js';
import { updateCards } from '../import/update-cards.js';
import { isStranger } from '../known/audience.js';
import { safeNow } from '../maintain.js';
import type { StagedMedium } from '../medium/staged.js';
import { openSession, type Session } from '../session.js';
import { Adder } from './adder.js';
import { type Approval, approvalOf, approve } from './approval.js';
import { BundlesThere } from './bundles-there.js';
import { travellingTopics } from './choices.js';
import { clearPartials } from './clear.js';
import { decisionsOf } from './decisions.js';
import { type Drive, isOpenFor, isThere, openDrive } from './drive.js';
import { explained } from './failure.js';
import { type DriveMemory, lockDrive, readMemory, writeMemory } from './memory.js';
import type { Repeat } from './one-way.js';
import type { OneWayReport } from './one-way-tidy.js';
import { visitOneWay } from './one-way-visit.js';
import { cardNamesOf, listPerson, placeOfCard, readPeople } from './people.js';
import { mergedScans, type Scan, scanDrive } from './scan.js';
import { droppedFrom, type Served, servedBy, servedInstead } from './served.js';
import type { AuthorSource, VisitOptions } from './visit-options.js';
import type { VisitReport } from './visit-report.js';

/** So long what no key here opens may wait for those it is for: as long as keys are changed and kept. */
const UNOPENED_MS = (90 + 400) * 86_400_000;

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
  return visitOn(session, author, openDrive(directory), options);
}

/** A drive that is far away: what is needed of it was fetched. */
export interface StagedDrive extends Drive {
  readonly medium: StagedMedium;
  /** What did not come of it: the visit takes in the rest. */
  readonly fetching?: {
    /** Some files were left there for want of time or room. */
    readonly isCut: boolean;
    /** Files that did not come whole. */
    readonly failed: ReadonlyMap<string, SatchelError>;
    /** What ended it early: nothing is written then. */
    readonly failure: SatchelError | undefined;
  };
  /** What is not sealed may be put there, as its user said. */
  readonly mayBeOpen?: boolean;
  /**
   * Carries out what the medium has planned - first what is to be put, then what is to be removed - and tells it what was
   * done. When it fails, what was done until then stays.
   */
  readonly deliver: () => Promise<void>;
}

/**
 * Visits a drive on any medium. Of one that is far away, nothing is remembered as written that was not delivered.
 * @throws SatchelError `busy`; whatever happens later is in the report
 */
export async function visitOn(
  session: Session,
  author: AuthorSource,
  drive: Drive | StagedDrive,
  options: VisitOptions,
): Promise<VisitReport> {
  const release = lockDrive(session.repository.layout, drive.id, options.lockTimeoutMs);
  try {
    return await new Visit(session, author, drive, options).run();
  } finally {
    release();
  }
}

class Visit {
  #session: Session;
  #recovered: readonly Contact[] = [];
  readonly #drive: Drive;
  readonly #staged: StagedDrive | undefined;
  readonly #options: VisitOptions;
  readonly #memory: DriveMemory | undefined;
  readonly #there: BundlesThere;
  readonly #adder: Adder;
  #people: readonly Card[] = [];
  #scan: Pick<Scan, 'scanned' | 'isCut' | 'waiting'> = { scanned: [], isCut: false, waiting: 0 };
  /** All that lies there was looked at. */
  #isLookedThrough = false;
  /** The drive is an open one, by its marker and the user's word. */
  readonly #isOpen: boolean;
  /** What is added is sealed. */
  readonly #isSealed: boolean;
  #approval: Approval;
  #oneWay: OneWayReport | undefined;
  #settled: Settled = NOTHING_SETTLED;
  /** The last commit before the visit. */
  readonly #before: number;
  #isCut = false;
  #failure: SatchelError | undefined;

  constructor(session: Session, author: AuthorSource, drive: Drive | StagedDrive, options: VisitOptions) {
    this.#session = session;
    this.#before = session.repository.lastArrival;
    this.#staged = 'deliver' in drive ? drive : undefined;
    this.#drive = drive;
    this.#options = options;
    this.#memory = readMemory(session.repository.layout, drive.id);
    this.#there = new BundlesThere(drive, this.#memory?.files ?? {}, this.#staged !== undefined);
    const { seal = 'never', saysOpen } = options;
    this.#isOpen = isOpenFor(drive, this.#memory, saysOpen);
    this.#isSealed = seal === 'always' || (seal === 'unless-open' && !this.#isOpen);
    const manner = { isStaged: 'deliver' in drive, isSealed: this.#isSealed };
    this.#adder = new Adder(author, drive, this.#there, { ...options, ...manner });
    this.#approval = approvalOf(session, drive.id);
  }

  async run(): Promise<VisitReport> {
    const { dryRun, oneWay } = this.#options;
    if (oneWay && this.#mayWrite()) await this.#attempt(() => this.#writeOneWay(oneWay));
    else {
      await this.#attempt(() => this.#takeAll());
      await this.#attempt(() => this.#writeOut());
    }
    // what was removed stays removed
    if (this.#there.isTouched) await this.#attempt(() => this.#drive.medium.settle());
    if (this.#staged && !dryRun) await this.#deliver(this.#staged);
    if (!dryRun) this.#remember();
    return this.#report();
  }

  /** Whatever ended the visit early: what was planned until then is whole. */
  async #deliver({ medium, deliver }: StagedDrive): Promise<void> {
    const failed = this.#failure;
    this.#failure = undefined;
    await this.#attempt(deliver);
    this.#failure = failed ?? this.#failure;
    const { done, puts } = medium;
    await this.#adder.gone((name) => done.put.has(name));
    this.#there.carriedOut(medium, this.#session.repository.world.now());
    const lies = (name: string): boolean => !puts.has(name) || done.put.has(name);
    this.#people = this.#people.filter((card) => lies(placeOfCard(card)));
  }

  #report(): VisitReport {
    const strangers = this.#strangers();
    return {
      drive: this.#drive,
      isFirst: !this.#memory?.first,
      topics: this.#topics(),
      scanned: withOpened(this.#scan.scanned, this.#settled.messages),
      settled: this.#settled,
      waiting: this.#scan.waiting,
      notForUs: Object.values(this.#there.files).filter(({ tried }) => tried !== undefined).length,
      exported: this.#adder.exported,
      forStrangers: this.#adder.forStrangers,
      isSealed: this.#isSealed,
      seals: this.#adder.seals,
      unserved: this.#unserved(),
      isApproved: this.#approval.isApproved,
      isReadOnly: !this.#mayWrite(),
      readers: this.#readers(),
      oneWay: this.#oneWay,
      removed: this.#there.removed,
      strangers,
      met: strangers.filter(({ person }) => this.#memory?.listed?.[person] === undefined),
      recovered: this.#recovered,
      touched: this.#there.isTouched,
      isCut: this.#isCut || this.#scan.isCut,
      failure: this.#failure && explained(this.#failure, this.#drive),
      author: this.#adder.author,
      renewed: this.#adder.isRenewed,
    };
  }

  #mayWrite(): boolean {
    return !this.#options.ifApproved || this.#approval.isApproved;
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

  /** What the user decides meanwhile is taken too, and served. */
  async #takeAll(): Promise<void> {
    await this.#takeIn();
    const { decide, dryRun, exportOnly, tidyOnly } = this.#options;
    if (!decide || dryRun || exportOnly || tidyOnly) return;
    while (await decide(this.#undecided())) {
      this.#reopen();
      await this.#takeIn();
    }
  }

  #undecided(): Undecided {
    const reports = this.#scan.scanned.map(({ report }) => report);
    return undecidedAmong(this.#session, this.#people, reports);
  }

  /** What was learned from some of it, as of devices, members and keys, may let in what was left of the rest. */
  async #takeIn(): Promise<void> {
    this.#people = this.#listed();
    for (;;) {
      const before = decisionsOf(this.#session);
      await this.#takeOnce();
      const isLeft = Object.values(this.#there.files).some(({ left, passedBy }) => left || passedBy);
      if (!isLeft || before.veiled === decisionsOf(this.#session).veiled) break;
    }
    this.#tellFetching();
  }

  async #takeOnce(): Promise<void> {
    const { exportOnly, tidyOnly, dryRun, keys, isOver, begin } = this.#options;
    const mode = dryRun ? 'dry' : exportOnly || tidyOnly ? 'verify' : 'take';
    const scan = await scanDrive(this.#session, this.#drive, this.#there, { mode, keys, isOver, begin });
    this.#scan = { ...scan, scanned: mergedScans(this.#scan.scanned, scan.scanned) };
    this.#isLookedThrough = !scan.failure && !scan.isCut;
    this.#there.found(scan);
    if (mode === 'take') await this.#learn();
    if (scan.failure) throw scan.failure;
  }

  /** What could not be fetched is told, and what ended the fetching ends the visit. */
  #tellFetching(): void {
    const { isCut = false, failed = new Map<string, SatchelError>(), failure } = this.#staged?.fetching ?? {};
    const untaken = [...failed].map(([name, error]) => ({ name, messages: 0, error }));
    this.#scan = { ...this.#scan, scanned: [...this.#scan.scanned, ...untaken] };
    this.#isCut = isCut;
    if (failure) throw failure;
  }

  /** What was taken in may have brought topics, cards, and entries that others lack. */
  async #learn(): Promise<void> {
    const brought = this.#scan.scanned.flatMap(({ report }) => report?.cards ?? []);
    await updateCards(this.#session, [...this.#people, ...brought]);
    this.#reopen();
    const settled = await this.#options.settle?.(this.#session, this.#before);
    if (!settled) return;
    this.#settled = joinedSettled(this.#settled, settled);
    this.#reopen();
  }

  #reopen(): void {
    const { repository, quotas } = this.#session;
    const session = { ...openSession(repository), quotas };
    this.#recovered = recoveredSince(this.#session, session);
    this.#session = session;
  }

  async #writeOut(): Promise<void> {
    const { importOnly, dryRun, tidyOnly, isOver } = this.#options;
    if (importOnly || !this.#mayWrite()) return;
    if (this.#scan.isCut || isOver?.()) {
      this.#isCut = true;
      return;
    }
    if (dryRun) {
      this.#plan(this.#served());
      return;
    }
    this.#prepare();
    const served = this.#served();
    this.#tidy(served);
    if (tidyOnly) return;
    await this.#adder.addFor(served, this.#about());
    if (this.#adder.hasWritten) this.#tidy(served);
  }

  #plan(served: Served): void {
    const asked = [...this.#damaged(), ...this.#unopened()];
    this.#there.removed = [...asked, ...this.#there.removable(this.#session, served)];
    if (!this.#options.tidyOnly) this.#adder.planFor(served, this.#about());
  }

  #tidy(served: Served): void {
    for (const one of [...this.#damaged(), ...this.#unopened()]) this.#there.remove(one);
    this.#there.tidy(this.#session, served);
  }

  /** What is for others and lies there for so long that nobody who could open it comes any more. */
  #unopened() {
    const { olderMs = UNOPENED_MS } = this.#options;
    return this.#there.unopened(this.#session, safeNow(this.#session) - olderMs);
  }

  #damaged() {
    return this.#options.damaged ? this.#there.damaged() : [];
  }

  /** What lies there is not looked at, but for the people it is for and own bundles that nobody needs any more. */
  async #writeOneWay(repeat: Repeat): Promise<void> {
    if (this.#options.isOver?.()) {
      this.#isCut = true;
      return;
    }
    this.#people = this.#listed();
    if (!this.#options.dryRun) this.#prepare();
    const tell = (report: OneWayReport): void => {
      this.#oneWay = report;
    };
    const visit = { ...this.#about(), drive: this.#drive, there: this.#there, adder: this.#adder, repeat, tell };
    await visitOneWay(visit, this.#served());
  }

  /** Before anything is written: it is the same drive still, and the user's to write to. */
  #prepare(): void {
    this.#assertSame();
    if (clearPartials(this.#session, this.#drive)) this.#there.isTouched = true;
    if (this.#options.tidyOnly) return;
    this.#approval = approve(this.#session, this.#drive.id, this.#people);
    this.#introduce();
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
      if (listPerson(this.#drive, card)) this.#there.isTouched = true;
    }
    if (this.#there.isTouched) this.#people = this.#listed();
  }

  #listed(): readonly Card[] {
    return readPeople(this.#drive, cardNamesOf(this.#session));
  }

  #topics(): readonly TopicId[] {
    return this.#options.topics ?? travellingTopics(this.#session, this.#drive.id);
  }

  #about() {
    return { session: this.#session, topics: this.#topics() };
  }

  #served(): Served {
    const { silentDays, to } = this.#options;
    const { isOwn = this.#people.every(({ person }) => person === this.#session.self.person) } = this.#approval;
    const given = { seen: this.#memory, silentDays, isOwn, topics: this.#topics() };
    const served = servedBy(this.#session, this.#people, given);
    return to
      ? servedInstead(this.#session, served, { to: to.map(({ recipient }) => recipient), topics: given.topics })
      : served;
  }

  #readers(): Card[] {
    const { entries, blobs } = this.#adder.exported ?? { entries: 0, blobs: { count: 0 } };
    if (this.#isSealed || entries + blobs.count === 0) return [];
    return this.#people.filter(({ person }) => isStranger(this.#session, person));
  }

  /** What is sealed is sealed for contacts. */
  #unserved(): Card[] {
    if (!this.#isSealed || this.#options.importOnly || !this.#mayWrite()) return [];
    return this.#people.filter(({ person }) => isStranger(this.#session, person));
  }

  #strangers(): Card[] {
    return this.#people.filter(({ person }) => decidedRelation(this.#session, person) === undefined);
  }

  /** Of those who are listed: anybody can make as many keys as they like. */
  #visitors(): NonNullable<DriveMemory['visitors']> {
    const listed = new Set<string>(this.#people.map(({ device }) => device));
    const visitors = Object.entries({ ...this.#memory?.visitors, ...visitorsIn(this.#there.files) });
    return Object.fromEntries(visitors.filter(([device]) => listed.has(device)));
  }

  /** Sealed files that wait for the passphrase: none is forgotten by a visit that did not look at all of them. */
  #locked(): number {
    const { waiting } = this.#scan;
    return this.#isLookedThrough ? waiting : Math.max(waiting, this.#memory?.locked ?? 0);
  }

  #remember(): void {
    const { layout, world } = this.#session.repository;
    const now = world.now();
    const directory = this.#drive.medium.where;
    const locked = this.#locked();
    writeMemory(layout, this.#drive.id, {
      label: this.#drive.label,
      directory,
      first: this.#memory?.first || now,
      last: now,
      files: this.#there.files,
      ...(!this.#approval.isApproved && { unapproved: true }),
      ...(this.#isOpen && { open: true }),
      ...(locked > 0 && { locked }),
      ...((this.#staged?.mayBeOpen || this.#memory?.mayBeOpen) && { mayBeOpen: true }),
      listed: Object.fromEntries(this.#people.map(({ person }) => [person, this.#memory?.listed?.[person] ?? now])),
      dropped: droppedFrom(this.#session, this.#memory, this.#people),
      visitors: this.#visitors(),
    });
    appendEvent(layout, { at: now, type: 'visit', drive: this.#drive.id, directory });
  }
}

/** What can be read now counts with the file that brought something last. */
function withOpened(scanned: Scan['scanned'], messages: number): Scan['scanned'] {
  const at = messages === 0 ? -1 : scanned.findLastIndex(({ report }) => report !== undefined);
  return scanned.map((file, i) => (i === at ? { ...file, messages: file.messages + messages } : file));
}

/** For each device that left bundles the time of the newest one. */
function visitorsIn(files: DriveMemory['files']): NonNullable<DriveMemory['visitors']> {
  const made = Object.values(files).flatMap((file) => (file.by && file.made ? [[file.by, file.made.created]] : []));
  return Object.fromEntries(made.sort(([, a], [, b]) => Number(a) - Number(b)));
}
