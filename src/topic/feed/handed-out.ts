// What was handed out to a consumer, as it is shown: the same messages with the same offsets, for as long as they are not
// committed (spec/cli.md, "feed").
import type { EntryId, LogId, TopicId } from '../../format/ids.js';
import type { OrderedEntry } from '../order/order.js';
import { messagesAt } from '../order/placed.js';
import { type Acquainted, openPeople } from '../reading/people.js';
import type { MessageState, MessageView } from '../reading/view.js';
import { openViewer, type Viewer } from '../reading/viewer.js';
import type { Consumer, HandedOut } from './consumer.js';

/** One message that was handed out. */
export interface Handed {
  readonly offset: number;
  readonly id: EntryId;
  /** Where it is shown; undefined when it cannot be any more. */
  readonly shown: { readonly viewer: Viewer; readonly ordered: OrderedEntry } | undefined;
  /** What became of it; undefined when it is not here any more. */
  readonly state: MessageState | undefined;
}

const SHOWN: readonly MessageState[] = ['shown', 'unreadable', 'edit', 'reaction'];

/** All of them, in the order in which they were handed out; `labelOf` says what a topic is called. */
export function* handedOutTo(
  around: Acquainted,
  { offset, handedOut }: Consumer,
  labelOf: (topic: TopicId) => string,
): Generator<Handed> {
  const viewerOf = openViewers(around, labelOf);
  const messageOf = openMessages(around, handedOut);
  let at = offset;
  for (const handed of handedOut) {
    const { id } = handed;
    const found = findShown(around, handed, { viewerOf, messageOf });
    yield { offset: ++at, id, shown: found?.isShown ? found : undefined, state: found?.view.state };
  }
}

interface Found {
  readonly viewer: Viewer;
  readonly ordered: OrderedEntry;
  readonly view: MessageView;
  readonly isShown: boolean;
}

interface Sources {
  viewerOf(topic: TopicId): Viewer;
  messageOf(place: Pick<HandedOut, 'log' | 'seq'>): OrderedEntry | undefined;
}

function findShown({ repository }: Acquainted, handed: HandedOut, { viewerOf, messageOf }: Sources): Found | undefined {
  const topic = repository.log(handed.log)?.topic;
  const ordered = messageOf(handed);
  if (!topic || ordered?.entry.id !== handed.id) return undefined;
  const viewer = viewerOf(topic);
  // what was written again may be shown where it was written first, which came later
  const place = viewer.places.of(handed)?.places[0];
  const there = (place && messageOf(place)) ?? ordered;
  const view = viewer.view(there);
  const isShown = SHOWN.includes(view.state) || (view.state === 'contradicted' && handed.marked === true);
  return { viewer, ordered: there, view, isShown };
}

function openViewers(around: Acquainted, labelOf: (topic: TopicId) => string): Sources['viewerOf'] {
  const people = openPeople(around);
  const known = new Map<TopicId, Viewer>();
  return (topic) => {
    const viewer = known.get(topic) ?? openViewer(around, { topic, label: labelOf(topic) }, people);
    known.set(topic, viewer);
    return viewer;
  };
}

/** Of each log those that were handed out are looked for at once. */
function openMessages({ repository }: Acquainted, handedOut: readonly HandedOut[]): Sources['messageOf'] {
  const seqs = new Map<LogId, Set<number>>();
  for (const { log, seq } of handedOut) seqs.set(log, (seqs.get(log) ?? new Set()).add(seq));
  const known = new Map<LogId, ReadonlyMap<number, OrderedEntry>>();
  return ({ log, seq }) => {
    const wanted = seqs.get(log) ?? new Set([seq]);
    if (!wanted.has(seq)) return messagesAt(repository, log, new Set([seq])).get(seq);
    const found = known.get(log) ?? messagesAt(repository, log, wanted);
    known.set(log, found);
    return found.get(seq);
  };
}
