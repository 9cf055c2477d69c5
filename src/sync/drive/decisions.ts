// What decides whether something is taken, as one short text: what was left on a drive is worth another look only when that has
// changed (spec/drive.md, "A visit").
import { hash } from 'node:crypto';
import { decisionOn, devicesOf } from '../../identity/relations.js';
import { activeContacts, type Session } from '../session.js';

const DIGITS = 16;

/** Each differs whenever an import would take something else. */
export interface Decisions {
  /** Of what is not veiled. */
  readonly clear: string;
  /** Of veiled logs too. */
  readonly veiled: string;
}

/** What decides about it now. */
export function decisionsOf(session: Session): Decisions {
  const clear = clearOf(session);
  return { clear, veiled: markOf([clear, veiledOf(session)]) };
}

function clearOf({ contacts, topics, quotas }: Session): string {
  const people = [...contacts.values()].map((contact) => [contact.person, decisionOn(contact)]);
  const kept = topics.topics.map(({ topic, joined, carry }) => [topic, joined, carry]);
  return markOf([people.sort(), kept.sort(), topics.carryAll, quotas ?? null]);
}

/**
 * What decides whether a veiled log is taken: a placed one as any log of its topic; another one by whose device made the bundle,
 * as far as there is room.
 */
function veiledOf(session: Session): readonly unknown[] {
  const { repository, self, topics } = session;
  const devices = [self, ...activeContacts(session)].flatMap(({ person }) => devicesOf(session, person));
  const placed = topics.topics.flatMap(({ topic }) => repository.logsOfTopic(topic)).filter(({ veiled }) => veiled);
  return [devices.sort(), placed.length, [...repository.unplacedLogs()].length];
}

function markOf(value: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(value)).slice(0, DIGITS);
}
