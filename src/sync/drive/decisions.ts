// What the user decided about people and topics, as one short text: what was left on a drive is worth another look only
// when that has changed (spec/drive.md, "A visit").
import { hash } from 'node:crypto';
import { decisionOn } from '../../identity/relations.js';
import type { Session } from '../session.js';

const DIGITS = 16;

/** Differs whenever an import would take something else. */
export function decisionsOf({ contacts, topics, quotas }: Session): string {
  const people = [...contacts.values()].map((contact) => [contact.person, decisionOn(contact)]);
  const kept = topics.topics.map(({ topic, joined, carry }) => [topic, joined, carry]);
  return hash('sha256', JSON.stringify([people.sort(), kept.sort(), topics.carryAll, quotas ?? null])).slice(0, DIGITS);
}
