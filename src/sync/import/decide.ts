// What is for the user to decide once bundles were taken in: about people, and about topics that contacts write in. Who can be
// asked decides within the same visit or import, and what that lets in is taken then and there (spec/cli.md, "Asking").
import type { PersonId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { decidedRelation } from '../../identity/relations.js';
import type { Session } from '../session.js';
import type { ImportReport } from './import-report.js';

/** What was met. */
export interface Undecided {
  readonly session: Session;
  /** Cards of people about whom nothing was decided: of those listed, and of those in bundles of which something was left. */
  readonly people: readonly Card[];
}

/** Asks, and carries out what was decided; false when nothing was, or there is nothing more to ask. */
export type Decide = (undecided: Undecided) => Promise<boolean>;

/** One card of each person about whom nothing was decided, among those who were met. */
export function undecidedAmong(
  session: Session,
  listed: readonly Card[],
  reports: readonly (Pick<ImportReport, 'cards' | 'skipped'> | undefined)[],
): Undecided {
  const brought = reports.flatMap((report) => (report && report.skipped > 0 ? report.cards : []));
  const people = new Map<PersonId, Card>();
  for (const card of [...brought, ...listed])
    if (decidedRelation(session, card.person) === undefined) people.set(card.person, card);
  return { session, people: [...people.values()] };
}
