// From stored entries to the messages that are shown (spec/message.md, "Reading").
import { asText } from '../../format/cbor/cbor.js';
import type { EntryId } from '../../format/ids.js';
import { decodeMeta } from '../../format/log/meta.js';
import { readMarks } from '../../repository/read-marks.js';
import { openBlobProgress } from '../../repository/store/blob-progress.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { type Attachment, countingAttachments } from '../message/attachment.js';
import { type Cited, hasId, type Message, textOf } from '../message/message.js';
import { openCited } from '../order/cited.js';
import { AHEAD_MAX_MS, BEHIND_MAX_MS } from '../order/clock.js';
import { openClockJudge } from '../order/clock-judge.js';
import { NO_CLOCK, type OrderedEntry } from '../order/order.js';
import { messageIn } from '../payload.js';
import { endsOf } from '../private/noted-ends.js';
import type { Topic } from '../topics.js';
import { type ArrivalTimes, openArrivalTimes } from './arrival-times.js';
import { readHidden } from './hidden.js';
import { type Linked, openLinked } from './linked.js';
import { type Links, openLinks } from './links.js';
import { type Acquainted, openPeople, type People } from './people.js';
import { openPlaces, type Places } from './places.js';
import { SeenIds } from './seen-ids.js';
import { type Unread, unreadOf } from './unread.js';
import type { AttachmentView, CitedView, EditView, MessageState, MessageView, ReactionView, Snippet } from './view.js';
import { openVisibility, type Visibility } from './visibility.js';
import { openWaits } from './waits-for.js';

/** Makes the views of one topic's messages. */
export interface Viewer {
  readonly topic: Pick<Topic, 'topic' | 'label'>;
  readonly people: People;
  readonly visibility: Visibility;
  readonly unread: Unread;
  readonly places: Places;
  readonly links: Links;
  readonly arrivals: ArrivalTimes;
  /** Whether the place of a message among the others can't be right: its clock lies far ahead of the conversation. */
  isAhead(ordered: OrderedEntry): boolean;
  /** Edits of the message of an entry that are not taken back themselves, oldest first. */
  editsOf(entry: StoredEntry): readonly EditView[];
  /** The text of the message of an entry, as it is since the newest edit. */
  textOf(entry: StoredEntry): string | undefined;
  /** The files that the message of an entry brings. */
  attachedTo(entry: StoredEntry): readonly Attachment[];
  /** The message with everything that is known about it. */
  view(ordered: OrderedEntry): MessageView;
  /** The message that another one cites, if exactly that one is held; what is not shown has no text. */
  at(cited: CitedView): Snippet | undefined;
}

const IN_PLAIN_VIEW: readonly MessageState[] = ['shown', 'contradicted'];
const READABLE: readonly MessageState[] = [...IN_PLAIN_VIEW, 'hidden', 'edit', 'reaction'];
const NO_REACTIONS: readonly ReactionView[] = [];
const NO_ATTACHMENTS: readonly AttachmentView[] = [];
const NOTHING = { time: undefined, type: '', again: undefined, reply: undefined } as const;

/** A viewer for a topic as things stand now; `people` can be shared among several. */
export function openViewer(
  around: Acquainted,
  topic: Pick<Topic, 'topic' | 'label'>,
  people: People = openPeople(around),
): Viewer {
  const { repository, self } = around;
  const places = openPlaces(repository, topic.topic);
  const links = openLinks(repository, topic.topic, places);
  const endOf = endsOf(repository, topic.topic);
  const hidden = readHidden(repository.directory);
  const visibility = openVisibility({ repository, people, hidden, places, links, endOf });
  const linked = openLinked({ repository, visibility, links, self });
  const since = readMarks(repository.layout).get(topic.topic);
  const unread = unreadOf(repository, topic.topic, since, people, places, links);
  const arrivals = openArrivalTimes(repository, places);
  const doubts = doubtsOf(around, topic);
  const progressOf = openBlobProgress(repository.blobs);
  const waits = openWaits(repository, topic.topic, self.device);
  const seen = new SeenIds();
  const citedEntries = openCited(repository, seen);
  /** Whether the entry at a dep's place is the one that is cited, of those deps that name no id. */
  const isCovered = new WeakMap<CitedView, () => boolean>();
  const view = ({ entry, clock, afterGap }: OrderedEntry): MessageView => {
    const message = messageIn(entry);
    const state = visibility.ofMessage(entry, message);
    const { time, type, again, reply } = message ?? NOTHING;
    let answers: { readonly shown: CitedView | undefined } | undefined;
    const isCopy = again !== undefined && isCopyIn(places, entry);
    const clockDoubtful = doubts.isClockDoubtful(entry, clock);
    const deps =
      message?.deps.map((cited) => {
        const dep = citedView(cited, () => citedEntries.idOf(entry, cited));
        if (!hasId(cited)) isCovered.set(dep, () => citedEntries.isCovered(entry, cited));
        return dep;
      }) ?? [];
    const cited = reply === undefined ? undefined : deps[reply];
    const isReadable = READABLE.includes(state);
    const edited = isReadable ? linked.editsOf(entry).at(-1) : undefined;
    return {
      // an id costs the hashes of those before it
      get id() {
        const { id } = entry;
        seen.keep(entry.log, entry.seq, id);
        return id;
      },
      log: entry.log,
      seq: entry.seq,
      topic: topic.label,
      topicId: topic.topic,
      author: people.authorOf(entry.log),
      clock: clock === NO_CLOCK ? undefined : clock,
      time,
      get arrived() {
        return arrivals.of(entry);
      },
      // a copy tells when its original was written, as long ago as that may be
      timeDoubtful:
        message !== undefined &&
        (clockDoubtful || doubts.isTimeDoubtful(entry, message, isCopy ? message.time : clock)),
      clockDoubtful,
      type: typeOf(entry, type),
      text: isReadable ? (edited?.text ?? asText(message?.body)) : undefined,
      edited,
      reactions: isReadable ? linked.reactionsTo(entry) : NO_REACTIONS,
      about: links.of(entry)?.target,
      mentionsUs: message?.mentions?.includes(self.person) === true,
      attachments: isReadable ? attachmentViews(progressOf, entry, message) : NO_ATTACHMENTS,
      reply: cited,
      get answers() {
        answers ??= { shown: whereShown({ places, links }, cited) };
        return answers.shown;
      },
      deps,
      again: isCopy ? again : undefined,
      gap: afterGap,
      damaged: afterGap && isBehindLoss(repository, entry),
      own: people.isOwn(entry.log),
      unread: unread.has(entry),
      state,
      waitsFor: state === 'waiting' ? waits(entry) : undefined,
    };
  };
  const at = (named: CitedView): Snippet | undefined => {
    const cited = whereShown({ places, links }, named) ?? named;
    const entry = repository.entry(cited.log, cited.seq);
    const isSame = entry && (isCovered.get(cited)?.() ?? entry.id === cited.id);
    return isSame ? snippetOf(entry, { people, visibility, linked }) : undefined;
  };
  const text = (entry: StoredEntry): string | undefined => {
    const edit = linked.newestEdit(entry);
    const message = edit ? undefined : messageIn(entry);
    return edit ? edit.text : message && textOf(message);
  };
  const isAhead = ({ entry, clock }: OrderedEntry): boolean => doubts.isClockDoubtful(entry, clock);
  const { editsOf } = linked;
  const attachedTo = (entry: StoredEntry): readonly Attachment[] => countingIn(entry, messageIn(entry));
  const sources = { topic, people, visibility, unread, places, arrivals, links };
  return { ...sources, isAhead, editsOf, textOf: text, attachedTo, view, at };
}

/** Whether the entry says something again, and counts as that. */
function isCopyIn(places: Places, { log, seq }: StoredEntry): boolean {
  const original = places.of({ log, seq })?.original;
  return original !== undefined && (original.log !== log || original.seq !== seq);
}

/** Whether some of what is missing right before an entry was here once. */
function isBehindLoss(repository: Acquainted['repository'], { log, seq }: StoredEntry): boolean {
  const lost = repository.lost(log).findLast(({ end }) => end <= seq);
  return lost !== undefined && repository.runs(log, lost.end, seq).length === 0;
}

/** What a message cites, where it is shown: as it is cited, unless it is known to stand in several places. */
function whereShown({ places, links }: Pick<Viewer, 'places' | 'links'>, cited: CitedView | undefined) {
  const link = cited && !links.isEmpty ? links.of(cited) : undefined;
  // what answers an edit answers the message
  if (link?.kind === 'edit' && link.id === cited?.id) return link.target;
  return placeShown(places, cited);
}

function placeShown(places: Places, cited: CitedView | undefined): CitedView | undefined {
  if (!cited || places.isEmpty) return cited;
  const { log, seq, id } = cited;
  const placed = id === undefined ? undefined : (places.ofOriginal({ log, seq, id }) ?? places.of(cited));
  const isThere = placed?.original.id === id || placed?.places.some((place) => place.id === id);
  return placed && isThere ? placed.places[0] : cited;
}

function citedView({ log, seq }: Cited, find: () => EntryId | undefined): CitedView {
  let found: { readonly id: EntryId | undefined } | undefined;
  return {
    log,
    seq,
    get id() {
      found ??= { id: find() };
      return found.id;
    },
  };
}

function snippetOf(
  entry: StoredEntry,
  { people, visibility, linked }: Pick<Viewer, 'people' | 'visibility'> & { readonly linked: Linked },
): Snippet {
  const { log } = entry;
  const message = messageIn(entry);
  const state = visibility.ofMessage(entry, message);
  const isShown = IN_PLAIN_VIEW.includes(state);
  const edit = isShown ? linked.newestEdit(entry) : undefined;
  const text = isShown ? (edit?.text ?? asText(message?.body)) : undefined;
  return { author: people.authorOf(log), own: people.isOwn(log), text, state, editedAt: edit?.when };
}

/** What is here of the files that message and metadata name. */
function attachmentViews(
  progressOf: ReturnType<typeof openBlobProgress>,
  entry: StoredEntry,
  message: Message | undefined,
): readonly AttachmentView[] {
  if (!message?.attachments) return NO_ATTACHMENTS;
  return countingIn(entry, message).map((attachment) => ({ ...attachment, ...progressOf(attachment) }));
}

function countingIn(entry: StoredEntry, message: Message | undefined): readonly Attachment[] {
  return message?.attachments ? countingAttachments(message.attachments, decodeMeta(entry.meta).blobs) : [];
}

/** The type of an entry; of those that are no messages, so that they can be told apart. */
function typeOf(entry: StoredEntry, type: string): string {
  if (entry.seq === 0) return 'introduction';
  return type === '' && decodeMeta(entry.meta).housekeeping ? 'housekeeping' : type;
}

/** What can't be right, as far as can be told here. */
interface Doubts {
  /** Whether the place among the others is absurd, by whatever drew the entry there. */
  isClockDoubtful(entry: StoredEntry, clock: number): boolean;
  /** Whether the time alone is: far ahead of us and the others, or far behind what its author had seen. */
  isTimeDoubtful(entry: StoredEntry, message: Message, clock: number): boolean;
}

function doubtsOf({ repository, self }: Acquainted, { topic }: Pick<Topic, 'topic'>): Doubts {
  const judge = openClockJudge(repository, topic, self.person);
  return {
    isClockDoubtful: ({ log }, clock) => judge.isAbsurd(log, clock),
    // a clock ahead of ours says nothing of the time: somebody else may have pulled it there
    isTimeDoubtful: ({ log }, { time }, clock) =>
      (clock <= judge.ownTime + AHEAD_MAX_MS && time < clock - BEHIND_MAX_MS) || judge.isAbsurd(log, time),
  };
}
