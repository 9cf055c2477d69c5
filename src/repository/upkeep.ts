// Keeping what an open repository knows abreast of the disk: what others committed, what a killed process had begun, what a
// freeze undid, and what has rotten (spec/repository.md, "Index", "Rot").
import type { LogId } from '../format/ids.js';
import { noteArrivals } from './arrivals.js';
import type { Commit } from './commit.js';
import { disk } from './disk.js';
import { couldWrite, onDisk } from './files.js';
import { readCommit } from './index/catch-up.js';
import { isNotedFrozen, movedLogs, noteFrozen } from './index/frozen-note.js';
import { Index } from './index/index.js';
import type { Interpreter } from './index/ingest.js';
import { knowing } from './index/known-introductions.js';
import { LogState } from './index/log-state.js';
import { takeAside } from './index/recent-entries.js';
import type { KnownLogs } from './known-logs.js';
import { tryAcquireLock } from './lock.js';
import { isInterrupted, prepareMending } from './rot/mend.js';
import { type Stretch, segmentsOf, stretchesFrom, wholeSegments } from './rot/stretches.js';
import { hasSuspects } from './rot/suspects.js';
import { fileOfState } from './state.js';
import { type Exchange, noteExchange, pendingExchange, removePacks, revealPacks } from './store/pack-swap.js';
import { isOnBadSpot } from './store/packs.js';
import type { Stores } from './stores.js';

/** How the index catches up with the packs. */
interface CatchUp {
  /** Without a word on the disk: somebody else may write there. */
  readonly inMemory?: boolean;
  readonly interpreter?: Interpreter;
  /** All packs were looked through just now. */
  readonly isMended?: boolean;
}

/** Keeps the stores of one repository up to date. */
export class Upkeep {
  readonly #stores: Stores;
  readonly #known: KnownLogs;
  #takesBadSpots = false;

  /** `known` is the repository that reads from these stores. */
  constructor(stores: Stores, known: KnownLogs) {
    this.#stores = stores;
    this.#known = known;
  }

  /** From now on what the disk cannot read counts as rotten. */
  takeBadSpots(): void {
    this.#takesBadSpots = true;
  }

  /** Number of the newest commit. */
  get lastArrival(): number {
    // those that were lost had numbers too
    return Math.max(this.#stores.index.lastArrival, this.#stores.losses.damage.arrival);
  }

  /** The disk as it is, everything that was begun completed. Only under the lock. */
  refresh(): void {
    const { layout, index } = this.#stores;
    this.#stores.lookAgain();
    const exchange = pendingExchange(layout);
    if (exchange) this.#recoverExchange(exchange);
    else if (index.isStale) this.#stores.reload();
    if (this.#isSuspect()) this.#mendIfReadable();
    this.#deriveMoved();
    this.#catchUp();
  }

  /** The same for who only looks: as far as nobody else writes, else in memory alone. */
  refreshIfPossible(): void {
    if (!this.#isBehind()) return;
    const release = this.tryLock();
    try {
      if (release) this.refresh();
      else this.#catchUp({ inMemory: true });
    } catch (error) {
      // who only looks goes on with what the disk can read
      if (!release || !isOnBadSpot(error)) throw error;
      this.#catchUp({ inMemory: true });
    } finally {
      release?.();
    }
  }

  /** A reader may write the index only if nobody else does, and where it may write at all; releases what it returns. */
  tryLock(): (() => void) | undefined {
    try {
      return tryAcquireLock(this.#stores.layout.lock);
    } catch {
      return undefined;
    }
  }

  /** Makes a commit durable, and knows of it from now on. Only under the lock. */
  apply(commit: Commit): void {
    const { layout } = this.#stores;
    const done = commit.finish();
    if (commit.hasProofs) this.#stores.lookAgain();
    if (commit.derivedFrom !== undefined) this.#deriveFrom(commit.derivedFrom);
    else if (done) this.#stores.index.append(done.additions, done.covered);
    if (commit.hasProofs) noteFrozen(layout, this.#stores.frozen);
    if (done) noteArrivals(layout, done.additions.runs, this.#known.world.now());
    if (done) this.#stores.tidyIndex();
  }

  /** Lets new packs take the place of old ones; see `completeExchange` of the repository. Only under the lock. */
  completeExchange(exchange: Exchange, arrival: number, goes: (log: LogId, seq: number) => boolean): void {
    const { layout, index } = this.#stores;
    const interpreter = this.#knowing();
    const putBack = takeAside(layout.index, (log, seq) => this.#known.runs(log, seq, seq + 1)[0], goes);
    revealPacks(layout, exchange);
    index.forgetFrom(arrival);
    removePacks(layout, exchange);
    this.#stores.reload();
    this.#catchUp({ interpreter });
    putBack();
  }

  /** Takes out of the packs what has rotten, and builds the index anew. Only under the lock. @throws SatchelError `no-space`, `io` */
  mend(): void {
    const { layout, index, losses } = this.#stores;
    const indexed = { runs: [...index.arrivedAfter(0), ...losses.met], arrival: this.lastArrival };
    const exchange = prepareMending(this.#known, indexed, { takesBadSpots: this.#takesBadSpots });
    if (exchange) noteExchange(layout, exchange);
    const interpreter = this.#knowing();
    index.close();
    Index.remove(layout.index);
    if (exchange) {
      revealPacks(layout, exchange);
      removePacks(layout, exchange);
    }
    losses.forgetMet();
    this.#stores.reload();
    this.#catchUp({ interpreter, isMended: true });
    noteFrozen(layout, this.#stores.frozen);
  }

  /** Interprets the payloads of logs once more; see `reinterpret` of the repository. Only under the lock. */
  reinterpret(logs: readonly LogId[]): void {
    const { layout, index } = this.#stores;
    const { interpreter } = this.#known;
    const placeless = logs.filter((log) => this.#known.log(log)?.person === undefined);
    index.reinterpret({ logs: new Set(logs), interpreter, read: (run) => this.#known.segment(run) });
    this.#stores.reload();
    // what a log acknowledges is remembered as far as it could be read
    onDisk('forgetting acknowledgements', () => {
      for (const log of logs) disk.remove(fileOfState(layout, 'acks', log));
    });
    this.#deriveUnheld(placeless);
    this.#catchUp();
  }

  /** Throws the index away and builds it from the packs. Only under the lock. */
  rebuildIndex(): void {
    this.#stores.emptyIndex();
    this.#catchUp();
    noteFrozen(this.#stores.layout, this.#stores.frozen);
  }

  /** An interpreter that need not verify again what was introduced. */
  #knowing(): Interpreter {
    return knowing(this.#known.interpreter, this.#stores.index.logs());
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
    const { layout, index, packs } = this.#stores;
    const { pack, offset } = index.covered;
    return hasSuspects(layout.index) || packs.size(pack) < offset;
  }

  /** Where stripped entries may be explained by what the persons of these logs took back, their commits are read again. */
  #deriveUnheld(logs: readonly LogId[]): void {
    const persons = new Set(logs.flatMap((log) => this.#known.log(log)?.person ?? []));
    const all = [...persons].flatMap((person) => this.#known.logsOfPerson(person).map(({ log }) => log));
    const unheld = all.flatMap((log) => {
      const decided = { freeze: this.#stores.frozen.get(log), forgotten: this.#known.forgotten(log) };
      return new LogState(this.#known.records(log), (run) => this.#known.segment(run), decided).unheld;
    });
    if (unheld.length > 0) this.#deriveFrom(Math.min(...unheld.map(({ arrival }) => arrival)));
  }

  #isBehind(): boolean {
    const { layout, index, packs, frozen } = this.#stores;
    const { pack, offset } = index.covered;
    if (!isNotedFrozen(layout, frozen) || hasSuspects(layout.index)) return true;
    return packs.size(pack) !== offset || packs.list().some((later) => later > pack);
  }

  /** Reads the packs again from a commit on: a freeze undid some of what the index says of it. */
  #deriveFrom(arrival: number): void {
    const interpreter = this.#knowing();
    // without room on the disk this command goes on with the index as it is, and the next one tries again
    const isForgotten = couldWrite(() => this.#stores.index.forgetFrom(arrival));
    if (isForgotten) this.#stores.reload();
    this.#catchUp({ interpreter, inMemory: !isForgotten });
  }

  /** The same for freezes by which the index was not derived: proofs that came just before a crash, or are gone. */
  #deriveMoved(): void {
    const { layout, frozen } = this.#stores;
    if (isNotedFrozen(layout, frozen)) return;
    const moved = movedLogs(layout, frozen);
    // what a later log took back may have to be undone in an older one
    const persons = new Set(moved.flatMap((log) => this.#known.log(log)?.person ?? []));
    const others = [...persons].flatMap((person) => this.#known.logsOfPerson(person).map(({ log }) => log));
    const records = [...new Set([...moved, ...others])].map((log) => this.#known.records(log));
    const changed = records.filter((runs) => runs.some((run) => run.dropped || run.unheld)).flat();
    if (changed.length > 0) this.#deriveFrom(Math.min(...changed.map(({ arrival }) => arrival)));
    noteFrozen(layout, this.#stores.frozen);
  }

  /** Completes what a killed process had begun; which commits it was about is not known, so the index starts anew. */
  #recoverExchange(exchange: Exchange): void {
    const { layout } = this.#stores;
    revealPacks(layout, exchange);
    Index.remove(layout.index);
    removePacks(layout, exchange);
    this.#stores.reload();
  }

  #catchUp(options: CatchUp = {}): void {
    const { packs, index } = this.#stores;
    for (const stretch of stretchesFrom(packs, index.covered, index.lastArrival)) {
      if (!stretch.frame && isInterrupted(packs, stretch, index.lastArrival > 0)) continue;
      if (!stretch.frame && !options.inMemory && !options.isMended) {
        this.mend();
        return;
      }
      this.#addCommit(stretch, options);
    }
    if (!options.inMemory) this.#stores.tidyIndex();
  }

  #addCommit(stretch: Stretch, { inMemory, interpreter = this.#known.interpreter }: CatchUp): void {
    const { packs, index, losses } = this.#stores;
    const { pack, commit, end, frame } = stretch;
    const isFirst = index.lastArrival === 0;
    const segments = frame ? segmentsOf(packs, frame) : wholeSegments(packs, stretch);
    const { introductions, runs } = readCommit(this.#known, { pack, commit, segments }, interpreter);
    // whose logs they are is known of those too whose introductions were lost
    const kept = isFirst ? losses.damage.introductions : [];
    const additions = { introductions: [...kept, ...introductions], runs };
    if (inMemory) index.absorb(additions, { pack, offset: end });
    else index.append(additions, { pack, offset: end });
  }
}
