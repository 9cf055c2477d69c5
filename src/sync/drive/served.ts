// Whom a drive serves, seen by one visitor (spec/drive.md, "People").
import type { PersonId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import type { Relation } from '../../identity/relations.js';
import { lastHeard } from '../delivery.js';
import type { Recipient } from '../knowledge.js';
import { activeContacts, openRelations, type Session } from '../session.js';

const DAY_MS = 86_400_000;

/** The people a visitor adds for, and those whose needs keep a bundle on the drive. */
export interface Served {
  /** Everybody listed but ourselves. */
  readonly others: readonly Card[];
  /** Of these, those who were not heard of for long while others were. */
  readonly silent: ReadonlySet<PersonId>;
  /** For whom we add; undefined when there is nobody we could add for. Empty: for whoever finds it. */
  readonly recipients: readonly Recipient[] | undefined;
  /** Who has to hold a bundle before it may go. */
  readonly waitedFor: readonly Card[];
}

/** Who is served, given the cards on the drive and when each was first seen there. */
export function servedBy(
  session: Session,
  people: readonly Card[],
  given: { readonly listed: Readonly<Record<PersonId, number>> | undefined; readonly silentDays: number | undefined },
): Served {
  const others = people.filter((card) => card.person !== session.self.person);
  const quiet = others.filter((card) => isSilent(session, card, given.listed?.[card.person], given.silentDays));
  // when everybody is silent, somebody has to be waited for
  const silent = new Set(quiet.length < others.length ? quiet.map(({ person }) => person) : []);
  const waitedFor = others.filter(({ person }) => !silent.has(person));
  return { others, silent, waitedFor, recipients: recipientsOf(session, waitedFor) };
}

/** Listed people whom we know. When nobody else is listed: everybody we know, or whoever gets the drive. */
function recipientsOf(session: Session, listed: readonly Card[]): readonly Recipient[] | undefined {
  const contacts = activeContacts(session);
  if (listed.length === 0) return contacts;
  const relationOf = openRelations(session);
  const known = listed.filter(({ person }) => isKnown(relationOf(person)));
  // what was written for friends is not put on the drive of people none of whom is one
  return known.length === 0 && contacts.length > 0 ? undefined : known;
}

function isKnown(relation: Relation): boolean {
  return relation === 'contact' || relation === 'member';
}

/** Whether nothing new of the person has come for so many days, nor was it listed in that time. */
function isSilent(session: Session, card: Card, firstSeen: number | undefined, days: number | undefined): boolean {
  if (!days) return false;
  const now = session.repository.world.now();
  const heard = Math.max(lastHeard(session, card) ?? -1, Math.min(firstSeen ?? now, now));
  return now - heard > days * DAY_MS;
}
