// What an export holds and for whom, in words.
import { type PersonId, shortId } from '../format/ids.js';
import type { ExportReport } from '../sync/export.js';
import type { Session } from '../sync/session.js';
import { escapeLine } from './escape.js';
import { plural } from './size.js';

/** `3 messages in 2 logs`. */
export function contentOf(done: ExportReport): string {
  if (done.messages > 0) return `${plural(done.messages, 'message')} in ${plural(done.logs, 'log')}`;
  return `no messages, but ${plural(done.entries, 'entry')} of housekeeping`;
}

/** `Bob and Carol`: for whom it is; `strangers` are names that people chose themselves. */
export function namesOf(
  session: Session,
  done: ExportReport,
  strangers: ReadonlyMap<PersonId, string> = new Map(),
): string {
  const names = done.for.map((person) =>
    escapeLine(session.contacts.get(person)?.petname ?? strangers.get(person) ?? shortId(person)),
  );
  if (names.length === 0) return 'whoever finds it; you have no contacts yet';
  return names.length === 1 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
