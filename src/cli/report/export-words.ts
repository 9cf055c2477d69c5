// What an export holds and for whom, in words.
import { type PersonId, shortId } from '../../format/ids.js';
import { acceptedContact } from '../../identity/relations.js';
import type { ExportReport } from '../../sync/export/export.js';
import type { Session } from '../../sync/session.js';
import { escapeLine } from '../terminal/escape.js';
import { attachmentsOf, plural } from '../terminal/size.js';

/** `3 messages in 2 logs and 1.5 MiB of attachments`. */
export function contentOf({ messages, logs, entries, blobs }: ExportReport): string {
  const attached = blobs.count > 0 ? [attachmentsOf(blobs.bytes)] : [];
  if (messages > 0) return [`${plural(messages, 'message')} in ${plural(logs, 'log')}`, ...attached].join(' and ');
  const [only] = attached;
  if (only) return only;
  if (entries > 0) return `no messages, but ${plural(entries, 'entry')} of housekeeping`;
  return 'no messages, but word of what is here';
}

/** What found no room: `7 entries and 1.5 GiB of attachments`; empty when all did. */
export function leftOf({ left, blobsLeft }: ExportReport): string {
  const attached = blobsLeft.count > 0 ? [attachmentsOf(blobsLeft.bytes)] : [];
  return [...(left > 0 ? [plural(left, 'entry')] : []), ...attached].join(' and ');
}

/** Whether there is nothing to say of it. */
export function isNothing({ entries, blobs }: ExportReport): boolean {
  return entries === 0 && blobs.count === 0;
}

/** `Bob and Carol`: for whom it is; `strangers` are names that people chose themselves. */
export function namesOf(
  session: Session,
  done: ExportReport,
  strangers: ReadonlyMap<PersonId, string> = new Map(),
): string {
  const names = done.for.map((person) =>
    escapeLine(acceptedContact(session, person)?.petname ?? strangers.get(person) ?? shortId(person)),
  );
  if (names.length === 0) return 'whoever finds it; you have no contacts yet';
  return names.length === 1 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
