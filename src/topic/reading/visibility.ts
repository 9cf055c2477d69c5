// What became of a message, and whether it is shown (spec/message.md, "Retraction", "Expiry").
import type { EntryId, LogId } from '../../format/ids.js';
import { decodeMeta } from '../../format/log/meta.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import type { Message } from '../message/message.js';
import { isEvent, needsNewerVersion } from '../payload.js';
import { frozenAt } from '../source.js';
import type { Links } from './links.js';
import type { People } from './people.js';
import type { Placed, Places } from './places.js';
import { openRetractions } from './retracted.js';
import type { MessageState } from './view.js';

const DAY_MS = 86_400_000;

/** Why something is not shown in its place. */
type Unseen = Exclude<MessageState, 'shown' | 'unreadable' | 'waiting' | 'locked' | 'newer-version' | 'contradicted'>;

/** Answers for the messages of one repository, as things stand when it is opened. */
export interface Visibility {
  /** Why the entry is not shown, known without decoding its payload; undefined when nothing stands against it. */
  ofEntry(entry: StoredEntry): Unseen | undefined;
  /** The whole answer; `message` is what its payload decodes to. */
  ofMessage(entry: StoredEntry, message: Message | undefined): MessageState;
}

/** What decides about messages here. */
export interface VisibilityOptions {
  readonly repository: Repository;
  readonly people: People;
  readonly hidden: ReadonlySet<EntryId>;
  /** In a private topic: below which length entries of a log count; undefined while all of it waits. */
  readonly endOf?: ((log: LogId) => number | undefined) | undefined;
  /** Those of the messages' topic. */
  readonly places: Places;
  readonly links: Links;
}

/** The visibility of the repository's messages. */
export function openVisibility({ repository, people, hidden, places, links, endOf }: VisibilityOptions): Visibility {
  const now = repository.world.now();
  const retractions = openRetractions(repository);
  const isHidden = (entry: StoredEntry, placed: Placed | undefined): boolean =>
    hidden.has(entry.id) || placed?.places.some(({ id }) => hidden.has(id)) === true;
  const isAnyForgotten = repository.logsWithForgotten().length > 0;
  const isForgotten = (entry: StoredEntry, placed: Placed | undefined): boolean =>
    (placed?.places ?? [entry]).some(({ log, seq }) => repository.forgotten(log).has(seq));
  const isVoid = ({ log, seq }: StoredEntry): boolean => {
    const end = seq > 0 && endOf ? endOf(log) : Number.POSITIVE_INFINITY;
    return end !== undefined && seq >= end;
  };
  const inItself: Visibility['ofEntry'] = (entry) => {
    const placed = places.of(entry);
    if ((hidden.size > 0 && isHidden(entry, placed)) || people.isBlocked(entry.log)) return 'hidden';
    if (placed ? retractions.ofMessage(placed) : retractions.has(entry)) return 'retracted';
    if (isAnyForgotten && isForgotten(entry, placed)) return 'forgotten';
    if (hasExpired(shownOf(repository, entry, placed), now)) return 'expired';
    if (places.isElsewhere(entry)) return 'copy';
    if (isVoid(entry)) return 'void';
    if (!entry.payload) return 'dropped';
    return entry.seq > 0 && isEvent(entry) ? 'event' : undefined;
  };
  const ofEntry: Visibility['ofEntry'] = (entry) => {
    const state = inItself(entry);
    const link = state === undefined ? links.of(entry) : undefined;
    if (!link) return state;
    const target = repository.entry(link.target.log, link.target.seq);
    // it was taken back where it is not held
    if (!target || target.id !== link.target.id) return 'retracted';
    const ofTarget = inItself(target);
    // a text that nothing is here for stands for itself
    if (ofTarget === 'dropped' && link.kind === 'edit') return state;
    return ofTarget === undefined || ofTarget === 'dropped' ? link.kind : ofTarget;
  };
  return {
    ofEntry,
    ofMessage: (entry, message) => {
      const unseen = ofEntry(entry);
      if (unseen) return unseen;
      if (entry.seq >= frozenAt(repository, entry.log)) return 'contradicted';
      if ((!message || entry.seq === 0) && needsNewerVersion(entry)) return 'newer-version';
      if (endOf && entry.seq > 0 && endOf(entry.log) === undefined) return 'waiting';
      if (message || entry.seq === 0) return 'shown';
      return (entry.payload && repository.interpreter.whyUnopened(entry, entry.payload)) ?? 'unreadable';
    },
  };
}

/** The entry itself, or that in the place where its message is shown. */
function shownOf(repository: Repository, entry: StoredEntry, placed: Placed | undefined): StoredEntry {
  const shown = placed?.places[0];
  if (!shown || (shown.log === entry.log && shown.seq === entry.seq)) return entry;
  return repository.entry(shown.log, shown.seq) ?? entry;
}

/** Whether the entry's day has come on this clock. */
function hasExpired(entry: StoredEntry, now: number): boolean {
  if (entry.meta.length === 0) return false;
  const { expires } = decodeMeta(entry.meta);
  return expires !== undefined && expires * DAY_MS <= now;
}
