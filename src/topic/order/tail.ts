// The end of a conversation without the rest: opens only the runs that the last messages stand in, and of those whose clocks
// are known to ascend only their ends (spec/message.md, "Order"). What is not opened yet is represented by the highest clock
// it can hold.
import type { LogId } from '../../format/ids.js';
import { type EntrySource, entriesWithin, type RunView } from '../source.js';
import { createHeap } from './heap.js';
import { effectiveClock, isMessage, NO_CLOCK, type OrderedEntry, type OrderedLog, type OrderOptions } from './order.js';

/** Messages of a run that are looked at in one step, from its end. */
const STEP = 8;

/** The last `count` messages, in order. */
export function tailOf(
  source: EntrySource,
  logs: Iterable<OrderedLog>,
  count: number,
  options: OrderOptions = {},
): OrderedEntry[] {
  const tail: OrderedEntry[] = [];
  if (count <= 0) return tail;
  for (const ordered of fromEnd(source, logs, options)) {
    if (tail.push(ordered) === count) break;
  }
  return tail.reverse();
}

/** The messages of the logs, the last one first: the exact reverse of `inOrder`, and as lazy. */
export function* fromEnd(
  source: EntrySource,
  logs: Iterable<OrderedLog>,
  options: OrderOptions = {},
): Generator<OrderedEntry> {
  const heap = createHeap<Cursor>(isLater);
  for (const { log, maxClock } of logs) heap.push({ log, bound: maxClock, closed: undefined, opened: [] });
  for (let cursor = heap.pop(); cursor; cursor = heap.pop()) {
    const next = cursor.opened.pop();
    if (next) yield next;
    else openMore(source, cursor, options);
    if (lowerBound(cursor)) heap.push(cursor);
  }
}

/** A run that holds messages, or the first part of one, and what those before it in its log leave behind. */
interface ClosedRun {
  readonly run: RunView;
  /** What is not looked at yet ends here. */
  readonly end: number;
  /** Messages in it. */
  readonly messages: number;
  /** Effective clocks before the run and at its end. */
  readonly before: number;
  readonly after: number;
  /** Entries are missing before its first message. */
  readonly afterGap: boolean;
}

/** Where the reader stands in one log. */
interface Cursor {
  readonly log: LogId;
  /** No message that is left sorts behind this clock; while messages are opened, the last one sorts by it. */
  bound: number;
  /** Runs not opened yet; undefined until the index was asked. */
  closed: ClosedRun[] | undefined;
  /** What is left of the run opened last, in order. */
  opened: OrderedEntry[];
}

function isLater(a: Cursor, b: Cursor): boolean {
  return a.bound === b.bound ? a.log > b.log : a.bound > b.bound;
}

/** One step into the log: first its runs from the index, then one run from its pack. */
function openMore(source: EntrySource, cursor: Cursor, options: OrderOptions): void {
  const last = cursor.closed?.pop();
  if (!last) cursor.closed = closedRuns(source, cursor.log);
  else if (last.run.ascending) openEnd(source, cursor, last, options);
  else cursor.opened = openRun(source, last, options);
}

/** Adjusts the bound after a step; false when nothing is left. */
function lowerBound(cursor: Cursor): boolean {
  const bound = cursor.opened.at(-1)?.clock ?? cursor.closed?.at(-1)?.after;
  if (bound !== undefined) cursor.bound = bound;
  return bound !== undefined;
}

function closedRuns(source: EntrySource, log: LogId): ClosedRun[] {
  const closed: ClosedRun[] = [];
  let before = NO_CLOCK;
  let end = 0;
  let afterGap = false;
  for (const run of source.runs(log)) {
    const after = run.clocks ? Math.max(before, run.maxClock) : before;
    afterGap ||= run.first !== end;
    end = run.end;
    if (run.messages > 0) {
      closed.push({ run, end: run.end, messages: run.messages, before, after, afterGap });
      afterGap = false;
    }
    before = after;
  }
  return closed;
}

function openRun(source: EntrySource, closed: ClosedRun, options: OrderOptions): OrderedEntry[] {
  const opened: OrderedEntry[] = [];
  let { before: clock, afterGap } = closed;
  for (const entry of entriesWithin(source, closed.run, closed.run.end)) {
    if (!isMessage(entry)) continue;
    clock = effectiveClock(entry, clock);
    if (!options.isHidden?.(entry)) opened.push({ entry, clock, afterGap });
    afterGap = false;
  }
  return opened;
}

/** Where clocks ascend each message sorts by its own, whatever stands before it in the run. */
function openEnd(source: EntrySource, cursor: Cursor, closed: ClosedRun, options: OrderOptions): void {
  const run = source.within(closed.run);
  const opened: OrderedEntry[] = [];
  let { end, messages: left, after: clock } = closed;
  const enough = Math.max(0, left - STEP);
  while (left > enough && end > closed.run.first) {
    const entry = run.entry(--end);
    if (!entry || !isMessage(entry)) continue;
    left--;
    clock = effectiveClock(entry, closed.before);
    if (!options.isHidden?.(entry)) opened.push({ entry, clock, afterGap: closed.afterGap && left === 0 });
  }
  cursor.opened = opened.reverse();
  // of a run that has rotten nothing is found
  if (left > 0 && end > closed.run.first) cursor.closed?.push({ ...closed, end, messages: left, after: clock });
}
