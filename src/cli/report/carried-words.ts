// What is said of logs of private topics that are carried here and that nobody here can read: whose they are, and whether we are
// invited into any, shows only with their keys (spec/cli.md, "status").
import { acceptedContact } from '../../identity/relations.js';
import type { Carried } from '../../sync/known/carried.js';
import type { Session } from '../../sync/session.js';
import { formatSize, plural } from '../terminal/size.js';
import { nameList, petnameIn } from './export-words.js';

/** One line; none when nothing is carried. */
export function carriedLines(session: Session, carried: Carried): string[] {
  if (carried.logs === 0) return [];
  const names = carried.for.map((person) => petnameIn(session, person));
  const whom = names.length === 0 ? 'carried along; nobody has asked for them yet' : `carried for ${nameList(names)}`;
  return [
    `${plural(carried.logs, 'log')} of private topics that cannot be read here, ${formatSize(carried.bytes)}, ${whom}`,
  ];
}

/** The same as a value. */
export function carriedJson(session: Session, { logs, bytes, for: people }: Carried): object {
  const named = people.map((person) => ({ person, name: acceptedContact(session, person)?.petname ?? null }));
  return { logs, bytes, for: named };
}
