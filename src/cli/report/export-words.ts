// What an export holds and for whom, in words.
import { type PersonId, shortId } from '../../format/ids.js';
import { acceptedContact } from '../../identity/relations.js';
import type { ExportReport } from '../../sync/export/export.js';
import { recipientsOf } from '../../sync/known/recipients.js';
import type { Session } from '../../sync/session.js';
import { escapeLine } from '../terminal/escape.js';
import { attachmentsOf, piecesOf, plural } from '../terminal/size.js';

/** What came or went that nobody reads: receipts, topics that were begun, what was taken back. */
export const NO_MESSAGES = 'receipts and the like';

/** `3 messages in 2 logs and 1.5 MiB of attachments`. */
export function contentOf({ messages, logs, entries, blobs }: ExportReport): string {
  const attached = blobs.count > 0 ? [attachmentsOf(blobs.bytes)] : [];
  if (messages > 0) return [`${plural(messages, 'message')} in ${plural(logs, 'log')}`, ...attached].join(' and ');
  const [only] = attached;
  if (only) return only;
  if (entries > 0) return `no messages, but ${NO_MESSAGES}`;
  return 'no messages, but word of what is here';
}

/** What found no room: `7 messages and receipts and 1.5 GiB of attachments`; empty when all did. */
export function leftOf({ left, blobsLeft }: ExportReport): string {
  const attached = blobsLeft.count > 0 ? [attachmentsOf(blobsLeft.bytes)] : [];
  return [...(left > 0 ? [piecesOf(left)] : []), ...attached].join(' and ');
}

/** Whether there is nothing to say of it. */
export function isNothing({ entries, blobs }: ExportReport): boolean {
  return entries === 0 && blobs.count === 0;
}

/** `Bob and Carol`: for whom it is; `strangers` are names that people chose themselves. */
function namesOf(session: Session, done: ExportReport, strangers: ReadonlyMap<PersonId, string> = new Map()): string {
  const names = done.for.map((person) => nameIn(session, person, strangers));
  return names.length === 0 ? 'whoever finds it; you have no contacts yet' : nameList(names);
}

/** For whom the file is, and who can read it: `, sealed for Bob and Carol`, or ` for Bob; open: whoever finds it can read it`. */
export function readersOf(
  session: Session,
  done: ExportReport,
  strangers: ReadonlyMap<PersonId, string> = new Map(),
): string {
  if (done.sealedFor) return `, ${sealedFor(session, done.sealedFor)}`;
  return done.for.length === 0 ? `; ${IS_OPEN}` : ` for ${namesOf(session, done, strangers)}; ${IS_OPEN}`;
}

/** `sealed for Bob and Carol`, `sealed for Bob and your other devices`: whatever is sealed is sealed for all own ones. */
export function sealedFor(session: Session, persons: readonly PersonId[]): string {
  const own = recipientsOf(session, session.self.person).length > 0 || persons.length === 0;
  const names = persons.map((person) => petnameIn(session, person));
  return `sealed for ${nameList(own ? [...names, OWN_DEVICES] : names)}`;
}

const OWN_DEVICES = 'your other devices';

/** For whom something waits: a contact's petname, or the other devices of the user. */
export function awaitedName(session: Session, person: PersonId): string {
  return person === session.self.person ? OWN_DEVICES : petnameIn(session, person);
}

/** What is said of every bundle that is not sealed. */
export const IS_OPEN = 'open: whoever finds it can read it';

/** A contact's petname, ready to be printed. */
export function petnameIn(session: Session, person: PersonId): string {
  return nameIn(session, person, new Map());
}

/** `Ana`, `Ana and Bob`, `Ana, Bob and Carol`. */
export function nameList(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function nameIn(session: Session, person: PersonId, strangers: ReadonlyMap<PersonId, string>): string {
  return escapeLine(acceptedContact(session, person)?.petname ?? strangers.get(person) ?? shortId(person));
}
