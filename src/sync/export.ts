// Export: one bundle with what the recipients are not known to hold (spec/bundle.md, "What an export holds").
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { type Frontier, type FrontierRange, frontierLogSize } from '../format/frontier.js';
import type { LogId, PersonId, TopicId } from '../format/ids.js';
import { FRONTIER_MAX } from '../format/limits.js';
import type { Contact } from '../identity/contacts.js';
import { nextSerial } from '../identity/self.js';
import { onDisk } from '../repository/files.js';
import { readProof } from '../repository/forks.js';
import { heldRanges } from '../repository/held.js';
import { appendEvent } from '../repository/journal.js';
import type { LogSummary } from '../repository/summary.js';
import { type Author, checkToken } from '../topic/own-log.js';
import { acknowledge, dueAcks } from './acknowledge.js';
import { knowledgeOf, union } from './knowledge.js';
import { countMessages, type Pending, type PendingLog, pendingOf } from './pending.js';
import { PieceBuilder } from './pieces.js';
import { noteSent, readSent, wasSent } from './sent.js';
import { activeContacts, isBlocked, keepsTopic, keptTopics, openSession, type Session } from './session.js';
import { type BundleParts, sizeOfBundle, writeBundle, writeBundleFile } from './write-bundle.js';

/** What to export. */
export interface ExportOptions {
  /** For whom; absent: for everybody known. */
  readonly to?: readonly Contact[] | undefined;
  /** Only these topics; absent: all joined and carried ones. */
  readonly topics?: readonly TopicId[] | undefined;
  /** Only what was written since, ms. */
  readonly since?: number | undefined;
  /** Everything, whatever was acknowledged. */
  readonly full?: boolean | undefined;
  readonly uncompressed?: boolean | undefined;
}

/** What was exported; `file` is null when there was nothing to send. */
export interface ExportReport {
  readonly file: string | null;
  readonly bytes: number;
  readonly logs: number;
  readonly entries: number;
  /** Of the entries: messages. */
  readonly messages: number;
  readonly for: readonly PersonId[];
}

const NOTHING: ExportReport = { file: null, bytes: 0, logs: 0, entries: 0, messages: 0, for: [] };

/** Where the bundle goes: a file by its name, or one that is open and empty. */
export type ExportTarget = string | { readonly name: string; readonly fd: number };

/** What came of an export. */
export interface Exported {
  readonly report: ExportReport;
  /** The author as it is afterwards. */
  readonly author: Author;
  /** The repository was found to be restored or cloned, and its logs were given up. */
  readonly renewed: boolean;
}

/**
 * Acknowledges what is due, then writes one bundle to the target for the bundle's serial.
 * @throws SatchelError `busy`, `io`, `no-space`; a named file is there as a whole or not at all
 */
export function exportBundle(
  session: Session,
  author: Author,
  options: ExportOptions,
  targetFor: (serial: number) => ExportTarget,
): Promise<Exported> {
  return session.repository.lockedAsync(async () => {
    // a restored device must not speak on in its old epoch, where its serials are spent
    const checked = await checkToken(session.repository, author);
    const current = await acknowledge(session, checked.author);
    const report = exportLocked({ ...session, self: current.self }, current, options, targetFor);
    return { report, author: current, renewed: checked.renewed };
  });
}

/** What an export would write now; changes nothing. Acks that are due are counted, but not in `bytes`. */
export function planExport(session: Session, options: ExportOptions): ExportReport {
  const { repository } = session;
  const acks = dueAcks(session).filter(({ topic }) => options.topics?.includes(topic) ?? true);
  const pending = choosePending(session, options);
  const logs = mergePending(pending);
  if (logs.length === 0 && acks.length === 0) return NOTHING;
  const builder = new PieceBuilder(repository, options);
  try {
    for (const log of logs) builder.add(log);
    const everybody = (options.to ?? activeContacts(session)).map((contact) => contact.person);
    const recipients = acks.length > 0 ? everybody : recipientsOf(session, pending);
    return {
      file: null,
      bytes: sizeOfBundle(partsOf(session, builder, logs, { for: recipients, serial: session.self.serial + 1 })),
      logs: new Set([...logs, ...acks].map(({ log }) => log)).size,
      entries: entriesOf(builder) + acks.length,
      messages: countMessages(repository, logs),
      for: recipients,
    };
  } finally {
    builder.close();
  }
}

/** What each recipient lacks of the chosen logs; those who lack nothing that is worth a bundle are left out. */
export function choosePending(session: Session, options: ExportOptions): Pending[] {
  const { repository } = session;
  const logs = chosenLogs(session, options);
  const all = (): PendingLog[] => sinceOf(session, pendingOf(repository, logs, { holds: () => [] }), options.since);
  const recipients = options.to ?? activeContacts(session);
  if (recipients.length === 0) return [{ person: session.self.person, logs: all() }];
  return recipients.flatMap((recipient) => {
    const pending = options.full
      ? all()
      : sinceOf(session, pendingOf(repository, logs, knowledgeOf(repository, recipient)), options.since);
    return isWorthIt(session, recipient.person, pending, options) ? [{ person: recipient.person, logs: pending }] : [];
  });
}

function exportLocked(
  session: Session,
  author: Author,
  options: ExportOptions,
  targetFor: (serial: number) => ExportTarget,
): ExportReport {
  const { repository } = session;
  const pending = choosePending(session, options);
  const logs = mergePending(pending);
  if (logs.length === 0) return NOTHING;
  const builder = new PieceBuilder(repository, options);
  try {
    for (const log of logs) builder.add(log);
    const serial = nextSerial(repository.directory);
    const target = targetFor(serial);
    const file = typeof target === 'string' ? target : target.name;
    const recipients = recipientsOf(session, pending);
    const parts = partsOf(session, builder, logs, { for: recipients, serial });
    const bytes = writeTo(target, parts, author.secrets.device);
    noteSent(repository, pending);
    const messages = countMessages(repository, logs);
    const report = { file, bytes, logs: logs.length, entries: entriesOf(builder), messages, for: recipients };
    appendEvent(repository.layout, { at: parts.draft.created, type: 'export', ...report, serial });
    return report;
  } finally {
    builder.close();
  }
}

function partsOf(
  session: Session,
  builder: PieceBuilder,
  logs: readonly PendingLog[],
  given: { readonly for: readonly PersonId[]; readonly serial: number },
): BundleParts {
  const { device, epoch, card } = session.self;
  const draft = { key: device, epoch, created: session.repository.world.now(), card, ...given };
  return { draft, frontier: ownFrontier(session), proofs: proofsFor(session, logs), pieces: builder.pieces };
}

function writeTo(target: ExportTarget, parts: BundleParts, seed: Buffer): number {
  if (typeof target === 'string') return writeBundleFile(target, parts, seed);
  return onDisk(`writing ${target.name}`, () => writeBundle(target.fd, parts, seed));
}

function entriesOf(builder: PieceBuilder): number {
  return builder.pieces.reduce((sum, { record }) => sum + record.end - record.first, 0);
}

function recipientsOf(session: Session, pending: readonly Pending[]): PersonId[] {
  return pending.map((one) => one.person).filter((person) => person !== session.self.person);
}

/** Content is always worth sending again; housekeeping only once. */
function isWorthIt(
  session: Session,
  person: PersonId,
  pending: readonly PendingLog[],
  options: ExportOptions,
): boolean {
  if (pending.length === 0) return false;
  if (options.full || countMessages(session.repository, pending) > 0) return true;
  return !wasSent(readSent(session.repository, person), pending);
}

function chosenLogs(session: Session, options: ExportOptions): LogSummary[] {
  const topics = options.topics ?? keptTopics(session).map((topic) => topic.topic);
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

function mergePending(pending: readonly Pending[]): PendingLog[] {
  const byLog = new Map<LogId, PendingLog['ranges'][number][]>();
  for (const { log, ranges } of pending.flatMap((one) => one.logs))
    byLog.set(log, [...(byLog.get(log) ?? []), ...ranges]);
  return [...byLog].sort(([a], [b]) => (a < b ? -1 : 1)).map(([log, ranges]) => ({ log, ranges: union(ranges) }));
}

/** What we hold, contacts' logs and those of kept topics first, as far as it fits; frozen parts are not claimed. */
function ownFrontier(session: Session): Frontier {
  const { repository } = session;
  const frontier = new Map<LogId, readonly FrontierRange[]>();
  let size = 0;
  for (const { log } of [...repository.logs()].sort(
    (a, b) => rank(session, a) - rank(session, b) || (a.log < b.log ? -1 : 1),
  )) {
    const ranges = heldRanges(repository.runs(log));
    size += frontierLogSize(ranges.length);
    if (size > FRONTIER_MAX) break;
    if (ranges.length > 0) frontier.set(log, ranges);
  }
  return frontier;
}

function rank(session: Session, log: LogSummary): number {
  if (log.person && session.contacts.get(log.person)?.accepted) return 0;
  return log.topic && keepsTopic(session, log.topic) ? 1 : 2;
}

function proofsFor(session: Session, logs: readonly PendingLog[]): Buffer[] {
  const { repository } = session;
  return logs
    .filter(({ log }) => repository.frozen.has(log))
    .flatMap(({ log }) => readProof(repository.layout.proofs, log) ?? []);
}

/**
 * A file name for a bundle in `directory` that is not taken: `[a-z0-9-]`, nothing is ever parsed from it.
 * @throws SatchelError `io` when the directory is not there
 */
export function freeName(directory: string, stem: string): string {
  if (!fs.existsSync(directory))
    throw new SatchelError('io', `no directory ${directory}`, { hint: 'make it, or name another with -o' });
  for (let i = 1; ; i++) {
    const file = path.join(directory, `${stem}${i === 1 ? '' : `-${i}`}.satchel`);
    if (!fs.existsSync(file)) return file;
  }
}

/** The session again after something else changed the user's decisions. */
export const reopenSession = openSession;
