// Which logs an import takes (spec/message.md, "Which logs are taken", "Quotas").
import type { Digest, LogId, PersonId, TopicId } from '../format/ids.js';
import { blobReferences } from '../repository/blob-refs.js';
import type { Introduced } from '../repository/record.js';
import type { LogSummary } from '../repository/summary.js';
import { DEFAULT_QUOTAS, decideQuota, type QuotaDecision, type Quotas, type Standing } from '../topic/quota.js';
import { isBlocked, type Session } from './session.js';

/** What decides about a log: whose it is and in which topic; undefined while its introduction is unknown. */
export type Placement = Introduced | undefined;

/** Judges logs by whose they are and how much of them is held already; counts what it lets in. */
export class Admission {
  readonly #session: Session;
  readonly #quotas: Quotas;
  readonly #strangers = new Map<string, number>();
  #carried: number | undefined;

  constructor(session: Session, quotas: Quotas = session.quotas ?? DEFAULT_QUOTAS) {
    this.#session = session;
    this.#quotas = quotas;
  }

  /** Whose log it is, seen from here. */
  standing(placement: Placement): Standing {
    if (!placement) return 'unwanted';
    const { session } = { session: this.#session };
    if (placement.person === session.self.person) return 'known';
    if (isBlocked(session, placement.person)) return 'unwanted';
    if (session.contacts.get(placement.person)?.accepted) return 'known';
    const topic = session.topics.topics.find((one) => one.topic === placement.topic);
    if (topic?.joined) return 'stranger';
    return topic?.carry || carriesAll(session) ? 'carried' : 'unwanted';
  }

  /** Whether `sizeBytes` more of the log are taken; what is taken counts from then on. */
  admit(placement: Placement, sizeBytes: number): QuotaDecision {
    const standing = this.standing(placement);
    if (!placement || standing === 'known' || standing === 'unwanted')
      return standing === 'known' ? 'take' : 'unwanted';
    const { person, topic } = placement;
    const usage = {
      stranger: this.#used(topic, person),
      strangers: this.#used(topic, ''),
      carried: this.#usedCarried(),
    };
    const decision = decideQuota(standing, sizeBytes, usage, this.#quotas);
    if (decision === 'take') this.#count(placement, standing, sizeBytes);
    return decision;
  }

  #count({ person, topic }: Introduced, standing: 'stranger' | 'carried', sizeBytes: number): void {
    if (standing === 'carried') this.#carried = this.#usedCarried() + sizeBytes;
    else this.#add(topic, person, sizeBytes);
  }

  /** Bytes held of one stranger in the topic, or of all of them together for the empty person. */
  #used(topic: TopicId, person: PersonId | ''): number {
    if (!this.#strangers.has(topic)) this.#countHeld(topic);
    return this.#strangers.get(`${topic}${person}`) ?? 0;
  }

  /** For all strangers of the topic at once: it may have as many as it likes, and each log of each is judged. */
  #countHeld(topic: TopicId): void {
    const { repository } = this.#session;
    this.#strangers.set(topic, 0);
    for (const log of repository.logsOfTopic(topic)) {
      if (log.person && this.#isStranger(log.person)) this.#add(topic, log.person, repository.quotaBytes(log));
    }
  }

  #add(topic: TopicId, person: PersonId, sizeBytes: number): void {
    for (const key of [`${topic}${person}`, topic])
      this.#strangers.set(key, (this.#strangers.get(key) ?? 0) + sizeBytes);
  }

  #usedCarried(): number {
    if (this.#carried === undefined) {
      this.#carried = 0;
      for (const log of this.#session.repository.logs()) {
        if (
          log.topic &&
          log.person &&
          this.standing({ topic: log.topic, person: log.person, device: '' as never }) === 'carried'
        )
          this.#carried += heldBytes(this.#session, log);
      }
    }
    return this.#carried;
  }

  #isStranger(person: PersonId): boolean {
    return person !== this.#session.self.person && !this.#session.contacts.get(person)?.accepted;
  }
}

/** What is stored of a log, and its attachments as soon as their chunk list is here: from then on all of them may come. */
function heldBytes({ repository }: Session, log: LogSummary): number {
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
