// The order of a conversation: (clock, log id, seq), where an entry without a clock of its own above its predecessor's
// sorts right after that (spec/message.md, "Order"). tail.ts gives the same order from its end.
import type { LogId } from '../../format/ids.js';
import { decodeMeta } from '../../format/log/meta.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { readClock } from '../message/message-clock.js';
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
 * Every message of the logs in order, decoding each log as the merge gets there. Those from where a log froze stand in it
 * too: behind them in their log is nothing that they could move and others would not.
 */
export function* inOrder(
  source: EntrySource,
  logs: Iterable<Pick<OrderedLog, 'log'>>,
  options: OrderOptions = {},
): Generator<OrderedEntry> {
  const heap = createHeap<Cursor>((a, b) => isEarlier(a.next, b.next));
  for (const { log } of logs) pushNext(heap, inLogOrder(source, log, options));
  for (let cursor = heap.pop(); cursor; cursor = heap.pop()) {
    yield cursor.next;
    pushNext(heap, cursor.rest);
  }
}

/** Whether the entry is a message: neither introduction nor housekeeping, which never order. */
export function isMessage(entry: Pick<StoredEntry, 'seq' | 'meta'>): boolean {
  return entry.seq > 0 && !decodeMeta(entry.meta).housekeeping;
}

/** The clock that a message sorts by when the one before it in its log sorts by `before`. */
export function effectiveClock(message: StoredEntry, before: number): number {
  return Math.max(before, (message.payload && readClock(message.payload)) ?? NO_CLOCK);
}

/** The clock that the entry at a place sorts by; -1 when it has none. */
export function clockAt(source: EntrySource, { log, seq }: { readonly log: LogId; readonly seq: number }): number {
  const before = source.runs(log).filter((run) => run.clocks && run.end <= seq);
  let clock = Math.max(NO_CLOCK, ...before.map((run) => run.maxClock));
  const run = source.runs(log).find((one) => one.first <= seq && seq < one.end);
  for (const entry of run ? source.entries(log, run.first, seq + 1) : []) {
    if (entry.seq === seq) return effectiveClock(entry, clock);
    if (isMessage(entry)) clock = effectiveClock(entry, clock);
  }
  return NO_CLOCK;
}

interface Cursor {
  readonly next: OrderedEntry;
  readonly rest: Iterator<OrderedEntry>;
}

function isEarlier(a: OrderedEntry, b: OrderedEntry): boolean {
  if (a.clock !== b.clock) return a.clock < b.clock;
  return a.entry.log === b.entry.log ? a.entry.seq < b.entry.seq : a.entry.log < b.entry.log;
}

function pushNext(heap: Heap<Cursor>, rest: Iterator<OrderedEntry>): void {
  const { done, value } = rest.next();
  if (!done) heap.push({ next: value, rest });
}

function* inLogOrder(source: EntrySource, log: LogId, options: OrderOptions): Generator<OrderedEntry> {
  let clock = NO_CLOCK;
  let afterGap = false;
  for (const entry of source.entries(log)) {
    afterGap ||= entry.afterGap;
    const isOrdering = isMessage(entry);
    if (!isOrdering && !options.everything) continue;
    const here = effectiveClock(entry, clock);
    if (!options.isHidden?.(entry)) yield { entry, clock: here, afterGap };
    if (isOrdering) clock = here;
    afterGap = false;
  }
}
