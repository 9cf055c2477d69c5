// Messages of a topic that say what somebody looks for, with those around them; no more of them in memory than are shown at
// once (spec/cli.md, "search").
import type { Repository } from '../../repository/repository.js';
import { inOrder, type OrderedEntry } from '../order/order.js';
import { fromEnd } from '../order/tail.js';
import { isWanted, type Wanted } from './reading.js';
import type { Viewer } from './viewer.js';

/** What is looked for. */
export interface Searched extends Pick<Wanted, 'number' | 'since' | 'until' | 'author' | 'matches'> {
  /** Messages that are shown before and behind each. */
  readonly context: number;
}

/** A message that was found, or stands near one. */
export interface Found {
  readonly ordered: OrderedEntry;
  readonly isMatch: boolean;
  /** Its place among the messages that are shown, counted from one end of the conversation. */
  readonly place: number;
}

/**
 * What is found among the messages that are shown, oldest first. With `apart`, as in `readTopic`, no message whose clock lies
 * far ahead takes the place of another one at the end.
 */
export function searchTopic(
  repository: Repository,
  viewer: Viewer,
  searched: Searched,
  { apart = false }: { readonly apart?: boolean } = {},
): Iterable<Found> {
  const logs = repository.logsOfTopic(viewer.topic.topic);
  const isMatch = matching(repository, viewer, searched);
  const isHidden = (entry: OrderedEntry['entry']): boolean => viewer.visibility.ofEntry(entry) !== undefined;
  const { number, context } = searched;
  if (number === undefined) return around(inOrder(repository, logs, { isHidden }), isMatch, context);
  const shown = shownOf(fromEnd(repository, logs), isHidden);
  return lastOf(shown, isMatch, { number, context, isAhead: apart ? viewer.isAhead : () => false });
}

function matching(repository: Repository, viewer: Viewer, searched: Searched): (ordered: OrderedEntry) => boolean {
  const { since, until, author, matches } = searched;
  const isOne = isWanted(repository, viewer, { author, matches });
  return ({ entry, clock }) =>
    (since === undefined || clock >= since) && (until === undefined || clock < until) && isOne(entry);
}

function* shownOf(
  entries: Iterable<OrderedEntry>,
  isHidden: (entry: OrderedEntry['entry']) => boolean,
): Generator<OrderedEntry> {
  for (const ordered of entries) if (!isHidden(ordered.entry)) yield ordered;
}

/** Those that match, with so many before and behind each; in whichever direction they come. */
function* around(
  entries: Iterable<OrderedEntry>,
  isMatch: (ordered: OrderedEntry) => boolean,
  context: number,
): Generator<Found> {
  let place = 0;
  let left = 0;
  const before: Found[] = [];
  for (const ordered of entries) {
    const found = { ordered, isMatch: isMatch(ordered), place: place++ };
    if (found.isMatch) {
      yield* before.splice(0);
      left = context;
      yield found;
    } else if (left > 0) {
      left--;
      yield found;
    } else if (context > 0) {
      before.push(found);
      if (before.length > context) before.shift();
    }
  }
}

interface Last {
  readonly number: number;
  readonly context: number;
  isAhead(ordered: OrderedEntry): boolean;
}

/** Out of what comes from the end the last so many matches with what is around them, oldest first; those ahead before all. */
function lastOf(
  shown: Iterable<OrderedEntry>,
  isMatch: (ordered: OrderedEntry) => boolean,
  { number, context, isAhead }: Last,
): Found[] {
  const counts = { last: 0, ahead: 0 };
  const isCounted = (ordered: OrderedEntry): boolean =>
    isMatch(ordered) && ++counts[isAhead(ordered) ? 'ahead' : 'last'] <= number;
  const last: Found[] = [];
  const ahead: Found[] = [];
  const looked = until(shown, context, () => counts.last >= number);
  for (const one of around(looked, isCounted, context)) (isAhead(one.ordered) ? ahead : last).push(one);
  return [...ahead.reverse(), ...last.reverse()];
}

/** What comes until something is so, and so many more. */
function* until<T>(items: Iterable<T>, more: number, isSo: () => boolean): Generator<T> {
  let left = more;
  for (const item of items) {
    if (isSo() && left-- <= 0) return;
    yield item;
  }
}
