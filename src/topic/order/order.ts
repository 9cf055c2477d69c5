// The order of a conversation: (clock, log id, seq), where an entry without a clock of its own above its predecessor's
// sorts right after that (spec/message.md, "Order"). tail.ts gives the same order from its end.
import type { LogId } from '../../format/ids.js';
import { decodeMeta } from '../../format/log/meta.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { clockIn } from '../payload.js';
import type { EntrySource } from '../source.js';
import { createHeap, type Heap } from './heap.js';

/** The effective clock of entries before which no clock was readable. */
export const NO_CLOCK = -1;

/** A log whose messages are to be ordered. */
export type OrderedLog = Pick<LogSummary, 'log' | 'maxClock'>;

/** A message in its place. */
export interface OrderedEntry {
  readonly entry: StoredEntry;
  /** The clock it sorts by: the highest among its log's messages up to here, -1 when there is none. */
  readonly clock: number;
  /** Entries of its log are missing between this message and the one before it. */
  readonly afterGap: boolean;
}

/** What a view leaves out. */
export interface OrderOptions {
  /** Expired, retracted, muted: hidden messages still move those behind them. */
  readonly isHidden?: (entry: StoredEntry) => boolean;
  /** Also introductions and housekeeping. They order nothing: each comes where its log stands, a little later if it says so. */
  readonly everything?: boolean;
}

/**
 * Every message of the logs in order. A run is opened when the merge gets to the lowest clock that it can hold, and let go when
 * it is through: of many logs that each said something once, few are open at a time. Those from where a log froze stand in it
 * too: behind them in their log is nothing that they could move and others would not.
 */
export function* inOrder(
  source: EntrySource,
  logs: Iterable<Pick<OrderedLog, 'log'>>,
  options: OrderOptions = {},
): Generator<OrderedEntry> {
  const heap = createHeap<Cursor>(isEarlier);
  for (const { log } of logs) pushNext(heap, new LogCursor(source, log, options));
  for (let cursor = heap.pop(); cursor; cursor = heap.pop()) {
    const next = cursor.take();
    if (next) yield next;
    pushNext(heap, cursor);
  }
}

/** Whether the entry is a message: neither introduction nor housekeeping, which never order. */
export function isMessage(entry: Pick<StoredEntry, 'seq' | 'meta'>): boolean {
  return entry.seq > 0 && !decodeMeta(entry.meta).housekeeping;
}

/** The clock that a message sorts by when the one before it in its log sorts by `before`. */
export function effectiveClock(message: StoredEntry, before: number): number {
  return Math.max(before, clockIn(message) ?? NO_CLOCK);
}

/** The clock that the entry at a place sorts by; -1 when it has none. */
export function clockAt(source: EntrySource, { log, seq }: { readonly log: LogId; readonly seq: number }): number {
  const before = source.runs(log).filter((run) => run.clocks && run.end <= seq);
  let clock = before.reduce((highest, run) => Math.max(highest, run.maxClock), NO_CLOCK);
  const run = source.runs(log).find((one) => one.first <= seq && seq < one.end);
  for (const entry of run ? source.entries(log, run.first, seq + 1) : []) {
    if (entry.seq === seq) return effectiveClock(entry, clock);
    if (isMessage(entry)) clock = effectiveClock(entry, clock);
  }
  return NO_CLOCK;
}

type Cursor = LogCursor;

/** Within a log the order is that of the cursor. */
function isEarlier(a: Cursor, b: Cursor): boolean {
  return a.bound === b.bound ? a.log < b.log : a.bound < b.bound;
}

function pushNext(heap: Heap<Cursor>, cursor: Cursor): void {
  if (cursor.advance()) heap.push(cursor);
}

/** Where the merge stands in one log: before a message, or before a run that is not opened yet. */
class LogCursor {
  readonly log: LogId;
  /** No message that is left sorts before this clock; the next one, if it is known, by it. */
  bound = NO_CLOCK;
  readonly #source: EntrySource;
  readonly #options: OrderOptions;
  #next: OrderedEntry | undefined;
  #entries: Iterator<StoredPlace> | undefined;
  /** Seq behind the last run that was opened, and of the next to be. */
  #from = 0;
  #end = 0;
  /** Seq behind the last entry that was found. */
  #found = 0;
  #clock = NO_CLOCK;
  #afterGap = false;

  constructor(source: EntrySource, log: LogId, options: OrderOptions) {
    this.#source = source;
    this.log = log;
    this.#options = options;
  }

  /** The message that it stands before; undefined when the next run had to be opened first. */
  take(): OrderedEntry | undefined {
    const next = this.#next;
    this.#next = undefined;
    if (!next) this.#entries = this.#source.entries(this.log, this.#from, this.#end)[Symbol.iterator]();
    return next;
  }

  /** Goes on to the next message or run; false at the end of the log. */
  advance(): boolean {
    this.#next = this.#entries && this.#nextIn(this.#entries);
    if (this.#next) this.bound = this.#next.clock;
    return this.#next !== undefined || this.#nextRun();
  }

  #nextIn(entries: Iterator<StoredPlace>): OrderedEntry | undefined {
    for (let step = entries.next(); !step.done; step = entries.next()) {
      const ordered = this.#ordered(step.value);
      if (ordered) return ordered;
    }
    // a run that has rotten, and so any behind it, is a gap
    this.#afterGap ||= this.#found !== this.#end;
    this.#entries = undefined;
    return undefined;
  }

  #ordered(entry: StoredPlace): OrderedEntry | undefined {
    this.#found = entry.seq + 1;
    this.#afterGap ||= entry.afterGap;
    const isOrdering = isMessage(entry);
    if (!isOrdering && !this.#options.everything) return undefined;
    const clock = effectiveClock(entry, this.#clock);
    const afterGap = this.#afterGap;
    if (isOrdering) this.#clock = clock;
    this.#afterGap = false;
    return this.#options.isHidden?.(entry) ? undefined : { entry, clock, afterGap };
  }

  /** The next run that holds messages, with those before it that hold none; at the end those: whoever reads notices rot. */
  #nextRun(): boolean {
    const left = this.#source.runs(this.log).filter((run) => run.first >= this.#end);
    const run = left.find(({ messages }) => messages > 0) ?? left.at(-1);
    if (!run) return false;
    this.#from = this.#end;
    this.#end = run.end;
    this.#found = 0;
    // what has no readable clock sorts by the one before it
    const isKnown = run.ascending && this.#options.everything !== true;
    this.bound = isKnown ? Math.max(this.#clock, run.minClock) : this.#clock;
    return true;
  }
}

type StoredPlace = StoredEntry & Pick<OrderedEntry, 'afterGap'>;
