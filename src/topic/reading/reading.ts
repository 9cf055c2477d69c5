// Which messages of a topic a reader wants, in order, and no more of the packs opened than that takes.
import type { LogId, PersonId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { RangeSet } from '../../repository/index/range-set.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { inOrder, type OrderedEntry } from '../order/order.js';
import { fromEnd } from '../order/tail.js';
import type { Matcher } from './matcher.js';
import { wasThere } from './places.js';
import type { Viewer } from './viewer.js';

/** What to read; conditions add up. */
export interface Wanted {
  /** The last so many. */
  readonly number?: number | undefined;
  readonly unread?: boolean | undefined;
  /** Not before this clock, ms. */
  readonly since?: number | undefined;
  /** Before this clock, ms. */
  readonly until?: number | undefined;
  readonly arrived?: WantedArrival | undefined;
  readonly author?: PersonId | undefined;
  /** What its text, or the name of a file that it brings, must match. */
  readonly matches?: Matcher | undefined;
  /** Also what its author took back, but no edits and reactions. */
  readonly retracted?: boolean | undefined;
  /** Also what is not shown, and entries that are no messages. */
  readonly all?: boolean | undefined;
}

/** What came to this computer lately, whenever it was written. */
export interface WantedArrival {
  /** Not before this time on the own clock, ms. */
  readonly since: number;
  /** Called for each message that would be wanted, if it was known when it came. */
  onUnknown(): void;
}

/** Above so many unread messages the whole conversation is gone through instead of gathering them from its end. */
const GATHER_MAX = 10_000;
/** So many messages at the end of a conversation are likely to be read again before others have taken their place. */
const AGAIN_MAX = 256;

/**
 * The wanted messages, oldest first; in a stream as long as nothing asks for the end only. With `apart` no message whose clock
 * lies far ahead takes the place of another one at the end: as many of them as there can be others come before these.
 */
export function readTopic(
  repository: Repository,
  viewer: Viewer,
  wanted: Wanted,
  { apart = false }: { readonly apart?: boolean } = {},
): Iterable<OrderedEntry> {
  const logs = repository.logsOfTopic(viewer.topic.topic);
  const isHidden = leftOutBy(repository, viewer, wanted);
  if (wanted.all) {
    const entries = inOrder(repository, logs, { isHidden, everything: true });
    return lastOf(between(entries, wanted), wanted.number);
  }
  if (!readsFromEnd(viewer, wanted)) return between(inOrder(repository, logs, { isHidden }), wanted);
  return gatherFromEnd(repository, logs, viewer, { ...wanted, isHidden, apart });
}

/**
 * What is unread, with some messages before it; with nothing unread, the last ones. Before all stands what has a clock that
 * lies far ahead: what is unread of it, and as much else as stands before the unread.
 */
export function readNews(
  repository: Repository,
  viewer: Viewer,
  size: { readonly context: number; readonly idle: number },
): OrderedEntry[] {
  const logs = repository.logsOfTopic(viewer.topic.topic);
  const gathered: OrderedEntry[] = [];
  const ahead: OrderedEntry[] = [];
  let missing = viewer.unread.count;
  let old = size.context;
  let more = viewer.unread.count > 0 ? size.context : size.idle;
  if (missing + more <= AGAIN_MAX) repository.useRecent();
  for (const ordered of fromEnd(repository, logs)) {
    const isUnread = viewer.unread.has(ordered.entry);
    if (isUnread) missing--;
    const isShown = viewer.visibility.ofEntry(ordered.entry) === undefined;
    if (isShown && viewer.isAhead(ordered)) {
      if (isUnread || old-- > 0) ahead.push(ordered);
      continue;
    }
    if (isShown && missing <= 0 && !isUnread && more-- <= 0) break;
    if (isShown) gathered.push(ordered);
  }
  return [...ahead.reverse(), ...gathered.reverse()];
}

/** The messages that came after commit number `since`, in order. */
export function readArrived(repository: Repository, viewer: Viewer, wanted: Wanted, since: number): OrderedEntry[] {
  const fresh = repository.arrivedAfter(since).filter((run) => !run.unheld && run.messages > 0);
  const logs = repository.logsOfTopic(viewer.topic.topic);
  const inTopic = new Set(logs.map(({ log }) => log));
  const runs = fresh.filter(({ log }) => inTopic.has(log));
  let missing = runs.reduce((sum, run) => sum + run.messages, 0);
  const places = new Map<LogId, RangeSet>();
  for (const [log, list] of byLog(runs)) places.set(log, new RangeSet(list));
  const isFresh = ({ log, seq }: StoredEntry): boolean => places.get(log)?.has(seq) === true;
  const isLeftOut = leftOutBy(repository, viewer, wanted);
  const isHidden = (entry: StoredEntry): boolean => {
    const placed = viewer.places.of(entry);
    return (placed !== undefined && wasThere(placed, since)) || isLeftOut(entry);
  };
  const gathered: OrderedEntry[] = [];
  if (missing === 0) return gathered;
  for (const ordered of fromEnd(repository, logs)) {
    if (!isFresh(ordered.entry)) continue;
    if (isBetween(ordered, wanted) && !isHidden(ordered.entry)) gathered.push(ordered);
    if (--missing === 0) break;
  }
  return gathered.reverse();
}

function byLog(runs: readonly RunRecord[]): Map<LogId, Range[]> {
  const found = new Map<LogId, Range[]>();
  for (const { log, first, end } of runs) {
    const list = found.get(log) ?? [];
    list.push({ from: first, end });
    found.set(log, list);
  }
  return found;
}

function leftOutBy(repository: Repository, viewer: Viewer, wanted: Wanted): (entry: StoredEntry) => boolean {
  const isOne = isWanted(repository, viewer, wanted);
  return (entry) => {
    if (wanted.unread && !viewer.unread.has(entry)) return true;
    if (!wanted.all && isUnseen(viewer, entry, wanted)) return true;
    return !isOne(entry) || (wanted.arrived !== undefined && !cameLately(viewer, entry, wanted.arrived));
  };
}

function isUnseen(viewer: Viewer, entry: StoredEntry, { retracted }: Wanted): boolean {
  const state = viewer.visibility.ofEntry(entry);
  if (state === 'retracted' && retracted) return viewer.links.of(entry) !== undefined;
  return state !== undefined;
}

/** Whether a message is by whom it is wanted from, and says what is wanted. */
export function isWanted(
  repository: Repository,
  viewer: Viewer,
  { author, matches }: Pick<Wanted, 'author' | 'matches'>,
): (entry: StoredEntry) => boolean {
  return (entry) => {
    if (author && repository.log(entry.log)?.person !== author) return false;
    return matches === undefined || says(viewer, entry, matches);
  };
}

function cameLately({ arrivals }: Viewer, entry: StoredEntry, { since, onUnknown }: WantedArrival): boolean {
  const at = arrivals.of(entry);
  if (at === undefined) onUnknown();
  return at !== undefined && at >= since;
}

function says(viewer: Viewer, entry: StoredEntry, matches: Matcher): boolean {
  const state = viewer.visibility.ofEntry(entry);
  if (!entry.payload || state === 'retracted' || state === 'expired') return false;
  return matches([viewer.textOf(entry) ?? '', ...viewer.attachedTo(entry).map(({ name }) => name)]);
}

function readsFromEnd({ unread }: Viewer, wanted: Wanted): boolean {
  if (wanted.number !== undefined || wanted.since !== undefined) return true;
  return wanted.unread === true && unread.count <= GATHER_MAX;
}

function gatherFromEnd(
  repository: Repository,
  logs: readonly LogSummary[],
  viewer: Viewer,
  wanted: Wanted & { readonly isHidden: (entry: StoredEntry) => boolean; readonly apart: boolean },
): OrderedEntry[] {
  const { unread } = viewer;
  const gathered: OrderedEntry[] = [];
  const ahead: OrderedEntry[] = [];
  const most = wanted.number ?? Number.POSITIVE_INFINITY;
  let missing = wanted.unread ? unread.count : Number.POSITIVE_INFINITY;
  if (isReadAgain(wanted, Math.min(most, missing))) repository.useRecent();
  if (most === 0 || missing === 0) return gathered;
  for (const ordered of fromEnd(repository, logs)) {
    if (wanted.since !== undefined && ordered.clock < wanted.since) break;
    if (wanted.unread && unread.has(ordered.entry)) missing--;
    if (isBetween(ordered, wanted) && !wanted.isHidden(ordered.entry)) {
      const isApart = wanted.apart && viewer.isAhead(ordered);
      if (isApart && ahead.length < most) ahead.push(ordered);
      if (!isApart && gathered.push(ordered) >= most) break;
    }
    if (missing === 0) break;
  }
  return [...ahead.reverse(), ...gathered.reverse()];
}

/** Who looks for something passes by much that nobody asks for again. */
function isReadAgain({ author, matches }: Wanted, count: number): boolean {
  return author === undefined && matches === undefined && count <= AGAIN_MAX;
}

function* between(entries: Iterable<OrderedEntry>, wanted: Wanted): Generator<OrderedEntry> {
  for (const ordered of entries) if (isBetween(ordered, wanted)) yield ordered;
}

function isBetween({ clock }: OrderedEntry, { since, until }: Wanted): boolean {
  return (since === undefined || clock >= since) && (until === undefined || clock < until);
}

function lastOf(entries: Iterable<OrderedEntry>, count: number | undefined): Iterable<OrderedEntry> {
  if (count === undefined) return entries;
  const kept: OrderedEntry[] = [];
  for (const ordered of entries) {
    kept.push(ordered);
    if (kept.length > 2 * count + 1_000) kept.splice(0, kept.length - count);
  }
  return count === 0 ? [] : kept.slice(-count);
}
