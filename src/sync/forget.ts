// Forgetting messages: their payloads go from this disk, and nobody else is asked to (spec/message.md, "Forgetting";
// spec/repository.md, "Forgetting").
import { SatchelError } from '../format/error.js';
import { type LogId, shortId, type TopicId } from '../format/ids.js';
import { type BlobRef, decodeMeta, type Range } from '../format/log/meta.js';
import { eraseForgottenBlobs } from '../repository/gc/blobs.js';
import { removeLeftovers } from '../repository/gc/gc.js';
import { isInRanges, unionRanges } from '../repository/index/held.js';
import type { Repository } from '../repository/repository.js';
import type { Dep } from '../topic/message/message.js';
import { effectiveClock, isMessage, NO_CLOCK } from '../topic/order/order.js';
import { isEvent } from '../topic/payload.js';
import { type Link, type Links, openLinks } from '../topic/reading/links.js';
import { openPlaces, type Places } from '../topic/reading/places.js';
import { saidWhole } from './blobs/lacked.js';
import { knowledgeOf } from './known/knowledge.js';
import { everyDeviceOf, type Recipient } from './known/recipients.js';
import { tidyFrom } from './maintain.js';
import { activeContacts, type Session } from './session.js';

/** What became of messages that were to be forgotten. */
export interface ForgetReport {
  /** The messages; those that were forgotten before are among them. */
  readonly messages: readonly ForgottenMessage[];
  /** Messages that are kept because of what would go with them nobody is known to have something of one's own. */
  readonly kept: readonly Kept[];
  readonly payloadsDropped: number;
  /** Chunks of attachments. */
  readonly chunksRemoved: number;
}

/** A message by its place. */
export type Named = Pick<Dep, 'log' | 'seq' | 'id'>;

/** What of one's own nobody else is known to have. */
export type Lone = 'message' | 'edit' | 'reaction' | 'files';

/** One that is kept. */
export interface Kept extends Named {
  readonly lone: Lone;
}

/** One that is forgotten. */
export interface ForgottenMessage extends Named {
  /** It was so before. */
  readonly isKnown: boolean;
  /** Somebody else is known to hold it. */
  readonly isElsewhere: boolean;
}

/** Which messages. */
export interface ForgetOptions {
  /** Also what nobody is known to have. */
  readonly force: boolean;
}

/** Forgets messages of a topic with all their places, and with what is about them. To be used under the repository's lock. */
class Forgetting {
  readonly #session: Session;
  readonly #places: Places;
  readonly #links: Links;
  readonly #elsewhere = new Map<LogId, readonly Range[]>();
  readonly #ranges = new Map<LogId, Range[]>();
  readonly messages: ForgottenMessage[] = [];
  readonly kept: Kept[] = [];

  constructor(session: Session, topic: TopicId) {
    this.#session = session;
    this.#places = openPlaces(session.repository, topic);
    this.#links = openLinks(session.repository, topic, this.#places);
  }

  /** The entries whose payloads go. */
  get ranges(): ReadonlyMap<LogId, readonly Range[]> {
    return this.#ranges;
  }

  /** @throws SatchelError `usage` of an edit or a reaction: alone it would leave what it changed as if that were all */
  assertOwnMessage(message: Named): void {
    const link = this.#links.of(message);
    if (!link) return;
    const what = link.kind === 'edit' ? 'an edit' : 'a reaction';
    throw new SatchelError('usage', `${shortId(message.id)} is ${what}, and no message of its own`, {
      hint: `it goes with the message that it is about: satchel forget ${shortId(link.target.id)}`,
    });
  }

  /** Whether it is an edit or a reaction, which goes with what it is about. */
  isAbout(message: Named): boolean {
    return this.#links.of(message) !== undefined;
  }

  /** Adds a message with what is about it, unless something of it is our own and nobody else is known to have that. */
  add(message: Named, { force }: ForgetOptions): void {
    const about = this.#links.about(message);
    const lone = force ? undefined : this.#loneOf(message, about);
    if (lone !== undefined) {
      this.kept.push({ ...message, lone });
      return;
    }
    const isKnown = this.#session.repository.forgotten(message.log).has(message.seq);
    this.messages.push({ ...message, isKnown, isElsewhere: this.#isHeldElsewhere(message) });
    for (const { log, seq } of [message, ...about].flatMap((one) => this.#placesOf(one)))
      this.#ranges.set(log, [...(this.#ranges.get(log) ?? []), { from: seq, end: seq + 1 }]);
  }

  /** What of our own would be lost, if anything. */
  #loneOf(message: Named, about: readonly Link[]): Lone | undefined {
    const isLone = (one: Named): boolean => this.#isOwn(one) && !this.#isElsewhere(one);
    if (isLone(message)) return 'message';
    const lone = about.find(isLone);
    if (lone) return lone.kind;
    return this.#isOwn(message) && !this.#areFilesElsewhere(message) ? 'files' : undefined;
  }

  #placesOf(message: Named): readonly Named[] {
    return this.#places.of(message)?.places ?? [message];
  }

  #isOwn({ log }: Named): boolean {
    const { repository, self } = this.#session;
    return repository.log(log)?.person === self.person;
  }

  /** Own entries among a message and what is about it that nobody is known to hold, and that are still here. */
  loneEntries(message: Named): readonly Named[] {
    const all = [message, ...this.#links.about(message)];
    return all.filter((one) => this.#isOwn(one) && !this.#isElsewhere(one));
  }

  /** What was forgotten before is no loss any more. */
  #isElsewhere(message: Named): boolean {
    const { repository } = this.#session;
    return (
      this.#isHeldElsewhere(message) ||
      this.#placesOf(message).every(({ log, seq }) => repository.forgotten(log).has(seq))
    );
  }

  /** One of its places is enough: all say the same. */
  #isHeldElsewhere(message: Named): boolean {
    return this.#placesOf(message).some(({ log, seq }) => {
      const known = this.#elsewhere.get(log) ?? heldElsewhere(this.#session, log);
      this.#elsewhere.set(log, known);
      return isInRanges(known, seq);
    });
  }

  /** An acknowledgement of a message says nothing of its files: they count only as somebody's who said that it lacks none. */
  #areFilesElsewhere(message: Named): boolean {
    const { repository } = this.#session;
    const places = this.#placesOf(message).filter(({ log, seq }) => !repository.forgotten(log).has(seq));
    const blobs = places.flatMap((place) => blobsOf(repository, place).map(({ root }) => ({ root, place })));
    return blobs.every(({ root, place: { log } }) =>
      othersWith(this.#session, log).some((one) => places.some((place) => saidWhole(repository, one, root, place))),
    );
  }
}

/**
 * Forgets single messages here. Nothing is changed where one of them may not be.
 * @throws SatchelError `usage` of a private topic, or what is no message; `refused` where something
 *   of one's own would go that nobody is known to have
 */
export function forgetMessages(session: Session, wanted: readonly Named[], options: ForgetOptions): ForgetReport {
  return session.repository.locked(() => {
    const byTopic = new Map<TopicId, Forgetting>();
    for (const message of wanted) {
      const topic = topicOf(session, message);
      const forgetting = byTopic.get(topic) ?? new Forgetting(session, topic);
      byTopic.set(topic, forgetting);
      forgetting.assertOwnMessage(message);
      forgetting.add(message, options);
    }
    const all = [...byTopic.values()];
    const [unheard] = all.flatMap(({ kept }) => kept);
    if (unheard) throw notElsewhere(unheard);
    return carryOut(session, all);
  });
}

/** Forgets what was written in an open topic before a clock, ms, as `read --until` reads it. */
export function forgetBefore(session: Session, topic: TopicId, before: number, options: ForgetOptions): ForgetReport {
  assertOpen(session, topic);
  return session.repository.locked(() => {
    const forgetting = new Forgetting(session, topic);
    for (const message of forgettableBefore(session, forgetting, topic, before)) forgetting.add(message, options);
    return carryOut(session, [forgetting]);
  });
}

/**
 * Own entries that would go with these messages and that nobody is known to hold. Without them the log has a hole for everybody
 * else, unless they are taken back before.
 * @throws SatchelError `usage` as {@link forgetMessages}
 */
export function loneAmong(session: Session, wanted: readonly Named[]): readonly Named[] {
  return wanted.flatMap((message) => {
    const forgetting = new Forgetting(session, topicOf(session, message));
    forgetting.assertOwnMessage(message);
    return forgetting.loneEntries(message);
  });
}

/** The same of what {@link forgetBefore} would forget. @throws SatchelError `usage` of a private topic */
export function loneBefore(session: Session, topic: TopicId, before: number): readonly Named[] {
  assertOpen(session, topic);
  const forgetting = new Forgetting(session, topic);
  return forgettableBefore(session, forgetting, topic, before).flatMap((message) => forgetting.loneEntries(message));
}

/** What is about a message goes with that. */
function forgettableBefore(
  { repository }: Session,
  forgetting: Forgetting,
  topic: TopicId,
  before: number,
): readonly Named[] {
  return [...messagesBefore(repository, topic, before)].filter((message) => !forgetting.isAbout(message));
}

/** Notes it durably first: from then on these payloads are neither shown nor passed on, whatever becomes of the rest. */
function carryOut(session: Session, all: readonly Forgetting[]): ForgetReport {
  const { repository } = session;
  const entries = new Map<LogId, Range[]>();
  for (const { ranges } of all)
    for (const [log, list] of ranges) entries.set(log, unionRanges([...(entries.get(log) ?? []), ...list]));
  const messages = all.flatMap((one) => one.messages);
  const kept = all.flatMap((one) => one.kept);
  if (entries.size === 0) return { messages, kept, payloadsDropped: 0, chunksRemoved: 0 };
  repository.forget(entries);
  // what was cut off while it removed something goes first
  removeLeftovers(repository);
  const chunksRemoved = eraseForgottenBlobs(repository, entries);
  const pack = oldestPackWith(repository, entries.keys());
  const { payloadsDropped } = pack === undefined ? { payloadsDropped: 0 } : tidyFrom(session, pack);
  return { messages, kept, payloadsDropped, chunksRemoved };
}

/** The oldest pack in which the payload of a forgotten entry lies; undefined where none does. */
function oldestPackWith(repository: Repository, logs: Iterable<LogId>): number | undefined {
  const packs = [...logs].flatMap((log) => {
    const forgotten = repository.forgotten(log);
    const runs = repository.records(log).filter((run) => {
      const { segment, entries } = repository.segment(run);
      const range = { from: segment.first, end: segment.first + segment.count };
      return forgotten.touches(range) && entries.some(({ seq, payload }) => seq > 0 && payload && forgotten.has(seq));
    });
    return runs.map(({ pack }) => pack);
  });
  return packs.length > 0 ? Math.min(...packs) : undefined;
}

function* messagesBefore(repository: Repository, topic: TopicId, before: number): Generator<Named> {
  for (const { log } of repository.logsOfTopic(topic)) {
    let clock = NO_CLOCK;
    for (const entry of repository.entries(log)) {
      if (!isMessage(entry)) continue;
      clock = effectiveClock(entry, clock);
      // also of what was noted by a command that was cut off before it went
      if (clock < before && entry.payload && !isEvent(entry)) yield { log, seq: entry.seq, id: entry.id };
    }
  }
}

/** What anybody but this device is known to hold of a log. */
function heldElsewhere(session: Session, log: LogId): Range[] {
  const known = othersWith(session, log).map((one) => knowledgeOf(session.repository, one));
  return unionRanges(known.flatMap((one) => one.holds(log)));
}

/** Who may hold a log: contacts, who writes in its topic, own other devices. */
function othersWith(session: Session, log: LogId): Recipient[] {
  const { repository, self } = session;
  const { topic } = repository.log(log) ?? {};
  const writers = (topic ? repository.logsOfTopic(topic) : []).flatMap(({ person, device }) =>
    person && device ? [{ person, device }] : [],
  );
  const others = everyDeviceOf(session, [...activeContacts(session), ...writers, self]);
  return others.filter(({ device }) => device !== self.device);
}

function blobsOf(repository: Repository, { log, seq }: Pick<Dep, 'log' | 'seq'>): readonly BlobRef[] {
  const { meta } = repository.entry(log, seq) ?? {};
  return meta && meta.length > 0 ? (decodeMeta(meta).blobs ?? []) : [];
}

function topicOf(session: Session, { log, seq, id }: Named): TopicId {
  const { repository } = session;
  const entry = repository.entry(log, seq);
  const { topic } = repository.log(log) ?? {};
  if (!entry || !topic || !isMessage(entry) || isEvent(entry))
    throw new SatchelError('usage', `${shortId(id)} is no message`);
  assertOpen(session, topic);
  return topic;
}

/** Who is in a private topic has all of it, and is given again whatever it lacks. */
function assertOpen({ topics }: Session, topic: TopicId): void {
  if (topics.topics.find((one) => one.topic === topic)?.kind !== 'private') return;
  throw new SatchelError('usage', 'what is in a private topic cannot be forgotten: its history belongs to its keys', {
    hint: 'put single messages out of sight with "satchel hide ID"; "satchel wipe" removes all there is here',
  });
}

function notElsewhere({ id, lone }: Kept): SatchelError {
  return new SatchelError('refused', `nobody is known to have ${WHOSE[lone]} ${shortId(id)}`, {
    hint: 'sync first; to forget what may be nowhere else, add --force',
  });
}

const WHOSE = {
  message: 'your message',
  edit: 'your edit of message',
  reaction: 'your reaction to message',
  files: 'all files of your message',
} as const;
