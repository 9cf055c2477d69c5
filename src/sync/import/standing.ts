// Which logs an import takes (spec/message.md, "Which logs are taken", "Quotas").
import type { Digest, LogId, PersonId, TopicId } from '../../format/ids.js';
import { PERSON_LOG_MAX } from '../../format/limits.js';
import { acceptedContact, isKnown } from '../../identity/relations.js';
import type { Introduced } from '../../repository/index/introduction-record.js';
import type { LogSummary } from '../../repository/index/summary.js';
import { blobReferences } from '../../repository/store/blob-refs.js';
import { ROLE } from '../../topic/members/statement.js';
import { viewTopic } from '../../topic/private/topic-view.js';
import { DEFAULT_QUOTAS, decideQuota, type QuotaDecision, type Quotas, type Standing } from '../../topic/quota.js';
import { isBlocked, type Session } from '../session.js';

/** What decides about a log: whose it is and in which topic; undefined while its introduction is unknown. */
export type Placement = Introduced | undefined;

/** Judges logs by whose they are and how much of them is held already; counts what it lets in. */
export class Admission {
  readonly #session: Session;
  readonly #quotas: Quotas;
  /** Bytes held and let in, by topic and person, of strangers asked about. */
  readonly #strangers = new Map<string, number>();
  /** Bytes held of all strangers, by topic: at most so many, or exactly. */
  readonly #bounds = new Map<TopicId, number>();
  readonly #exact = new Map<TopicId, number>();
  /** Bytes let in, by topic. */
  readonly #taken = new Map<TopicId, number>();
  /** Bytes held and let in of person logs asked about. */
  readonly #personal = new Map<LogId, number>();
  #carried: number | undefined;

  constructor(session: Session, quotas: Quotas = session.quotas ?? DEFAULT_QUOTAS) {
    this.#session = session;
    this.#quotas = quotas;
  }

  /** Whose log it is, seen from here. */
  standing(placement: Pick<Introduced, 'person' | 'topic'> | undefined): Standing {
    if (!placement) return 'unwanted';
    const session = this.#session;
    // of a member who was blocked what it states still counts
    if (isKnown(session, placement.person) || isMember(session, placement)) return 'known';
    if (isBlocked(session, placement.person)) return 'unwanted';
    const topic = session.topics.topics.find((one) => one.topic === placement.topic);
    if (topic?.joined) return 'stranger';
    return topic?.carry || carriesAll(session) ? 'carried' : 'unwanted';
  }

  /** Whether `sizeBytes` more of the log are taken; what is taken counts from then on. */
  admit(placement: Placement, sizeBytes: number): QuotaDecision {
    const standing = this.standing(placement);
    if (!placement || standing === 'known' || standing === 'unwanted')
      return standing === 'known' ? 'take' : 'unwanted';
    const usage =
      standing === 'carried'
        ? { stranger: 0, strangers: 0, carried: this.#usedCarried() }
        : { stranger: this.#usedBy(placement), strangers: this.#usedByAll(placement.topic, sizeBytes), carried: 0 };
    const decision = decideQuota(standing, sizeBytes, usage, this.#quotas);
    if (decision === 'take') this.#count(placement, standing, sizeBytes);
    return decision;
  }

  /** The same of a person log of somebody known, each of which has room of its own. */
  admitPersonal(log: LogId, sizeBytes: number): boolean {
    const { repository } = this.#session;
    const held = repository.log(log);
    const used = (this.#personal.get(log) ?? (held ? repository.quotaBytes(held) : 0)) + sizeBytes;
    if (used > PERSON_LOG_MAX) return false;
    this.#personal.set(log, used);
    return true;
  }

  #count(placement: Introduced, standing: 'stranger' | 'carried', sizeBytes: number): void {
    if (standing === 'carried') {
      this.#carried = this.#usedCarried() + sizeBytes;
      return;
    }
    const { topic } = placement;
    this.#strangers.set(strangerIn(placement), this.#usedBy(placement) + sizeBytes);
    this.#taken.set(topic, (this.#taken.get(topic) ?? 0) + sizeBytes);
  }

  /** Bytes of one stranger in the topic. */
  #usedBy(placement: Introduced): number {
    const name = strangerIn(placement);
    const used = this.#strangers.get(name) ?? this.#heldOf(placement);
    this.#strangers.set(name, used);
    return used;
  }

  #heldOf({ person, topic }: Introduced): number {
    const { repository } = this.#session;
    const logs = repository.logsOfPerson(person).filter((log) => log.topic === topic);
    return logs.reduce((sum, log) => sum + repository.quotaBytes(log), 0);
  }

  /** Bytes of all strangers in the topic, or more as long as that makes no difference: it may have very many. */
  #usedByAll(topic: TopicId, sizeBytes: number): number {
    const taken = this.#taken.get(topic) ?? 0;
    const bound = this.#bounds.get(topic) ?? this.#session.repository.bytesOfTopic(topic);
    this.#bounds.set(topic, bound);
    if (bound + taken + sizeBytes <= this.#quotas.strangers) return bound + taken;
    const exact = this.#exact.get(topic) ?? this.#heldOfStrangers(topic);
    this.#exact.set(topic, exact);
    return exact + taken;
  }

  #heldOfStrangers(topic: TopicId): number {
    const { repository } = this.#session;
    const logs = repository.logsOfTopic(topic).filter(({ person }) => person && this.#isStranger(person));
    return logs.reduce((sum, log) => sum + repository.quotaBytes(log), 0);
  }

  #usedCarried(): number {
    if (this.#carried === undefined) {
      this.#carried = 0;
      for (const log of this.#session.repository.logs()) {
        const { topic, person } = log;
        if (topic && person && this.standing({ topic, person }) === 'carried')
          this.#carried += heldBytes(this.#session, log);
      }
    }
    return this.#carried;
  }

  #isStranger(person: PersonId): boolean {
    return person !== this.#session.self.person && acceptedContact(this.#session, person) === undefined;
  }
}

/** Whether somebody takes part in a private topic that is joined here. */
function isMember({ repository, topics }: Session, { topic, person }: Pick<Introduced, 'person' | 'topic'>): boolean {
  if (!topics.topics.some((one) => one.topic === topic && one.joined && one.kind === 'private')) return false;
  return (viewTopic(repository, topic)?.resolution.role(person) ?? ROLE.none) >= ROLE.member;
}

function strangerIn({ topic, person }: Introduced): string {
  return `${topic}${person}`;
}

/** What is stored of a log, and its attachments as soon as their chunk list is here: from then on all of them may come. */
export function heldBytes({ repository }: Session, log: LogSummary): number {
  const roots = new Map<Digest, number>();
  // one blob may be named with several sizes: no lie makes it smaller than it is
  for (const { root, size } of blobReferences(repository, { logs: [log.log] }))
    roots.set(root, Math.max(size, roots.get(root) ?? 0));
  const begun = [...roots].filter(([root]) => repository.blobs.has(root));
  return begun.reduce((sum, [, size]) => sum + size, repository.quotaBytes(log));
}

/** Whether anything at all is carried, within the quota. */
function carriesAll(session: Session): boolean {
  return session.topics.carryAll === true;
}

/** The placement of a log that is known here. */
export function placementOf(session: Session, log: LogId): Placement {
  const summary = session.repository.log(log);
  if (!summary?.topic || !summary.person || !summary.device) return undefined;
  return { topic: summary.topic, person: summary.person, device: summary.device };
}
