// An open repository: what it holds is read here, and changed under its lock. Which stores it joins says stores.ts, how it keeps
// abreast of the disk upkeep.ts (spec/repository.md).
import type { SatchelError } from '../format/error.js';
import type { LogId, PersonId, TopicId } from '../format/ids.js';
import type { Range } from '../format/log/meta.js';
import { Commit } from './commit.js';
import { addForgotten, NOTHING_FORGOTTEN } from './forgotten.js';
import { assertFormat } from './format.js';
import { type GcNotes, readGcNotes, writeGcNotes } from './gc/gc-notes.js';
import { firstBehind, type HeldRange, heldRanges, rangesBefore } from './index/held.js';
import type { Index } from './index/index.js';
import type { Interpreter } from './index/ingest.js';
import { EntryInPlace, type PlacedEntry } from './index/placed-entry.js';
import type { RangeSet } from './index/range-set.js';
import { RecentEntries } from './index/recent-entries.js';
import type { RunRecord } from './index/run-record.js';
import { emptySummary, type LogSummary } from './index/summary.js';
import { type Layout, layoutOf } from './layout.js';
import { acquireLock } from './lock.js';
import type { ReadTimes } from './notes/birth-time.js';
import type { Damage } from './rot/damage.js';
import { noteSuspect } from './rot/suspects.js';
import { sealStateFiles } from './state/upgrade.js';
import type { BlobStore } from './store/blobs.js';
import { proofSize } from './store/forks.js';
import type { OpenSealed, OpenSegment, StoredEntry } from './store/open-segment.js';
import type { Exchange } from './store/pack-swap.js';
import type { PackPosition, Packs } from './store/packs.js';
import type { SegmentPlace } from './store/segments.js';
import { Stores } from './stores.js';
import { Upkeep } from './upkeep.js';
import { assertNotWiping } from './wiping.js';

/** Time, randomness and the ages of files come in from outside, so that tests can run with a wrong clock. */
export interface World {
  /** Milliseconds since 1970, as the own clock says. */
  now(): number;
  /** Unpredictable bytes. */
  random(size: number): Buffer;
  /** When the program that runs was made, ms: no clock before that is right. Absent where nobody knows. */
  readonly built?: number | undefined;
  /** When files were made; absent: as the system says. A disk that is copied bit by bit keeps that. */
  readonly fileTimes?: ReadTimes | undefined;
}

const NOTHING_HELD = emptySummary('' as LogId);

/** How a repository is opened. */
export interface OpenOptions {
  readonly interpreter: Interpreter;
  readonly world: World;
  /** How long a writer waits for another one. */
  readonly lockTimeoutMs: number;
}

/** Entries by their seqs. */
export interface EntryReader {
  /** The entry; undefined when it is not among those that can be asked for. */
  entry(seq: number): StoredEntry | undefined;
}

/** An open repository. */
export class Repository {
  readonly layout: Layout;
  readonly directory: string;
  readonly world: World;
  readonly interpreter: Interpreter;
  readonly packs: Packs;
  /** Chunks of attachments. */
  readonly blobs: BlobStore;
  readonly #options: OpenOptions;
  readonly #stores: Stores;
  readonly #upkeep: Upkeep;

  private constructor(directory: string, options: OpenOptions) {
    this.directory = directory;
    this.layout = layoutOf(directory);
    this.world = options.world;
    this.interpreter = options.interpreter.among(this);
    this.#options = options;
    this.#stores = new Stores(this.layout, this.#openSealed);
    this.packs = this.#stores.packs;
    this.blobs = this.#stores.blobs;
    this.#upkeep = new Upkeep(this.#stores, this);
  }

  /**
   * Opens the repository in `directory`, index caught up.
   * @throws SatchelError `no-repository`, `newer-version`, `damaged`, `io`
   */
  static open(directory: string, options: OpenOptions): Repository {
    assertNotWiping(directory);
    assertFormat(directory);
    const repository = new Repository(directory, options);
    repository.#upkeep.refreshIfPossible();
    return repository;
  }

  /** What is held of a log; undefined when nothing is. */
  log(log: LogId): LogSummary | undefined {
    return this.#index.log(log);
  }

  /** Every log. */
  logs(): Iterable<LogSummary> {
    return this.#index.logs();
  }

  /** The logs that refer to blobs, told without a look at the others. */
  logsWithBlobs(): Iterable<LogSummary> {
    return this.#index.logsWithBlobs();
  }

  /** The veiled logs of which nobody could tell here, yet, where they belong. */
  unplacedLogs(): Iterable<LogSummary> {
    return this.#index.unplacedLogs();
  }

  /** Every topic that an introduction names. */
  topics(): TopicId[] {
    return this.#index.topics();
  }

  /** The logs of a topic. */
  logsOfTopic(topic: TopicId): readonly LogSummary[] {
    return this.#index.logsOfTopic(topic);
  }

  /** What is stored of a topic counts no more than this towards quotas; told without a look at each of its logs. */
  bytesOfTopic(topic: TopicId): number {
    let bytes = this.#index.bytesOfTopic(topic);
    for (const [log, length] of this.frozen) bytes += proofSize(this.layout.proofs, log, length);
    return bytes;
  }

  /** The logs of a person. */
  logsOfPerson(person: PersonId): readonly LogSummary[] {
    return this.#index.logsOfPerson(person);
  }

  /** Runs of a log, held or left over, that touch [from, end), ascending by first seq. */
  runs(log: LogId, from = 0, end = Number.POSITIVE_INFINITY): RunRecord[] {
    const held = this.#index.heldRuns(log);
    const start = firstBehind(held, from);
    let until = start;
    while (until < held.length && (held[until]?.first ?? end) < end) until++;
    return held.slice(start, until);
  }

  /** Runs before the freeze whose chain is known but whose payloads were stripped without a cause verified here. */
  unheldRuns(log: LogId): RunRecord[] {
    const runs = this.#index.runs(log);
    const held = heldRanges(runs);
    const freeze = this.#freezeOf(log);
    const isHeld = ({ first, end }: RunRecord): boolean =>
      held.some((range) => range.from <= first && Math.min(end, freeze) <= range.end);
    return runs.filter((run) => run.unheld && run.first < freeze && !isHeld(run));
  }

  /** All run records of a log, held or not. */
  records(log: LogId): readonly RunRecord[] {
    return this.#index.runs(log);
  }

  /** What is held of a log, as ranges with the id at their end; nothing of it lies behind a freeze. */
  held(log: LogId): HeldRange[] {
    const freeze = this.frozen.get(log);
    const here = this.#here(log);
    if (freeze === undefined) return here;
    return rangesBefore(here, freeze, () => this.entry(log, freeze - 1)?.id);
  }

  /** What is here of a log from behind its freeze: it came before the freeze did, and has no effect. */
  leftOver(log: LogId): Range[] {
    const freeze = this.frozen.get(log);
    if (freeze === undefined) return [];
    return this.#here(log).flatMap(({ from, end }) => (end > freeze ? [{ from: Math.max(from, freeze), end }] : []));
  }

  #here(log: LogId): HeldRange[] {
    const { entries, end, id } = this.#index.log(log) ?? NOTHING_HELD;
    // the usual case, without a look at every run: nothing is missing
    if (entries === end) return end === 0 ? [] : [{ from: 0, end, id }];
    return heldRanges(this.#index.runs(log));
  }

  /** Runs that came after commit number `arrival`, in order of arrival. */
  arrivedAfter(arrival: number): RunRecord[] {
    return this.#index.arrivedAfter(arrival);
  }

  /** Held runs, the one that came last first. */
  *runsFromNewest(): Generator<RunRecord> {
    for (const run of this.#index.fromNewest()) if (!run.unheld) yield run;
  }

  /** Number of the newest commit. */
  get lastArrival(): number {
    return this.#upkeep.lastArrival;
  }

  /** For each log that is known to contradict itself: the lowest seq that is in doubt. */
  get frozen(): ReadonlyMap<LogId, number> {
    return this.#stores.frozen;
  }

  /** The seqs of a log whose payloads were forgotten here: they are held, and nothing here can show them. */
  forgotten(log: LogId): RangeSet {
    return this.#stores.forgotten.get(log) ?? NOTHING_FORGOTTEN;
  }

  /** The logs in which anything was forgotten. */
  logsWithForgotten(): LogId[] {
    return [...this.#stores.forgotten.keys()];
  }

  /** Notes, durably, what is forgotten from now on; garbage collection drops it. Only under {@link locked}. */
  forget(entries: ReadonlyMap<LogId, readonly Range[]>): void {
    addForgotten(this.layout, entries);
    this.#stores.lookAgain();
  }

  /** What counts of a log towards quotas: what is stored of it, and the proof that it contradicts itself. */
  quotaBytes({ log, bytes }: LogSummary): number {
    const frozen = this.frozen.get(log);
    return frozen === undefined ? bytes : bytes + proofSize(this.layout.proofs, log, frozen);
  }

  /** Segments decoded since the repository was opened. */
  get segmentsDecoded(): number {
    return this.#stores.cache.decoded;
  }

  /** The segment at a place, with its entries. */
  segment(place: SegmentPlace): OpenSegment {
    return this.#stores.cache.get(place);
  }

  /** The segment at a place, as stored, its checksum compared; undefined when it has rotten. */
  segmentBytes(place: SegmentPlace): Buffer | undefined {
    return this.#stores.cache.bytes(place);
  }

  /** What is known of what was lost here to rot. */
  get damage(): Damage {
    return this.#stores.losses.damage;
  }

  /** Entries of a log that were held, cannot be read any more, and have not come again. */
  lost(log: LogId): Range[] {
    return this.#stores.losses.of(log, () => this.#here(log));
  }

  /** The logs of which anything was lost and has not come again. */
  logsWithLoss(): LogId[] {
    return this.#stores.losses.logs().filter((log) => this.lost(log).length > 0);
  }

  /** What the disk said when it could not read entries of the log; undefined while it could. */
  unreadable(log: LogId): SatchelError | undefined {
    return this.#stores.losses.unreadable(log);
  }

  /** From now on what the disk cannot read counts as rotten: somebody decided to go on without it. */
  takeBadSpots(): void {
    this.#upkeep.takeBadSpots();
  }

  /** Held entries of a log with from <= seq < end, ascending; those left over behind a freeze too, marked. */
  *entries(log: LogId, from = 0, end = Number.POSITIVE_INFINITY): Generator<PlacedEntry> {
    const frozen = this.#freezeOf(log);
    const runs = this.#index.heldRuns(log);
    let wasRotten = false;
    for (let i = firstBehind(runs, from); i < runs.length; i++) {
      const run = runs[i] as RunRecord;
      if (run.first >= end) return;
      const isAfterGap = wasRotten || run.first !== (runs[i - 1]?.end ?? 0);
      const until = Math.min(run.end, end);
      const opened = this.#stores.cache.get(run, until);
      for (let seq = Math.max(run.first, from); seq < until; seq++) {
        const entry = opened.entry(seq);
        if (entry) yield new EntryInPlace(entry, isAfterGap && seq === run.first, seq >= frozen);
      }
      wasRotten = opened.segment.count === 0;
    }
  }

  /** The entry of a log at `seq`, when it is held. */
  entry(log: LogId, seq: number): PlacedEntry | undefined {
    const runs = this.#index.heldRuns(log);
    const at = firstBehind(runs, seq);
    const run = runs[at];
    const entry = run && run.first <= seq ? this.within(run).entry(seq) : undefined;
    if (!run || !entry) return undefined;
    const isAfterGap = seq === run.first && seq !== (runs[at - 1]?.end ?? 0);
    return new EntryInPlace(entry, isAfterGap, seq >= this.#freezeOf(log));
  }

  /** The entries of a held run by seq; nothing of it is read before one is asked for. */
  within(run: SegmentPlace & Pick<RunRecord, 'log' | 'id'>): EntryReader {
    let opened: OpenSegment | undefined;
    const read = (seq: number): StoredEntry | undefined => {
      if (!opened || opened.end <= seq) opened = this.#stores.cache.get(run, seq + 1);
      return opened.entry(seq);
    };
    const { recent } = this.#stores;
    return { entry: recent ? (seq) => recent.find(run, seq, read) : read };
  }

  /** From now on single entries that were read lately are not read from the packs again: for ends of conversations. */
  useRecent(): void {
    this.#stores.recent ??= new RecentEntries(this.layout.index, this.#openSealed);
  }

  /** Keeps the single entries asked for since {@link useRecent} for the commands to come, if nobody writes right now. */
  keepRecent(): void {
    const { recent } = this.#stores;
    if (!recent?.isNews) return;
    const release = this.#upkeep.tryLock();
    try {
      // what garbage collection has dropped meanwhile must not come back
      if (release && !this.#index.isStale) recent.save();
    } finally {
      release?.();
    }
  }

  /**
   * Runs `work` as the only writer, index caught up with whatever others wrote meanwhile.
   * @throws SatchelError `busy`
   */
  locked<T>(work: () => T): T {
    const release = acquireLock(this.layout.lock, this.#options.lockTimeoutMs);
    try {
      sealStateFiles(this.layout);
      this.#upkeep.refresh();
      return work();
    } finally {
      release();
    }
  }

  /** Like {@link locked} for work that waits for something. */
  async lockedAsync<T>(work: () => Promise<T>): Promise<T> {
    const release = acquireLock(this.layout.lock, this.#options.lockTimeoutMs);
    try {
      sealStateFiles(this.layout);
      this.#upkeep.refresh();
      return await work();
    } finally {
      release();
    }
  }

  /**
   * Collects segments through `fill` and makes them durable as one commit; when `fill` throws, nothing has changed.
   * Only under {@link locked}.
   */
  commit<T>(fill: (commit: Commit) => T): T {
    const commit = new Commit(this, this.#tail(), this.lastArrival + 1);
    try {
      const result = fill(commit);
      this.#upkeep.apply(commit);
      return result;
    } catch (error) {
      commit.abandon();
      this.#stores.cache.forget();
      throw error;
    }
  }

  /** Forgets what was read and starts from the disk: after the packs were rewritten. */
  reload(): void {
    this.#stores.reload();
  }

  /** Sorts the index's newest part in, when so much has come that it pays. */
  tidyIndex(): void {
    this.#stores.tidyIndex();
  }

  /** What is wrong with the index by itself; see {@link Index.damage}. */
  indexDamage(): string | undefined {
    return this.#index.damage();
  }

  /** Records of the index. */
  get recordCount(): number {
    return this.#index.recordCount;
  }

  /** What garbage collection has noted. */
  get tidied(): GcNotes {
    return readGcNotes(this.layout);
  }

  /** Notes what garbage collection has looked at. Only under {@link locked}. */
  noteGc(tidied: GcNotes): void {
    writeGcNotes(this.layout, tidied);
  }

  /**
   * Lets the new packs of a noted exchange take the place of the old ones, which hold the commits from number `arrival`
   * on; `goes` says of which entries the payload is dropped by it. Only under {@link locked}.
   */
  completeExchange(exchange: Exchange, arrival: number, goes: (log: LogId, seq: number) => boolean): void {
    this.#upkeep.completeExchange(exchange, arrival, goes);
  }

  /**
   * Looks through all packs, takes out what has rotten, and builds the index anew from what is left. Only under
   * {@link locked}.
   * @throws SatchelError `no-space`, `io`
   */
  mend(): void {
    this.#upkeep.mend();
  }

  /** Has all packs looked through by whoever takes the lock next, or opens the repository. */
  suspect(): void {
    noteSuspect(this.layout.index, { pack: 0, offset: 0 });
  }

  /** Sees what other processes have committed since. */
  refresh(): void {
    this.#stores.lookAgain();
    if (this.#index.isStale) this.reload();
    this.#upkeep.refreshIfPossible();
  }

  /** Throws the index away and builds it from the packs. Only under {@link locked}. */
  rebuildIndex(): void {
    this.#upkeep.rebuildIndex();
  }

  /**
   * Asks the interpreter again what is to be noted of the payloads and introductions of some logs: a key has come by which
   * more of them can be read. What was known stays known; doing it again is fine. Only under {@link locked}.
   * @throws SatchelError `no-space`, `io`
   */
  reinterpret(logs: readonly LogId[]): void {
    this.#upkeep.reinterpret(logs);
  }

  /** Releases every file. */
  close(): void {
    this.#stores.close();
  }

  /** What an entry says that is sealed: for who has its key nobody else asks. */
  readonly #openSealed: OpenSealed = (place, entry) => this.interpreter.opened(place, entry);

  get #index(): Index {
    return this.#stores.index;
  }

  /** Behind the last commit, or in a new pack when that one is sealed. */
  #tail(): PackPosition {
    const { covered } = this.#index;
    return covered.pack > 0 && covered.pack <= this.tidied.sealed ? { pack: covered.pack + 1, offset: 0 } : covered;
  }

  #freezeOf(log: LogId): number {
    return this.frozen.get(log) ?? Number.POSITIVE_INFINITY;
  }
}
