// What is carried of private topics that nobody here has the keys of, and for whom (spec/veiled.md, "Carrying").
import type { PersonId } from '../../format/ids.js';
import { devicesOf } from '../../identity/relations.js';
import { activeContacts, type Session } from '../session.js';
import { readStatement } from './statements.js';
import { isAskedFor } from './veiled.js';

/** Veiled logs that are not placed. */
export interface Carried {
  readonly logs: number;
  /** As they count towards their quota, without attachments. */
  readonly bytes: number;
  /** Contacts who have asked for any of them. */
  readonly for: readonly PersonId[];
}

/** What is carried. */
export function carriedVeiled(session: Session): Carried {
  const { repository } = session;
  const logs = [...repository.unplacedLogs()];
  const bytes = logs.reduce((sum, log) => sum + repository.quotaBytes(log), 0);
  const asks = (person: PersonId): boolean => {
    const frontiers = devicesOf(session, person).map((device) => readStatement(repository, device)?.frontier);
    return frontiers.some((frontier) => logs.some(({ log }) => isAskedFor(repository, { person, frontier }, log)));
  };
  const people = logs.length > 0 ? activeContacts(session).map(({ person }) => person) : [];
  return { logs: logs.length, bytes, for: people.filter(asks) };
}
