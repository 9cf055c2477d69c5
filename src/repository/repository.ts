import type { SatchelError } from '../format/error.js';
import type { LogId, PersonId, TopicId } from '../format/ids.js';
import type { Range } from '../format/log/meta.js';
import { noteArrivals } from './arrivals.js';
import { Commit } from './commit.js';
import { couldWrite } from './files.js';
import { assertFormat } from './format.js';
import { type GcNotes, readGcNotes, writeGcNotes } from './gc/gc-notes.js';
import { readCommit } from './index/catch-up.js';
import { isNotedFrozen, movedLogs, noteFrozen } from './index/frozen-note.js';
import { firstBehind, type HeldRange, heldRanges, rangesBefore } from './index/held.js';
import { Index } from './index/index.js';
import type { Interpreter } from './index/ingest.js';
import { knowing } from './index/known-introductions.js';
import { EntryInPlace, type PlacedEntry } from './index/placed-entry.js';
import { RecentEntries, takeAside } from './index/recent-entries.js';
import type { RunRecord } from './index/run-record.js';
import { emptySummary, type LogSummary } from './index/summary.js';
import { type Layout, layoutOf } from './layout.js';
import { acquireLock, tryAcquireLock } from './lock.js';
import type { ReadTimes } from './notes/birth-time.js';
import { type Damage, readDamage, stillLost } from './rot/damage.js';
import { isInterrupted, prepareMending } from './rot/mend.js';
import { type Stretch, segmentsOf, stretchesFrom, wholeSegments } from './rot/stretches.js';
import { hasSuspects, noteSuspect } from './rot/suspects.js';
import { sealStateFiles } from './state/upgrade.js';
import { BlobStore } from './store/blobs.js';
import { frozenLogs, proofSize } from './store/forks.js';
import type { OpenSegment, StoredEntry } from './store/open-segment.js';
import { type Exchange, noteExchange, pendingExchange, removePacks, revealPacks } from './store/pack-swap.js';
import { isOnBadSpot, type PackPosition, Packs } from './store/packs.js';
import { placeOf, SegmentCache, type SegmentPlace } from './store/segments.js';

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
/** Attempts to open an index whose packs are there. */
const REOPEN_MAX = 100;

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
  #index: Index;
  #cache: SegmentCache;
  #recent: RecentEntries | undefined;
  #frozen: ReadonlyMap<LogId, number> | undefined;
  /** Runs that could not be read, until they are taken out of the packs. */
  #rotten: RunRecord[] = [];
  /** Runs that the disk could not read. */
  #unread: RunRecord[] = [];
  #takesBadSpots = false;
  #damage: Damage | undefined;

  private constructor(directory: string, options: OpenOptions) {
    this.directory = directory;
    this.layout = layoutOf(directory);
    this.world = options.world;
    this.interpreter = options.interpreter;
    this.#options = options;
    this.packs = new Packs(this.layout.packs);
    this.blobs = new BlobStore(this.layout.blobs);
    this.#index = this.#openIndex();
    this.#cache = this.#newCache();
  }

  /**
   * Opens the repository in `directory`, index caught up.
   * @throws SatchelError `no-repository`, `newer-version`, `damaged`, `io`
   */
  static open(directory: string, options: OpenOptions): Repository {
    assertFormat(directory);
    const repository = new Repository(directory, options);
    repository.#catchUpIfPossible();
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
    // those that were lost had numbers too
    return Math.max(this.#index.lastArrival, this.damage.arrival);
  }

  /** For each log that is known to contradict itself: the lowest seq that is in doubt. */
  get frozen(): ReadonlyMap<LogId, number> {
    this.#frozen ??= frozenLogs(this.layout.proofs);
    return this.#frozen;
  }

  /** What counts of a log towards quotas: what is stored of it, and the proof that it contradicts itself. */
  quotaBytes({ log, bytes }: LogSummary): number {
    const frozen = this.frozen.get(log);
    return frozen === undefined ? bytes : bytes + proofSize(this.layout.proofs, log, frozen);
  }

  /** Segments decoded since the repository was opened. */
  get segmentsDecoded(): number {
    return this.#cache.decoded;
  }

  /** The segment at a place, with its entries. */
  segment(place: SegmentPlace): OpenSegment {
    return this.#cache.get(place);
  }

  /** The segment at a place, as stored, its checksum compared; undefined when it has rotten. */
  segmentBytes(place: SegmentPlace): Buffer | undefined {
    return this.#cache.bytes(place);
  }

  /** What is known of what was lost here to rot. */
  get damage(): Damage {
    this.#damage ??= readDamage(this.layout);
    return this.#damage;
  }

  /** Entries of a log that were held, cannot be read any more, and have not come again. */
  lost(log: LogId): Range[] {
    const met = [...this.#rotten, ...this.#unread];
    const found = met.filter((run) => run.log === log).map(({ first, end }) => ({ from: first, end }));
    const noted = this.damage.lost.get(log) ?? [];
    return found.length + noted.length === 0 ? [] : stillLost([...noted, ...found], this.#here(log));
  }

  /** The logs of which anything was lost and has not come again. */
  logsWithLoss(): LogId[] {
    const logs = new Set([...this.damage.lost.keys(), ...[...this.#rotten, ...this.#unread].map(({ log }) => log)]);
    return [...logs].filter((log) => this.lost(log).length > 0);
  }

  /** What the disk said when it could not read entries of the log; undefined while it could. */
  unreadable(log: LogId): SatchelError | undefined {
    return this.#unread.some((run) => run.log === log) ? this.packs.badSpots.at(-1) : undefined;
  }

  /** From now on what the disk cannot read counts as rotten: somebody decided to go on without it. */
  takeBadSpots(): void {
    this.#takesBadSpots = true;
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
      const opened = this.#cache.get(run, until);
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
      if (!opened || opened.end <= seq) opened = this.#cache.get(run, seq + 1);
      return opened.entry(seq);
    };
    const recent = this.#recent;
    return { entry: recent ? (seq) => recent.find(run, seq, read) : read };
  }

  /** From now on single entries that were read lately are not read from the packs again: for ends of conversations. */
  useRecent(): void {
    this.#recent ??= new RecentEntries(this.layout.index);
  }

  /** Keeps the single entries asked for since {@link useRecent} for the commands to come, if nobody writes right now. */
  keepRecent(): void {
    if (!this.#recent?.isNews) return;
    const release = this.#tryLock();
    try {
      // what garbage collection has dropped meanwhile must not come back
      if (release && !this.#index.isStale) this.#recent.save();
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
      this.#refresh();
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
      this.#refresh();
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
      this.#apply(commit);
      return result;
    } catch (error) {
      commit.abandon();
      this.#cache.forget();
      throw error;
    }
  }

  /** Forgets what was read and starts from the disk: after the packs were rewritten. */
  reload(): void {
    this.#index.close();
    this.packs.close();
    this.#index = this.#openIndex();
    this.#cache = this.#newCache();
    this.#frozen = undefined;
    this.#damage = undefined;
  }

  /** Sorts the index's newest part in, when so much has come that it pays. */
  tidyIndex(): void {
    if (!this.#index.wantsSorting || !this.#index.sort()) return;
    this.#index.close();
    this.#index = this.#openIndex();
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
    const interpreter = knowing(this.interpreter, this.#index.logs());
    const putBack = takeAside(this.layout.index, (log, seq) => this.runs(log, seq, seq + 1)[0], goes);
    revealPacks(this.layout, exchange);
    this.#index.forgetFrom(arrival);
    removePacks(this.layout, exchange);
    this.reload();
    this.#catchUp({ interpreter });
    putBack();
  }

  /**
   * Looks through all packs, takes out what has rotten, and builds the index anew from what is left. Only under
   * {@link locked}.
   * @throws SatchelError `no-space`, `io`
   */
  mend(): void {
    const runs = [...this.arrivedAfter(0), ...this.#rotten, ...this.#unread];
    const indexed = { runs, arrival: this.lastArrival };
    const exchange = prepareMending(this, indexed, { takesBadSpots: this.#takesBadSpots });
    if (exchange) noteExchange(this.layout, exchange);
    const interpreter = knowing(this.interpreter, this.#index.logs());
    this.#index.close();
    Index.remove(this.layout.index);
    if (exchange) {
      revealPacks(this.layout, exchange);
      removePacks(this.layout, exchange);
    }
    this.#rotten = [];
    this.#unread = [];
    this.reload();
    this.#catchUp({ interpreter, isMended: true });
    noteFrozen(this.layout, this.frozen);
  }

  /** Has all packs looked through by whoever takes the lock next, or opens the repository. */
  suspect(): void {
    noteSuspect(this.layout.index, { pack: 0, offset: 0 });
  }

  /** Sees what other processes have committed since. */
  refresh(): void {
    this.#frozen = undefined;
    if (this.#index.isStale) this.reload();
    this.#catchUpIfPossible();
  }

  /** Throws the index away and builds it from the packs. Only under {@link locked}. */
  rebuildIndex(): void {
    this.#index.close();
    Index.remove(this.layout.index);
    this.#index = new Index(this.layout.index);
    this.#catchUp();
    noteFrozen(this.layout, this.frozen);
  }

  /** Releases every file. */
  close(): void {
    this.#index.close();
    this.packs.close();
  }

  /** The index together with the packs it speaks of: if they are replaced at this moment, it is read again. */
  #openIndex(): Index {
    for (let i = 0; ; i++) {
      const index = new Index(this.layout.index);
      for (const run of [...this.#rotten, ...this.#unread]) index.takeOut(run);
      if (this.packs.openUpTo(index.covered.pack) || i === REOPEN_MAX) return index;
      index.close();
      this.packs.close();
    }
  }

  /** Behind the last commit, or in a new pack when that one is sealed. */
  #tail(): PackPosition {
    const { covered } = this.#index;
    return covered.pack > 0 && covered.pack <= this.tidied.sealed ? { pack: covered.pack + 1, offset: 0 } : covered;
  }

  #apply(commit: Commit): void {
    const done = commit.finish();
    if (commit.hasProofs) this.#frozen = undefined;
    if (commit.derivedFrom !== undefined) this.#deriveFrom(commit.derivedFrom);
    else if (done) this.#index.append(done.additions, done.covered);
    if (commit.hasProofs) noteFrozen(this.layout, this.frozen);
    if (done) noteArrivals(this.layout, done.additions.runs, this.world.now());
    if (done) this.tidyIndex();
  }

  #refresh(): void {
    this.#frozen = undefined;
    const exchange = pendingExchange(this.layout);
    if (exchange) this.#recoverExchange(exchange);
    else if (this.#index.isStale) this.reload();
    if (this.#isSuspect()) this.#mendIfReadable();
    this.#deriveMoved();
    this.#catchUp();
  }

  /** Where the disk fails, the packs stay as they are, rot and all: who meets it goes on without it. */
  #mendIfReadable(): void {
    try {
      this.mend();
    } catch (error) {
      if (!isOnBadSpot(error)) throw error;
    }
  }

  /** Somebody met what cannot be read, or the newest pack is shorter than the index says, or gone. */
  #isSuspect(): boolean {
    const { pack, offset } = this.#index.covered;
    return hasSuspects(this.layout.index) || this.packs.size(pack) < offset;
  }

  #newCache(): SegmentCache {
    return new SegmentCache(this.packs, (place, isFailing) => this.#takeOut(place, isFailing));
  }

  /** From now on nothing here speaks of what cannot be read. */
  #takeOut(place: SegmentPlace, isFailing: boolean): void {
    const runs = this.#index.runs(place.log).filter((run) => placeOf(run) === placeOf(place));
    for (const run of runs) (isFailing ? this.#unread : this.#rotten).push(run);
    this.#index.takeOut(place);
    // what may be readable tomorrow is not to be taken out of the packs
    if (!isFailing) noteSuspect(this.layout.index, place);
  }

  /** Reads the packs again from a commit on: a freeze undid some of what the index says of it. Only under {@link locked}. */
  #deriveFrom(arrival: number): void {
    const interpreter = knowing(this.interpreter, this.#index.logs());
    // without room on the disk this command goes on with the index as it is, and the next one tries again
    const isForgotten = couldWrite(() => this.#index.forgetFrom(arrival));
    if (isForgotten) this.reload();
    this.#catchUp({ interpreter, inMemory: !isForgotten });
  }

  /** The same for freezes by which the index was not derived: proofs that came just before a crash, or are gone. */
  #deriveMoved(): void {
    if (isNotedFrozen(this.layout, this.frozen)) return;
    const moved = movedLogs(this.layout, this.frozen);
    // what a later log took back may have to be undone in an older one
    const persons = new Set(moved.flatMap((log) => this.log(log)?.person ?? []));
    const others = [...persons].flatMap((person) => this.logsOfPerson(person).map(({ log }) => log));
    const records = [...new Set([...moved, ...others])].map((log) => this.records(log));
    const changed = records.filter((runs) => runs.some((run) => run.dropped || run.unheld)).flat();
    if (changed.length > 0) this.#deriveFrom(Math.min(...changed.map(({ arrival }) => arrival)));
    noteFrozen(this.layout, this.frozen);
  }

  #freezeOf(log: LogId): number {
    return this.frozen.get(log) ?? Number.POSITIVE_INFINITY;
  }

  /** Completes what a killed process had begun; which commits it was about is not known, so the index starts anew. */
  #recoverExchange(exchange: Exchange): void {
    revealPacks(this.layout, exchange);
    Index.remove(this.layout.index);
    removePacks(this.layout, exchange);
    this.reload();
  }

  #catchUpIfPossible(): void {
    if (!this.#isBehind()) return;
    const release = this.#tryLock();
    try {
      if (release) this.#refresh();
      else this.#catchUp({ inMemory: true });
    } catch (error) {
      // who only looks goes on with what the disk can read
      if (!release || !isOnBadSpot(error)) throw error;
      this.#catchUp({ inMemory: true });
    } finally {
      release?.();
    }
  }

  /** A reader may write the index only if nobody else does, and where it may write at all. */
  #tryLock(): (() => void) | undefined {
    try {
      return tryAcquireLock(this.layout.lock);
    } catch {
      return undefined;
    }
  }

  #isBehind(): boolean {
    const { pack, offset } = this.#index.covered;
    if (!isNotedFrozen(this.layout, this.frozen) || hasSuspects(this.layout.index)) return true;
    return this.packs.size(pack) !== offset || this.packs.list().some((later) => later > pack);
  }

  #catchUp(options: CatchUp = {}): void {
    for (const stretch of stretchesFrom(this.packs, this.#index.covered, this.#index.lastArrival)) {
      if (!stretch.frame && isInterrupted(this.packs, stretch, this.#index.lastArrival > 0)) continue;
      if (!stretch.frame && !options.inMemory && !options.isMended) {
        this.mend();
        return;
      }
      this.#addCommit(stretch, options);
    }
    if (!options.inMemory) this.tidyIndex();
  }

  #addCommit(stretch: Stretch, { inMemory, interpreter = this.interpreter }: CatchUp): void {
    const { pack, commit, end, frame } = stretch;
    const isFirst = this.#index.lastArrival === 0;
    const segments = frame ? segmentsOf(this.packs, frame) : wholeSegments(this.packs, stretch);
    const { introductions, runs } = readCommit(this, { pack, commit, segments }, interpreter);
    // whose logs they are is known of those too whose introductions were lost
    const kept = isFirst ? this.damage.introductions : [];
    const additions = { introductions: [...kept, ...introductions], runs };
    if (inMemory) this.#index.absorb(additions, { pack, offset: end });
    else this.#index.append(additions, { pack, offset: end });
  }
}

/** How the index catches up with the packs. */
interface CatchUp {
  /** Without a word on the disk: somebody else may write there. */
  readonly inMemory?: boolean;
  readonly interpreter?: Interpreter;
  /** All packs were looked through just now. */
  readonly isMended?: boolean;
}
