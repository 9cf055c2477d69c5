// Says again in the present log what lies behind the freeze of older ones (spec/message.md, "Writing copies"). Only under the
// repository's lock. Whoever is stopped in the middle and begins again writes nothing twice: what was written is found as a
// copy, and what was kept for it goes only afterwards.
import type { LogId, PersonId, TopicId } from '../../format/ids.js';
import { decodeMeta, type EndedRange, type Meta } from '../../format/log/meta.js';
import { placementOf } from '../../repository/placement.js';
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { forgetPasts, hasPasts, keptPasts } from '../../repository/store/pasts.js';
import { countingAttachments } from '../message/attachment.js';
import { type Dep, type Message, RETRACT } from '../message/message.js';
import { AHEAD_MAX_MS } from '../order/clock.js';
import type { Citable } from '../order/deps.js';
import { isMessage, NO_CLOCK } from '../order/order.js';
import { clockIn, messageIn } from '../payload.js';
import { CONTROL } from '../private/inner.js';
import { whyNotWritingHere } from '../private/may-write-here.js';
import { viewTopic } from '../private/topic-view.js';
import { openPlaces, type Places } from '../reading/places.js';
import { openRetractions, type Retractions } from '../reading/retracted.js';
import { type Author, activeLog, type TopicPlace } from './own-log.js';
import { type Past, pastsOf, pastsToPassOn, type TakenBack, takenBackBy } from './past.js';
import { type Draft, postLocked } from './post.js';

const DAY_MS = 86_400_000;
/** Ranges with their ids that surely find room in one entry's metadata. */
const RANGES_PER_ENTRY = 8;

/** What was written again. */
export interface WrittenAgain {
  readonly author: Author;
  readonly messages: number;
  readonly retractions: number;
  /** The repository was found to be restored or cloned, and its logs were given up. */
  readonly renewed: boolean;
}

/** Whether anything may be due. */
export function mayBeDue(repository: Repository, person: PersonId): boolean {
  return hasPasts(repository.layout) || (stateOf(repository, person) !== '' && !isDone(repository, person));
}

/**
 * Writes again what is due, as one durable commit a topic.
 * @throws SatchelError as `post`
 */
export async function writeAgain(repository: Repository, author: Author): Promise<WrittenAgain> {
  const { person } = author.self;
  const kept = keptPasts(repository.layout);
  const isDue = mayBeDue(repository, person);
  const pasts = isDue ? pastsOf(repository, person, kept) : [];
  let done: WrittenAgain = { author, messages: 0, retractions: 0, renewed: false };
  const places = placesOf(repository, person, pasts);
  const open = places.filter(({ topic }) => !isClosed(repository, author, topic));
  for (const place of open) done = await writeTopic(repository, done, place, pasts);
  if (open.length < places.length) return done;
  if (isDue) noteDone(repository, person);
  forgetPasts(kept);
  return done;
}

/** A private topic that this device was taken out of: what is due there waits until it is back. */
function isClosed(repository: Repository, { self }: Author, topic: TopicId): boolean {
  const view = viewTopic(repository, topic);
  return view !== undefined && whyNotWritingHere(repository, self, view)?.code === 'not-allowed';
}

/**
 * The logs of a person of which something is left over here that its devices would write again, if they knew what is known
 * here: what they have not met, or what they wrote of it has not come.
 */
export function logsToWriteAgain(repository: Repository, person: PersonId): ReadonlySet<LogId> {
  const pasts = pastsToPassOn(repository, person);
  const topics = new Set(pasts.map(({ log }) => repository.log(log)?.topic).filter((topic) => topic !== undefined));
  const due = [...topics].filter((topic) => {
    const { copies, retractions } = draftsFor(repository, topic, pasts);
    return copies.length + retractions.length > 0;
  });
  return new Set(pasts.flatMap(({ log }) => (due.some((topic) => repository.log(log)?.topic === topic) ? log : [])));
}

async function writeTopic(
  repository: Repository,
  before: WrittenAgain,
  place: TopicPlace,
  pasts: readonly Past[],
): Promise<WrittenAgain> {
  const { around, copies, retractions: others } = draftsFor(repository, place.topic, pasts);
  const retractions = [...others, ...ofOwnCopies(around, before.author, place.topic)];
  if (copies.length + retractions.length === 0) return before;
  const report = await postLocked(repository, before.author, place, [...copies, ...retractions]);
  return {
    author: report.author,
    messages: before.messages + copies.length,
    retractions: before.retractions + retractions.length,
    renewed: before.renewed || report.renewed,
  };
}

/** What of some pasts is to be written again in a topic. */
function draftsFor(repository: Repository, topic: TopicId, pasts: readonly Past[]) {
  const here = pasts.filter(({ log }) => repository.log(log)?.topic === topic);
  const around = { repository, places: openPlaces(repository, topic), retractions: openRetractions(repository) };
  return { around, copies: new Copies(around, here).drafts(), retractions: retractionsIn(around, here) };
}

interface Around {
  readonly repository: Repository;
  readonly places: Places;
  readonly retractions: Retractions;
}

/** Gathers the messages of some pasts that are to be said again. */
class Copies {
  readonly #around: Around;
  readonly #pasts: readonly Past[];
  readonly #takenBack: ReadonlySet<string>;
  readonly #drafts = new Map<string, Draft>();

  constructor(around: Around, pasts: readonly Past[]) {
    this.#around = around;
    this.#pasts = pasts;
    this.#takenBack = new Set(
      pasts.flatMap((past) =>
        past.entries.flatMap((entry) => takenBackBy(past, entry).map((one) => nameOf(lastOf(one)))),
      ),
    );
  }

  drafts(): Draft[] {
    for (const past of this.#pasts) for (const entry of past.entries) this.#add(past, entry);
    return [...this.#drafts.values()];
  }

  #add(past: Past, entry: StoredEntry): void {
    const message = isMessage(entry) ? messageIn(entry) : undefined;
    // what a control entry states is repeated by whoever holds it
    if (!message || message.type === CONTROL || this.#hasExpired(entry)) return;
    const original = this.#originalOf(entry, message);
    if (this.#isKnown(entry, original) || this.#drafts.has(nameOf(original))) return;
    this.#drafts.set(nameOf(original), draftOf(this.#around.repository, past, { entry, message, original }));
  }

  #hasExpired({ meta }: StoredEntry): boolean {
    const { expires } = meta.length === 0 ? {} : decodeMeta(meta);
    return expires !== undefined && expires * DAY_MS <= this.#around.repository.world.now();
  }

  /** Of a copy that counts that of which it is one. */
  #originalOf({ log, seq, id }: StoredEntry, { again }: Message): Dep {
    const { repository } = this.#around;
    const mine = repository.log(log);
    const other = again && again.log !== log ? repository.log(again.log) : undefined;
    return again && other?.person === mine?.person && other?.topic === mine?.topic ? again : { log, seq, id };
  }

  /** Whether it was taken back, or stands in a place that no freeze concerns. */
  #isKnown(entry: StoredEntry, original: Dep): boolean {
    const { places, retractions } = this.#around;
    if (this.#takenBack.has(nameOf(entry)) || this.#takenBack.has(nameOf(original))) return true;
    if (retractions.names(entry) || retractions.names(original)) return true;
    const placed = places.ofOriginal(original);
    if (placed) return retractions.ofMessage(placed) || placed.places.some(({ isFrozen }) => !isFrozen);
    return this.#isHeldSoundly(original);
  }

  #isHeldSoundly({ log, seq, id }: Dep): boolean {
    const { repository } = this.#around;
    return seq < (repository.frozen.get(log) ?? Number.POSITIVE_INFINITY) && repository.entry(log, seq)?.id === id;
  }
}

interface Said {
  readonly entry: StoredEntry;
  readonly message: Message;
  readonly original: Dep;
}

function draftOf(repository: Repository, past: Past, { entry, message, original }: Said): Draft {
  const { type, body, key, time, edits, reacts, mentions } = message;
  const { expires, blobs } = entry.meta.length === 0 ? ({} as Meta) : decodeMeta(entry.meta);
  const latest = repository.world.now() + AHEAD_MAX_MS;
  return {
    type,
    body,
    key,
    edits,
    reacts,
    mentions,
    again: original,
    // an absurd time must not drag the present log along
    time: time > latest ? repository.world.now() : time,
    reply: replyOf(repository, past, entry, message),
    attachments: message.attachments && countingAttachments(message.attachments, blobs),
    ...(expires !== undefined && { meta: { expires } }),
  };
}

function replyOf(repository: Repository, past: Past, entry: StoredEntry, message: Message): Citable | undefined {
  const cited = message.reply === undefined ? undefined : message.deps[message.reply];
  const id = cited && past.cited.idOf(entry, cited);
  if (!cited || id === undefined) return undefined;
  const { log, seq } = cited;
  const target = log === past.log ? past.find(seq) : repository.entry(log, seq);
  const clock = target?.id === id ? clockIn(target) : undefined;
  return { log, seq, id, clock: clock ?? NO_CLOCK };
}

/** What these pasts take back, as far as it is not taken back already. */
function retractionsIn({ retractions }: Around, pasts: readonly Past[]): Draft[] {
  const byLog = new Map<LogId, Map<string, EndedRange>>();
  for (const past of pasts) {
    for (const one of past.entries.flatMap((entry) => takenBackBy(past, entry))) {
      if (retractions.namesForAll(lastOf(one))) continue;
      const { log, ...range } = one;
      const ranges = byLog.get(log) ?? new Map<string, EndedRange>();
      byLog.set(log, ranges.set(nameOf(lastOf(one)), range));
    }
  }
  return [...byLog].flatMap(([log, ranges]) => retractionsOf(log, [...ranges.values()]));
}

/** The entries that take back what an older log holds. */
export function retractionsOf(log: LogId, ranges: readonly EndedRange[]): Draft[] {
  return rangesByEntry(ranges).map((some) => ({
    type: RETRACT,
    meta: { housekeeping: true, retractsIn: { log, ranges: some } },
  }));
}

/** Ranges of one log, no more together than one entry names. */
export function rangesByEntry<R>(ranges: readonly R[]): R[][] {
  const count = Math.ceil(ranges.length / RANGES_PER_ENTRY);
  return Array.from({ length: count }, (_, at) => ranges.slice(at * RANGES_PER_ENTRY, (at + 1) * RANGES_PER_ENTRY));
}

/** Copies in the present log of what was taken back elsewhere: whoever holds only them has to hear of it. */
function ofOwnCopies({ repository, places, retractions }: Around, { self }: Author, topic: TopicId): Draft[] {
  if (places.isEmpty) return [];
  const own = repository.logsOfTopic(topic).filter(({ person }) => person === self.person);
  const present = activeLog(repository, self.device, own)?.log;
  const copies = places.all
    .filter((placed) => retractions.ofMessage(placed))
    .flatMap((placed) => placed.places.filter((place) => place.log === present && !retractions.has(place)));
  if (copies.length === 0) return [];
  const retracts = copies.map(({ seq }) => ({ from: seq, end: seq + 1 }));
  return [{ type: RETRACT, meta: { housekeeping: true, retracts } }];
}

/** The topics that something may have to be written in: those of the pasts, and those with copies of ours. */
function placesOf(repository: Repository, person: PersonId, pasts: readonly Past[]): TopicPlace[] {
  const logs = [
    ...pasts.map(({ log }) => log),
    ...repository.logsOfPerson(person).flatMap(({ log, copies }) => (copies ? log : [])),
  ];
  const found = new Map<TopicId, TopicPlace>();
  for (const log of logs) {
    const topic = repository.log(log)?.topic;
    const label = topic && placementOf(repository, log)?.label;
    if (topic && label !== undefined && !found.has(topic)) found.set(topic, { topic, label });
  }
  return [...found.values()];
}

function lastOf({ log, end, id }: TakenBack): Dep {
  return { log, seq: end - 1, id };
}

function nameOf({ log, seq, id }: Dep): string {
  return `${log}:${seq}:${id}`;
}

/** What the own pasts that are held depend on: while it is the same, nothing new is due of them. */
function stateOf(repository: Repository, person: PersonId): string {
  const frozen = repository.logsOfPerson(person).filter(({ log }) => repository.frozen.has(log));
  return frozen.map(({ log, end, arrival }) => `${log}:${repository.frozen.get(log)}:${end}:${arrival}`).join();
}

function isDone(repository: Repository, person: PersonId): boolean {
  return readState(repository.layout, 'again') === stateOf(repository, person);
}

function noteDone(repository: Repository, person: PersonId): void {
  writeState(repository.layout, 'again', stateOf(repository, person));
}
