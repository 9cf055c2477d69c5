// How far messages have got: to one person, and one message to everybody (spec/cli.md, "status").

import type { PersonId } from '../../format/ids.js';
import type { Contact } from '../../identity/contacts.js';
import type { EntryPlace } from '../../repository/index/find.js';
import { deliverable } from '../../topic/reading/places.js';
import { type Waiting, whatWaits } from '../drive/waiting.js';
import { countMessages, pendingOf } from '../export/pending.js';
import { chosenLogs } from '../export/plan.js';
import type { Session } from '../session.js';
import { knowledgeOf, type Recipient } from './knowledge.js';
import { lastHeard } from './last-heard.js';
import { readStatement } from './statements.js';

/** What is known of one contact. Counts are messages: housekeeping is never waited for. */
export interface Delivery {
  /** The latest moment on its own clock that anything from it tells of, ms; undefined when nothing ever came. */
  readonly lastHeard: number | undefined;
  /** Messages of mine that it is known to hold. */
  readonly acknowledged: number;
  /** Messages in topics passed on that it is not known to hold. */
  readonly pending: number;
  /** Of these, messages that lay on a drive for it at our last visit. */
  readonly onDrives: number;
}

/** How far everything has got to a contact. */
export function deliveryTo(
  session: Session,
  contact: Contact,
  logs = chosenLogs(session),
  waiting: Waiting = whatWaits(session),
): Delivery {
  const { repository, self } = session;
  const statement = readStatement(repository, contact.device);
  const knowledge = knowledgeOf(repository, contact, statement);
  const pending = pendingOf(repository, logs, knowledge);
  const own = logs.filter(({ person }) => person === self.person);
  const mine = new Set(own.map(({ log }) => log));
  const ownPending = countMessages(
    repository,
    pending.filter(({ log }) => mine.has(log)),
  );
  const othersPending = countMessages(
    repository,
    pending.filter(({ log }) => !mine.has(log)),
  );
  return {
    lastHeard: lastHeard(session, contact, statement),
    acknowledged: countMessages(
      repository,
      own.map(({ log }) => ({ log, ranges: knowledge.holds(log) })),
    ),
    pending: ownPending + othersPending,
    onDrives: waiting.onTheWay(contact.person, pending),
  };
}

/** Everybody but ourselves and its author who is known to hold the message of an entry, among contacts and writers in its topic. */
export function holdersOf(session: Session, place: EntryPlace): PersonId[] {
  const { repository, self, contacts } = session;
  const { topic, person: author } = repository.log(place.log) ?? {};
  const people = new Map<PersonId, Recipient>(contacts);
  for (const { person, device } of topic ? repository.logsOfTopic(topic) : []) {
    if (person && device && !people.has(person)) people.set(person, { person, device });
  }
  const others = [...people.values()].filter(({ person }) => person !== self.person && person !== author);
  const places = deliverable(repository, place);
  const holders = others.filter((one) => places.some(({ log, seq }) => holds(session, one, log, seq)));
  return holders.map(({ person }) => person);
}

function holds({ repository }: Session, recipient: Recipient, log: EntryPlace['log'], seq: number): boolean {
  return knowledgeOf(repository, recipient)
    .holds(log)
    .some(({ from, end }) => from <= seq && seq < end);
}
