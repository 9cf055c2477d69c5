// The topic of a person's own logs, in which its devices tell of cards and device lists (spec/devices.md, "Person log").
import { hash } from 'node:crypto';
import { HASH_PREFIXES } from '../format/domains.js';
import { idBytes, type PersonId, type TopicId } from '../format/ids.js';
import { recall } from '../format/lru.js';

/** The label of every one of these topics. */
export const PERSON_LABEL = 'person';

/** The topic in which the devices of a person write about themselves. */
export function personTopic(person: PersonId): TopicId {
  const name = Buffer.concat([PREFIX, idBytes(person)]);
  return recall(recent, person, RECENT_MAX, () => hash('sha256', name, 'hex') as TopicId);
}

/** Whether a log is one of those in which its person's devices write about themselves; nobody reads it as a conversation. */
export function isPersonLog(log: {
  readonly topic?: TopicId | undefined;
  readonly person?: PersonId | undefined;
}): boolean {
  return log.person !== undefined && log.topic !== undefined && log.topic === personTopic(log.person);
}

const PREFIX = Buffer.of(HASH_PREFIXES.personTopic);
const RECENT_MAX = 4_096;
const recent = new Map<string, TopicId>();
