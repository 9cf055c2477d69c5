// Import: a bundle from anywhere is copied, verified to the last byte, and what we want of it becomes one commit
// (spec/bundle.md, "Import").
import { openBundle, readContents, readSegmentAt } from '../format/bundle-reader.js';
import { salvageBundle } from '../format/bundle-salvage.js';
import { type BundleVisitor, verifyBundle } from '../format/bundle-verify.js';
import type { ContentsRecord } from '../format/contents.js';
import { type ErrorCode, SatchelError } from '../format/error.js';
import type { Frontier } from '../format/frontier.js';
import type { DeviceKey, Digest, EntryId, LogId, PersonId, TopicId } from '../format/ids.js';
import type { Manifest } from '../format/manifest.js';
import { decodeMeta } from '../format/meta.js';
import { encodeProof, type Proof } from '../format/proof.js';
import { decodeSegment, decodeSegmentHeader, type Segment, type Visit, verifySegment } from '../format/segment.js';
import type { ByteSource } from '../format/source.js';
import type { Card } from '../identity/card.js';
import { parseCards } from '../identity/card-text.js';
import type { Commit, Judgement } from '../repository/commit.js';
import { countRanges, heldRanges, subtractRanges } from '../repository/held.js';
import { appendEvent } from '../repository/journal.js';
import type { Introduced } from '../repository/record.js';
import { type VerifiedIntroduction, verifyIntroduction } from '../topic/interpret.js';
import { retireLogs } from '../topic/own-log.js';
import { segmentQuotaBytes } from '../topic/quota.js';
import { eventFile, eventRanges } from './event-fields.js';
import { noteOwed } from './owed.js';
import type { Session } from './session.js';
import { Admission, placementOf } from './standing.js';
import { forgetStatements, keepStatement } from './statements.js';

/** A log, or part of one, that was not taken although it was wanted. */
export interface RefusedLog {
  readonly log: LogId;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Entries missing before ones that the import brought. */
export interface GapReport {
  readonly log: LogId;
  readonly from: number;
  readonly to: number;
}

/** What one bundle brought. Counts are entries. */
export interface ImportReport {
  readonly manifest: Manifest | undefined;
  readonly fresh: number;
  readonly known: number;
  /** Left in the file: of logs we do not take, or over a quota. */
  readonly skipped: number;
  /** Of these: of logs whose introduction is not known yet; another bundle may bring it. */
  readonly unplaced: number;
  readonly refused: readonly RefusedLog[];
  readonly gaps: readonly GapReport[];
  /** Logs that got new entries. */
  readonly changed: readonly LogId[];
  /** Introductions of logs in the bundle, of people whose logs were taken or not. */
  readonly introductions: readonly SeenIntroduction[];
  /** Cards of people in the bundle: of the one who made it and of the authors. */
  readonly cards: readonly Card[];
  /** Own logs that turned out to be written elsewhere too. */
  readonly forked: readonly LogId[];
}

/** Whose log in which topic a bundle brought. */
export interface SeenIntroduction {
  readonly log: LogId;
  readonly topic: TopicId;
  readonly label: string;
  readonly person: PersonId;
}

/** How to import. */
export interface ImportOptions {
  /** Change nothing, only say what would change. */
  readonly dryRun?: boolean | undefined;
  /** Take every whole segment of a damaged file, each judged alone. */
  readonly salvage?: boolean | undefined;
  /** For the journal, as is the id of the drive that it lies on. */
  readonly file: string;
  readonly drive?: string | undefined;
  readonly digest: Digest;
  /**
   * Told of every segment that is verified and lacks no payload without a cause, of logs that are wanted or held here.
   * Then known segments are verified too.
   */
  readonly verified?: ((record: ContentsRecord) => void) | undefined;
}

/**
 * Takes what is wanted of a bundle as one durable commit. Only under the repository's lock.
 * @throws SatchelError for a bundle that is not whole or not authentic: then nothing has changed
 */
export function importBundle(session: Session, source: ByteSource, options: ImportOptions): ImportReport {
  const run = new ImportRun(session, source, options);
  const { repository } = session;
  const take = (commit: Commit): ImportReport => (options.salvage ? run.takeSalvaged(commit) : run.take(commit));
  if (options.dryRun) return attemptDry(() => repository.commit((commit) => dryRun(take(commit))));
  const report = repository.commit(take);
  if (run.frontier && report.manifest && isOfInterest(session, report.manifest.key)) {
    keepStatement(repository, report.manifest, run.frontier);
    forgetStatements(repository, contactDevices(session));
    // whoever sends what we hold believes that we lack it; a bundle for others, or for all on a drive, says no such thing
    const isForUs = !options.verified && report.manifest.for.includes(session.self.person);
    if (isForUs) run.noteOwed(report.manifest.key);
  }
  noteImport(repository, report, options, run.taken);
  return report;
}

/** What held nothing of use leaves no line: a stick full of foreign bundles must not push out what happened here. */
function noteImport(
  { layout, world }: Session['repository'],
  report: ImportReport,
  options: ImportOptions,
  taken: readonly Place[],
): void {
  const { fresh, known, skipped, manifest } = report;
  if (fresh + known === 0) return;
  appendEvent(layout, {
    at: world.now(),
    type: 'import',
    ...{ file: eventFile(options.file), drive: options.drive, digest: options.digest },
    ...{ by: manifest?.key, fresh, known, skipped, refused: report.refused.length },
    ...(options.salvage && { salvage: true }),
    ...(taken.length > 0 && eventRanges(taken)),
  });
}

const DAY_MS = 86_400_000;
/** So many dropped payloads of one bundle may find their cause behind them; no honest one has more. */
const DEFERRED_MAX = 1_000_000;
/** Introductions remembered while a bundle is taken, at most; logs beyond stay in the file, for another time. */
const INTRODUCTIONS_MAX = 100_000;
/** Of these, of logs that are not taken. */
const UNWANTED_MAX = 1_000;

/** One bundle on its way in. */
class ImportRun {
  frontier: Frontier | undefined;
  readonly #session: Session;
  readonly #source: ByteSource;
  readonly #options: ImportOptions;
  readonly #admission: Admission;
  readonly #introductions = new Map<LogId, VerifiedIntroduction>();
  readonly #judgements = new Map<ContentsRecord, Judgement>();
  readonly #refused = new Map<LogId, RefusedLog>();
  readonly #changed = new Set<LogId>();
  readonly #forked = new Set<LogId>();
  readonly #stopped = new Set<LogId>();
  readonly #stripped = new Set<LogId>();
  /** What brought something new. */
  readonly taken: Place[] = [];
  /** Seqs in the segment at hand whose payloads were dropped and have not expired. */
  readonly #repeated: Place[] = [];
  #missing: number[] = [];
  readonly #deferred: { readonly record: ContentsRecord; readonly missing: readonly number[] }[] = [];
  #deferredSeqs = 0;
  #fresh = 0;
  #known = 0;
  #skipped = 0;
  #unplaced = 0;
  #unwanted = 0;

  constructor(session: Session, source: ByteSource, options: ImportOptions) {
    this.#session = session;
    this.#source = source;
    this.#options = options;
    this.#admission = new Admission(session);
  }

  take(commit: Commit): ImportReport {
    this.#readIntroductions();
    const summary = verifyBundle(this.#source, this.#visitor(commit));
    for (const refusal of summary.refused) this.#refuse(refusal);
    return this.#report(commit, summary.manifest);
  }

  /** Segments of a damaged file: nothing vouches for the rest of it, so each is judged by its own chain and head. */
  takeSalvaged(commit: Commit): ImportReport {
    const { manifest, segments } = salvageBundle(this.#source);
    for (const { bytes } of segments()) this.#introduce(bytes, decodeSegmentHeader(bytes));
    for (const { bytes } of segments()) this.#salvage(commit, bytes);
    return this.#report(commit, manifest);
  }

  #salvage(commit: Commit, bytes: Buffer): void {
    const header = decodeSegmentHeader(bytes);
    const { log, first, count } = header;
    try {
      if (!this.#isWanted({ log, first, end: first + count }, segmentQuotaBytes(header))) {
        this.#leave(log, count);
        return;
      }
      const segment = decodeSegment(bytes);
      const judgement = commit.judge(segment);
      this.#settle(judgement, verifySegment(segment, judgement.visit), { log, first, end: first + count });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refuse({ log, code: error.code, message: error.message });
    }
  }

  /** Messages that the device sent although they are held here, or brought where nobody acknowledges them. */
  noteOwed(device: DeviceKey): void {
    const { repository } = this.#session;
    if (!contactDevices(this.#session).has(device)) return;
    const messages = this.#repeated.filter(({ log, first, end }) =>
      repository.runs(log, first, end).some((run) => run.messages > 0),
    );
    noteOwed(repository, device, [...new Set(messages.map(({ log }) => log))]);
  }

  /** Whose logs they are has to be known before anything of them is judged: the introductions come first. */
  #readIntroductions(): void {
    const bundle = openBundle(this.#source);
    for (const record of readContents(bundle)) {
      if (record.first === 0 && record.end === 1) this.#introduce(readSegmentAt(bundle, record), record);
    }
  }

  #introduce(bytes: Buffer, { log, first }: { readonly log: LogId; readonly first: number }): void {
    if (first !== 0 || this.#introductions.has(log) || placementOf(this.#session, log)) return;
    if (this.#introductions.size >= INTRODUCTIONS_MAX) return;
    const introduction = readIntroduction(bytes, log);
    if (introduction && this.#isRemembered(introduction)) this.#introductions.set(log, introduction);
  }

  /** Of people whose logs are not taken so many are shown: anybody can make as many as they like. */
  #isRemembered(introduction: VerifiedIntroduction): boolean {
    if (this.#admission.standing(introducedBy(introduction)) !== 'unwanted') return true;
    return ++this.#unwanted <= UNWANTED_MAX;
  }

  #visitor(commit: Commit): BundleVisitor {
    return {
      frontier: (frontier) => {
        this.frontier = frontier;
      },
      proof: (proof) => this.#takeProof(commit, proof),
      isKnown: (record) => this.#isKnown(record),
      walk: (segment, record) => {
        const visit = this.#judge(commit, segment, record);
        return this.#options.verified ? this.#lookingForMissing(visit) : visit;
      },
      segment: (_segment, id, record) => {
        const judgement = this.#judgements.get(record);
        this.#judgements.delete(record);
        if (!judgement) return;
        this.#settle(judgement, id, record);
        if (this.#missing.length === 0) this.#options.verified?.(record);
        else this.#defer(record);
      },
    };
  }

  #judge(commit: Commit, segment: Segment, record: ContentsRecord): Visit | undefined {
    if (!this.#isWanted(record, segmentQuotaBytes(segment))) {
      this.#leave(segment.log, segment.count);
      return undefined;
    }
    const judgement = commit.judge(segment);
    this.#judgements.set(record, judgement);
    return judgement.visit;
  }

  #lookingForMissing(visit: Visit | undefined): Visit {
    this.#missing = [];
    return (seq, entry, chain) => {
      if (entry.dropped && !this.#isExpired(entry.meta)) this.#missing.push(seq);
      visit?.(seq, entry, chain);
    };
  }

  #isExpired(meta: Buffer): boolean {
    const { expires } = decodeMeta(meta);
    return expires !== undefined && expires * DAY_MS <= this.#session.repository.world.now();
  }

  /** A segment that lacks payloads: what explains that may come behind it. */
  #defer(record: ContentsRecord): void {
    this.#deferredSeqs += this.#missing.length;
    if (this.#deferredSeqs <= DEFERRED_MAX) this.#deferred.push({ record, missing: this.#missing });
    this.#missing = [];
  }

  #tellDeferred(commit: Commit): void {
    for (const { record, missing } of this.#deferred) {
      const state = commit.state(record.log);
      if (missing.every((seq) => state.isRetracted(seq))) this.#options.verified?.(record);
    }
  }

  #settle(judgement: Judgement, id: EntryId, record: Place): void {
    try {
      const taken = judgement.settle(id);
      this.#fresh += taken.fresh;
      this.#known += taken.known;
      if (taken.known > 0 || this.#isCarried(record.log)) this.#repeated.push(record);
      if (taken.unheld > 0) this.#stripped.add(record.log);
      if (taken.fresh > 0) this.#noteFresh(record.log);
      if (taken.fresh > 0) this.taken.push(record);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refuse({ log: record.log, code: error.code, message: error.message });
      if (this.#isOwn(record.log)) this.#noteForked(record.log);
    }
  }

  #noteFresh(log: LogId): void {
    this.#changed.add(log);
    if (this.#isOwn(log)) this.#noteForked(log);
  }

  /** Entries of our own log that we did not write here: somebody writes it too, so we never do again. */
  #noteForked(log: LogId): void {
    this.#forked.add(log);
    if (!this.#options.dryRun) retireLogs(this.#session.repository.layout, [log]);
  }

  #isOwn(log: LogId): boolean {
    return this.#placement(log)?.device === this.#session.self.device;
  }

  #takeProof(commit: Commit, proof: Proof): void {
    if (this.#admission.admit(this.#placement(proof.log), encodeProof(proof).length) !== 'take') return;
    if (!commit.addProof(proof)) return;
    if (this.#isOwn(proof.log)) this.#noteForked(proof.log);
  }

  #isWanted(record: Place, sizeBytes: number): boolean {
    if (this.#stopped.has(record.log)) return false;
    const placement = this.#placement(record.log);
    if (this.#admission.standing(placement) === 'known') return true;
    if (this.#isHeld(record)) return true;
    const decision = this.#admission.admit(placement, sizeBytes);
    if (decision === 'take') return true;
    if (decision !== 'unwanted') {
      this.#stopped.add(record.log);
      this.#refuse({ log: record.log, code: 'over-quota', message: QUOTA_WORDS[decision] });
    }
    return false;
  }

  #leave(log: LogId, count: number): void {
    this.#skipped += count;
    if (!this.#placement(log)) this.#unplaced += count;
  }

  /** Held already, with the same id at its end: then it can only be the same entries, and need not be looked into. */
  #isKnown(record: ContentsRecord): boolean {
    if (this.#options.verified) return false;
    const { repository } = this.#session;
    const isKnown =
      repository.log(record.log) !== undefined && this.#isHeld(record) && this.#idAt(record) === record.id;
    if (isKnown) {
      this.#known += record.end - record.first;
      this.#repeated.push(record);
    }
    return isKnown;
  }

  #isCarried(log: LogId): boolean {
    const topic = this.#placement(log)?.topic;
    return !this.#session.topics.topics.some((known) => known.topic === topic && known.joined);
  }

  #idAt({ log, end }: Place): EntryId | undefined {
    const { repository } = this.#session;
    const summary = repository.log(log);
    if (summary?.end === end) return summary.id;
    return repository.runs(log, end - 1, end).find((run) => run.end === end)?.id;
  }

  #isHeld(record: Place): boolean {
    const { log, first, end } = record;
    // only the runs it touches: with all of them, a log full of gaps would cost its own length for each segment
    const held = heldRanges(this.#session.repository.runs(log, first, end));
    return subtractRanges([{ from: first, end }], held).length === 0;
  }

  #placement(log: LogId): Introduced | undefined {
    const known = placementOf(this.#session, log);
    if (known) return known;
    const introduction = this.#introductions.get(log);
    return introduction && introducedBy(introduction);
  }

  #refuse(refusal: RefusedLog): void {
    if (!this.#refused.has(refusal.log)) this.#refused.set(refusal.log, refusal);
  }

  /** Known only at the end: a retraction may come behind what it explains. */
  #refuseStripped(commit: Commit): void {
    for (const log of this.#stripped) {
      const count = countRanges(commit.state(log).unheld.map((run) => ({ from: run.first, end: run.end })));
      if (count > 0)
        this.#refuse({ log, code: 'stripped', message: `${count} payloads were stripped without a cause` });
    }
  }

  #report(commit: Commit, manifest: Manifest | undefined): ImportReport {
    for (const [log, count] of commit.heal()) {
      this.#fresh += count;
      this.#noteFresh(log);
    }
    this.#refuseStripped(commit);
    this.#tellDeferred(commit);
    return {
      manifest,
      fresh: this.#fresh,
      known: this.#known,
      skipped: this.#skipped,
      unplaced: this.#unplaced,
      refused: [...this.#refused.values()],
      gaps: [...this.#changed].flatMap((log) => gapsOf(commit, log)),
      changed: [...this.#changed],
      introductions: [...this.#introductions].map(([log, { topic, label, author }]) => ({
        log,
        topic,
        label,
        person: author.person,
      })),
      cards: cardsOf(manifest, this.#introductions.values()),
      forked: [...this.#forked],
    };
  }
}

type Place = Pick<ContentsRecord, 'log' | 'first' | 'end'>;

const QUOTA_WORDS = {
  'stranger-full': 'the quota for one stranger in this topic is full',
  'strangers-full': 'the quota for all strangers in this topic is full',
  'carry-full': 'the quota for carried logs is full',
} as const;

/** Whether the error is about one log: what is wrong with the repository or its disk ends the import. */
function isRefusal(error: unknown): error is SatchelError {
  return error instanceof SatchelError && !OWN_TROUBLE.has(error.exit);
}

/** Exit statuses of a damaged repository, and of a disk that fails or is full. */
const OWN_TROUBLE: ReadonlySet<number> = new Set([12, 30, 31]);

/** Ends a dry run without a commit. */
class DryRun extends Error {
  readonly report: ImportReport;

  constructor(report: ImportReport) {
    super('dry run');
    this.report = report;
  }
}

function dryRun(report: ImportReport): never {
  throw new DryRun(report);
}

function attemptDry(work: () => never): ImportReport {
  try {
    return work();
  } catch (error) {
    if (error instanceof DryRun) return error.report;
    throw error;
  }
}

function contactDevices(session: Session): ReadonlySet<DeviceKey> {
  return new Set([...session.contacts.values()].map(({ device }) => device));
}

function introducedBy({ topic, author }: VerifiedIntroduction): Introduced {
  return { topic, person: author.person, device: author.device };
}

/** Statements of contacts, and of members of topics we hold logs of; anybody can make as many keys as they like. */
function isOfInterest(session: Session, device: DeviceKey): boolean {
  if (contactDevices(session).has(device)) return true;
  for (const { topic } of session.topics.topics) {
    if (session.repository.logsOfTopic(topic).some((log) => log.device === device)) return true;
  }
  return false;
}

/** The introduction in a segment; a segment that is not valid is refused later, where it is judged. */
function readIntroduction(bytes: Buffer, log: LogId): VerifiedIntroduction | undefined {
  try {
    const header = decodeSegmentHeader(bytes);
    if (header.log !== log || header.count !== 1) return undefined;
    const segment = decodeSegment(bytes);
    let introduction: VerifiedIntroduction | undefined;
    verifySegment(segment, (_seq, entry) => {
      if (entry.payload) introduction = verifyIntroduction(log, entry.payload);
    });
    return introduction;
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

function gapsOf(commit: Commit, log: LogId): GapReport[] {
  const held = commit.state(log).held;
  const ends = [0, ...held.map((range) => range.end)];
  return held.flatMap((range, i) => ((ends[i] ?? 0) < range.from ? [{ log, from: ends[i] ?? 0, to: range.from }] : []));
}

function cardsOf(manifest: Manifest | undefined, introductions: Iterable<VerifiedIntroduction>): Card[] {
  const cards = new Map<PersonId, Card>();
  const offer = (card: Card): void => {
    const known = cards.get(card.person);
    if (!known || known.serial < card.serial) cards.set(card.person, card);
  };
  for (const { author } of introductions) offer(author);
  if (manifest) for (const card of makerCard(manifest)) offer(card);
  return [...cards.values()];
}

/** The maker's card, if it is the card of the device that signed. */
export function makerCard(manifest: Manifest): Card[] {
  if (!manifest.card) return [];
  try {
    return parseCards(Buffer.from(manifest.card)).filter((card) => card.device === manifest.key);
  } catch (error) {
    if (error instanceof SatchelError) return [];
    throw error;
  }
}
