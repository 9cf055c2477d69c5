// What is said of private topics of others that are carried here and that nobody here can read (spec/cli.md, "status").
import { acceptedContact } from '../../identity/relations.js';
import type { Carried } from '../../sync/known/carried.js';
import type { Session } from '../../sync/session.js';
import { escapeLine } from '../terminal/escape.js';
import { formatSize, plural } from '../terminal/size.js';

/** One line; none when nothing is carried. */
export function carriedLines(session: Session, carried: Carried): string[] {
  if (carried.logs === 0) return [];
  const names = carried.for.map((person) => escapeLine(acceptedContact(session, person)?.petname ?? ''));
  const last = names.pop();
  const all = names.length > 0 ? `${names.join(', ')} and ${last}` : last;
  const whom = all === undefined ? 'carried along; nobody has asked for them yet' : `carried for ${all}`;
  return [`${plural(carried.logs, 'log')} of private topics of others, ${formatSize(carried.bytes)}, ${whom}`];
}

/** The same as a value. */
export function carriedJson(session: Session, { logs, bytes, for: people }: Carried): object {
  const named = people.map((person) => ({ person, name: acceptedContact(session, person)?.petname ?? null }));
  return { logs, bytes, for: named };
}
