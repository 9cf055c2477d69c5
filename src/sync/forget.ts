// Forgetting messages: their payloads go from this disk, and nobody else is asked to (spec/message.md, "Forgetting";
// spec/repository.md, "Forgetting").
import { SatchelError } from '../format/error.js';
import { type LogId, shortId, type TopicId } from '../format/ids.js';
import type { Range } from '../format/log/meta.js';
import { eraseForgottenBlobs } from '../repository/gc/blobs.js';
import { removeLeftovers } from '../repository/gc/gc.js';
import { isInRanges, unionRanges } from '../repository/index/held.js';
import type { Repository } from '../repository/repository.js';
import type { Dep } from '../topic/message/message.js';
import { effectiveClock, isMessage, NO_CLOCK } from '../topic/order/order.js';
import { isEvent } from '../topic/payload.js';
import { type Links, openLinks } from '../topic/reading/links.js';
import { openPlaces, type Places } from '../topic/reading/places.js';
import { knowledgeOf } from './known/knowledge.js';
import { everyDeviceOf } from './known/recipients.js';
import { tidyFrom } from './maintain.js';
import { activeContacts, type Session } from './session.js';

/** What became of messages that were to be forgotten. */
export interface ForgetReport {
  /** The messages; those that were forgotten before are among them. */
  readonly messages: readonly ForgottenMessage[];
  /** Own messages that nobody is known to have, and that are kept for that. */
  readonly kept: readonly Named[];
  readonly payloadsDropped: number;
  /** Chunks of attachments. */
  readonly chunksRemoved: number;
}

/** A message by its place. */
export type Named = Pick<Dep, 'log' | 'seq' | 'id'>;

/** One that is forgotten. */
export interface ForgottenMessage extends Named {
  /** It was so before. */
  readonly isKnown: boolean;
}

/** Which messages. */
export interface ForgetOptions {
  /** Also own ones that nobody acknowledged. */
  readonly force: boolean;
}

/** Forgets messages of a topic with all their places, and their edits. To be used under the repository's lock. */
class Forgetting {
  readonly #session: Session;
  readonly #places: Places;
  readonly #links: Links;
  readonly #elsewhere = new Map<LogId, readonly Range[]>();
  readonly #ranges = new Map<LogId, Range[]>();
  readonly messages: ForgottenMessage[] = [];
  readonly kept: Named[] = [];

  constructor(session: Session, topic: TopicId) {
    this.#session = session;
    this.#places = openPlaces(session.repository, topic);
    this.#links = openLinks(session.repository, topic, this.#places);
  }

  /** The entries whose payloads go. */
  get ranges(): ReadonlyMap<LogId, readonly Range[]> {
    return this.#ranges;
  }

  /** Adds a message, unless it is an own one that nobody is known to have. */
  add(message: Named, { force }: ForgetOptions): void {
    const places = this.#placesOf(message);
    if (!force && this.#isOwn(message) && !places.some((place) => this.#isElsewhere(place))) {
      this.kept.push(message);
      return;
    }
    const isKnown = this.#session.repository.forgotten(message.log).has(message.seq);
    this.messages.push({ ...message, isKnown });
    const edits = this.#links.about(message).filter(({ kind }) => kind === 'edit');
    for (const { log, seq } of [...places, ...edits.flatMap((edit) => this.#placesOf(edit))])
      this.#ranges.set(log, [...(this.#ranges.get(log) ?? []), { from: seq, end: seq + 1 }]);
  }

  #placesOf(message: Named): readonly Named[] {
    return this.#places.of(message)?.places ?? [message];
  }

  #isOwn({ log }: Named): boolean {
    const { repository, self } = this.#session;
    return repository.log(log)?.person === self.person;
  }

  #isElsewhere({ log, seq }: Named): boolean {
    const known = this.#elsewhere.get(log) ?? heldElsewhere(this.#session, log);
    this.#elsewhere.set(log, known);
    return isInRanges(known, seq);
  }
}

/**
 * Forgets single messages here. Nothing is changed where one of them may not be.
 * @throws SatchelError `usage` of a private topic, or what is no message; `refused` of an own one that nobody acknowledged
 */
export function forgetMessages(session: Session, wanted: readonly Named[], options: ForgetOptions): ForgetReport {
  return session.repository.locked(() => {
    const byTopic = new Map<TopicId, Forgetting>();
    for (const message of wanted) {
      const topic = topicOf(session, message);
      const forgetting = byTopic.get(topic) ?? new Forgetting(session, topic);
      byTopic.set(topic, forgetting);
      forgetting.add(message, options);
    }
    const all = [...byTopic.values()];
    const [unheard] = all.flatMap(({ kept }) => kept);
    if (unheard) throw notAcknowledged(unheard);
    return carryOut(session, all);
  });
}

/** Forgets what was written in an open topic before a clock, ms, as `read --until` reads it. */
export function forgetBefore(session: Session, topic: TopicId, before: number, options: ForgetOptions): ForgetReport {
  assertOpen(session, topic);
  return session.repository.locked(() => {
    const forgetting = new Forgetting(session, topic);
    for (const message of messagesBefore(session.repository, topic, before)) forgetting.add(message, options);
    return carryOut(session, [forgetting]);
  });
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

/** What anybody but this device is known to hold of a log: contacts, who writes in its topic, own other devices. */
function heldElsewhere(session: Session, log: LogId): Range[] {
  const { repository, self } = session;
  const { topic } = repository.log(log) ?? {};
  const writers = (topic ? repository.logsOfTopic(topic) : []).flatMap(({ person, device }) =>
    person && device ? [{ person, device }] : [],
  );
  const others = everyDeviceOf(session, [...activeContacts(session), ...writers, self]);
  const known = others.filter(({ device }) => device !== self.device).map((one) => knowledgeOf(repository, one));
  return unionRanges(known.flatMap((one) => one.holds(log)));
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

function notAcknowledged({ id }: Named): SatchelError {
  return new SatchelError('refused', `nobody is known to have your message ${shortId(id)}`, {
    hint: 'sync first; to forget what may be nowhere else, add --force',
  });
}
