// Which entries an export is about (spec/bundle.md, "What an export holds").
import type { LogId, PersonId } from '../format/ids.js';
import { subtractRanges } from '../repository/held.js';
import type { LogSummary } from '../repository/summary.js';
import { countUnacknowledged } from './acknowledge.js';
import type { DriveHoldings, ExportOptions } from './export.js';
import { knowledgeOf, type Recipient, union } from './knowledge.js';
import { readOwed } from './owed.js';
import { countMessages, type Pending, type PendingLog, pendingOf } from './pending.js';
import { readSent, type Sent, wasProofSent, wasSent } from './sent.js';
import { activeContacts, isBlocked, passedOnTopics, type Session } from './session.js';

/** What each recipient lacks of the chosen logs; those who lack nothing that is worth a bundle are left out. */
export function choosePending(session: Session, options: ExportOptions): Pending[] {
  const { repository } = session;
  const logs = chosenLogs(session, options);
  const all = (): PendingLog[] => sinceOf(session, pendingOf(repository, logs, { holds: () => [] }), options.since);
  const recipients = options.to ?? activeContacts(session);
  if (recipients.length === 0) return worthwhile(session, session.self, { logs, all: all() }, options);
  return recipients.flatMap((recipient) => {
    const pending = options.full
      ? all()
      : sinceOf(session, pendingOf(repository, logs, knowledgeOf(repository, recipient)), options.since);
    return worthwhile(session, recipient, { logs, all: pending }, options);
  });
}

/** The same entries for each recipient, with the proofs of their logs; none when there are no entries. */
export function exactPending(session: Session, options: ExportOptions, logs: readonly PendingLog[]): Pending[] {
  const recipients = options.to ?? activeContacts(session);
  const proofs = logs.flatMap(({ log }) => (session.repository.frozen.has(log) ? log : []));
  const people = recipients.length > 0 ? recipients.map(({ person }) => person) : [session.self.person];
  return logs.length > 0 ? people.map((person) => ({ person, logs, proofs })) : [];
}

/** Where housekeeping that was sent to a person is noted: by file, or on one drive. */
export function destinationOf(person: PersonId, options: Pick<ExportOptions, 'drive'>): string {
  return options.drive ? `${options.drive.id}/${person}` : person;
}

/** Less what lies on the drive already; nothing when no bundle is worth it. */
function worthwhile(
  session: Session,
  { person, device }: Recipient,
  chosen: { readonly logs: readonly LogSummary[]; readonly all: readonly PendingLog[] },
  options: ExportOptions,
): Pending[] {
  const logs = options.drive ? lessDrive(chosen.all, options.drive) : chosen.all;
  const sent = readSent(session.repository, destinationOf(person, options));
  const pending = { person, logs, proofs: proofsFor(session, chosen.logs, logs, sent) };
  const isOwed = readOwed(session.repository, device).length > 0;
  return isOwed || isWorthIt(session, sent, pending, options) ? [pending] : [];
}

/** Frozen logs whose proof goes along: always those of people we know, those of strangers with entries of the log, or once. */
function proofsFor(
  session: Session,
  chosen: readonly LogSummary[],
  pending: readonly PendingLog[],
  sent: Sent,
): LogId[] {
  const going = new Set(pending.map(({ log }) => log));
  return chosen.flatMap(({ log, person }) => {
    const frozen = session.repository.frozen.get(log);
    if (frozen === undefined) return [];
    return going.has(log) || isKnown(session, person) || !wasProofSent(sent, log, frozen) ? [log] : [];
  });
}

function isKnown({ self, contacts }: Session, person: PersonId | undefined): boolean {
  return person === self.person || (person !== undefined && contacts.get(person)?.accepted === true);
}

function lessDrive(pending: readonly PendingLog[], drive: DriveHoldings): PendingLog[] {
  return pending.flatMap(({ log, ranges }) => {
    const rest = subtractRanges(ranges, drive.holds(log));
    return rest.length > 0 ? [{ log, ranges: rest }] : [];
  });
}

/** Content is always worth sending again; housekeeping and proofs only once, and so is a statement nobody asked for. */
function isWorthIt(session: Session, sent: Sent, pending: Pending, options: ExportOptions): boolean {
  const { person, logs, proofs } = pending;
  const { repository, self } = session;
  // others could not know, for want of acks, what has come since our last bundle to them
  if (person !== self.person && countUnacknowledged(session) > sent.stated) return true;
  if (proofs.some((log) => !wasProofSent(sent, log, repository.frozen.get(log) ?? 0))) return true;
  if (logs.length === 0) return false;
  return options.full || countMessages(repository, logs) > 0 || !wasSent(sent, logs);
}

/** The logs that an export is about, unless it is told otherwise those of all topics passed on. */
export function chosenLogs(session: Session, options: Pick<ExportOptions, 'topics'> = {}): LogSummary[] {
  const topics = options.topics ?? passedOnTopics(session);
  return topics
    .flatMap((topic) => session.repository.logsOfTopic(topic))
    .filter((log) => log.person && !isBlocked(session, log.person))
    .sort((a, b) => (a.log < b.log ? -1 : 1));
}

/** Whole runs whose newest clock is not older; a log that is sent at all is sent with its introduction. */
function sinceOf(session: Session, pending: readonly PendingLog[], since: number | undefined): PendingLog[] {
  if (since === undefined) return [...pending];
  return pending.flatMap(({ log, ranges }) => {
    const recent = session.repository.runs(log).filter((run) => run.clocks && run.maxClock >= since);
    const kept = ranges.flatMap((range) =>
      recent.map((run) => ({ from: Math.max(range.from, run.first), end: Math.min(range.end, run.end) })),
    );
    const some = kept.filter((range) => range.from < range.end);
    return some.length > 0
      ? [
          {
            log,
            ranges: union([...some, ...ranges.filter((range) => range.from === 0).map(() => ({ from: 0, end: 1 }))]),
          },
        ]
      : [];
  });
}

/** All of it together, by log. */
export function mergePending(pending: readonly PendingLog[]): PendingLog[] {
  const byLog = new Map<LogId, PendingLog['ranges'][number][]>();
  for (const { log, ranges } of pending) byLog.set(log, [...(byLog.get(log) ?? []), ...ranges]);
  return [...byLog].sort(([a], [b]) => (a < b ? -1 : 1)).map(([log, ranges]) => ({ log, ranges: union(ranges) }));
}
