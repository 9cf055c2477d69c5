// Which entries an export is about (spec/bundle.md, "What an export holds").

import { type LogId, shortId, type TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { acceptedContact, isKnown } from '../../identity/relations.js';
import { subtractRanges } from '../../repository/index/held.js';
import { isVeiledLog, type LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { isPersonLog } from '../../topic/person-topic.js';
import { BlobOffer } from '../blobs/offer.js';
import { wantsMark } from '../blobs/own-wants.js';
import { toldWants, type WantedBlob } from '../blobs/wanted.js';
import { type Audience, audienceOf, isAbout } from '../known/audience.js';
import { EVERYTHING, type Knowledge, knowledgeOf, union } from '../known/knowledge.js';
import { readPendingStatements, readSent, type Sent, wasProofSent, wasSent } from '../known/pending-statements.js';
import { knownPersonLogs } from '../known/person-logs.js';
import type { Recipient } from '../known/recipients.js';
import { isBlocked, passedOnTopics, type Session } from '../session.js';
import { withHousekeeping } from './in-front.js';
import type { ExactExport, ExportOptions, Holdings } from './options.js';
import { countContent, leftOverFor, NOTHING_KNOWN, pendingOf } from './pending.js';
import type { Pending, PendingLog, Said } from './pending-log.js';
import { type Sayable, type Subject, sayable } from './subjects.js';
import { veiledScope } from './veiled-scope.js';

/** What an export is about. */
export interface Choice {
  /** The logs of which it goes on to whoever lacks it. */
  readonly logs: readonly LogSummary[];
  /** What each recipient lacks of the chosen logs; those who lack nothing that is worth a bundle are left out. */
  readonly pending: readonly Pending[];
  /** What the others lack: what lies in front of what goes goes along. */
  readonly lacked: readonly PendingLog[];
  /** The attachments that the logs refer to. */
  readonly offer: BlobOffer;
  /** What we lack of attachments ourselves. */
  readonly wanted: readonly WantedBlob[];
  /** What there is to be said besides entries, by what it is about. */
  readonly said: ReadonlyMap<Subject, Sayable>;
  /** What goes was said, whatever the recipients lack. */
  readonly exact?: ExactExport;
  /** Whether the bundle may speak of a log: be it in entries, or in what is said of what is held and lacked. */
  readonly isTold: (log: LogId) => boolean;
  /** The bundle may speak of nothing but these topics; absent: of all. */
  readonly about?: readonly TopicId[] | undefined;
}

/** What to export, and for whom. */
export function chooseExport(session: Session, options: ExportOptions): Choice {
  const audience = audienceOf(session, options);
  const { recipients, topics, isLimited } = audience;
  const given = { ...options, to: recipients, topics };
  const about = isLimited ? topics : undefined;
  const mayHold = veiledScope(options, isLimited);
  const veiled = [...session.repository.unplacedLogs()].sort((a, b) => (a.log < b.log ? -1 : 1));
  const logs = [...chosenLogs(session, given), ...veiled].filter(mayHold);
  const isTold = toldIn(session, options, audience);
  const all = [...logs, ...personLogsFor(session, audience)];
  const wanted = wantedIn(session, isTold);
  const said = sayable(session, wanted, isTold);
  const chosen = { logs: all, about, isTold, offer: new BlobOffer(session, all, given), wanted, said };
  const exact = given.exactly?.(session);
  if (exact) return { ...chosen, exact, pending: exactPending(session, given, { ...chosen, exact }), lacked: [] };
  return { ...chosen, ...choosePending(session, chosen, given) };
}

/** Tells which logs an export may speak of. */
export function toldBy(session: Session, options: ExportOptions): (log: LogId) => boolean {
  return toldIn(session, options, audienceOf(session, options));
}

function toldIn(
  { repository }: Session,
  options: ExportOptions,
  { topics, isLimited }: Pick<Audience, 'topics' | 'isLimited'>,
): (log: LogId) => boolean {
  const mayHold = veiledScope(options, isLimited);
  const isAmong = isAbout(repository, isLimited ? topics : undefined);
  return (log) => isAmong(log) && mayHold(repository.log(log));
}

/** The person logs that go wherever contacts are served, whatever topics are; in what anybody may find they have no business. */
export function personLogsFor(
  session: Session,
  { recipients, isLimited }: Pick<Audience, 'recipients' | 'isLimited'>,
): LogSummary[] {
  return isLimited || recipients.length === 0 ? [] : knownPersonLogs(session);
}

type Given = ExportOptions & { readonly to: readonly Recipient[] };

/** What we lack of attachments, as far as the bundle may speak of it. */
function wantedIn(session: Session, isTold: Choice['isTold']): readonly WantedBlob[] {
  return toldWants(session).filter(({ references }) => references.some(({ log }) => isTold(log)));
}

/** The same entries for each recipient, with the proofs of their logs; none when there are no entries. */
function exactPending(
  session: Session,
  { to }: Given,
  { exact, isTold }: Pick<Choice, 'isTold'> & { readonly exact: ExactExport },
): Pending[] {
  const logs = exact.logs.filter(({ log }) => isTold(log));
  const proofs = logs.flatMap(({ log }) => (session.repository.frozen.has(log) ? log : []));
  const people = to.length > 0 ? to : [session.self];
  const rest = { proofs, blobs: new Map(), said: new Map(), isDue: true };
  return logs.length > 0
    ? people.map(({ person, device }) => ({ person, device, logs, withDrive: logs, ...rest }))
    : [];
}

type Chosen = Omit<Choice, 'pending' | 'lacked'>;

function choosePending(session: Session, chosen: Chosen, options: Given): Pick<Choice, 'pending' | 'lacked'> {
  const everybody = lackedByEach(session, chosen, options);
  const pending = everybody.filter(({ isDue, blobs }) => isDue || blobs.size > 0);
  const others = everybody.filter((one) => !pending.includes(one));
  return { pending, lacked: others.flatMap(({ logs }) => logs) };
}

/** What each recipient lacks, be it worth a bundle or not. */
function lackedByEach(session: Session, chosen: Chosen, options: Given): Pending[] {
  const { repository } = session;
  const { logs, offer } = chosen;
  const lackedBy = (knowledge: Pick<Knowledge, 'spares'>): PendingLog[] =>
    sinceOf(session, pendingOf(repository, logs, knowledge), options.since);
  const recipients = options.to;
  const isOpen = ({ log }: PendingLog): boolean => !isVeiledLog(repository.log(log));
  const all = options.full || recipients.length === 0 ? lackedBy(NOTHING_KNOWN).filter(isOpen) : [];
  if (recipients.length === 0) {
    const lacks = { all, behind: [], blobs: offer.lackedBy(undefined), said: saidTo(chosen, undefined) };
    return [judged(session, session.self, { ...chosen, ...lacks }, options)];
  }
  return recipients.map((recipient) => {
    const knowledge = knowledgeOf(repository, recipient);
    const pending = options.full
      ? [...all, ...lackedBy(asked(knowledge)).filter((one) => !isOpen(one))]
      : lackedBy(knowledge);
    const lacks = { all: pending, behind: logs, blobs: offer.lackedBy(recipient), said: saidTo(chosen, knowledge) };
    return judged(session, recipient, { ...chosen, ...lacks }, options);
  });
}

/** As of who holds nothing of what it asked for: of a veiled log nobody gets what it did not, however much is sent. */
function asked({ asksFor }: Knowledge): Pick<Knowledge, 'spares'> {
  return { spares: (log) => (asksFor(log) ? [] : EVERYTHING) };
}

/** What somebody is told who knows so much: of attachments that we lack nothing where nothing is known. */
function saidTo({ said }: Pick<Choice, 'said'>, knowledge: Knowledge | undefined): Pending['said'] {
  const told = [...said].map(([subject, { messages, wanted }]): [Subject, Said] => {
    return [subject, { messages, wantsMark: knowledge ? wantsMark(wanted, knowledge) : 0 }];
  });
  return new Map(told);
}

/** Where housekeeping that was sent to a device is noted: by file, or on one drive; there by topic, where strangers are. */
export function destinationOf(
  session: Session,
  { person, device }: Recipient,
  drive: string | undefined,
  about: readonly TopicId[] | undefined,
): string {
  const { self } = session;
  const first = person === self.person ? self.device : acceptedContact(session, person)?.device;
  const name = first === undefined || first === device ? person : device;
  if (drive === undefined) return name;
  return [drive, name, ...(about ?? []).map(shortId)].join('/');
}

/** What a recipient lacks, and logs of which it may get what is left over. */
interface Lacked {
  readonly all: readonly PendingLog[];
  readonly behind: readonly LogSummary[];
}

/** Less what lies on the drive, or in other files of the export, already; whether it is worth a bundle. */
function judged(
  session: Session,
  { person, device }: Recipient,
  chosen: Omit<Chosen, 'said'> & Pick<Pending, 'blobs' | 'said'> & Lacked,
  options: ExportOptions,
): Pending {
  const { blobs, said, about, isTold } = chosen;
  const sent = readSent(session.repository, destinationOf(session, { person, device }, options.drive?.id, about));
  const leftOver = leftOverFor(session.repository, person, chosen.behind);
  const withDrive = leftOver.length > 0 ? mergePending([...chosen.all, ...leftOver]) : chosen.all;
  const beside: Holdings | undefined = options.drive ?? options.parts ?? options.before;
  const logs = beside ? lessLying(withDrive, { person, device }, beside) : withDrive;
  const proofs = proofsFor(session, chosen.logs, logs, sent);
  const pending = { person, device, logs, withDrive, proofs, blobs, said };
  const isOwed = readPendingStatements(session.repository, device).some(isTold);
  // like any content, until word comes: the bundle may be lost
  const isLeft = (beside ? lessLying(leftOver, { person, device }, beside) : leftOver).length > 0;
  return { ...pending, isDue: isOwed || isLeft || isWorthIt(session, sent, pending, options) };
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

function lessLying(pending: readonly PendingLog[], recipient: Recipient, beside: Holdings): PendingLog[] {
  return pending.flatMap(({ log, ranges }) => {
    const rest = subtractRanges(ranges, beside.holds(log, recipient));
    return rest.length > 0 ? [{ log, ranges: rest }] : [];
  });
}

/** Content is always worth sending again; housekeeping and proofs only once, and so is a statement nobody asked for. */
function isWorthIt(
  session: Session,
  sent: Sent,
  pending: Omit<Pending, 'isDue'>,
  options: Pick<ExportOptions, 'full'>,
): boolean {
  const { device, logs, proofs } = pending;
  const { repository, self } = session;
  if (device !== self.device && isStatementDue(sent, pending)) return true;
  if (proofs.some((log) => !wasProofSent(sent, log, repository.frozen.get(log) ?? 0))) return true;
  if (logs.length === 0) return false;
  return options.full || countContent(repository, logs) > 0 || !wasSent(sent, logs);
}

/**
 * Whether others could not know, for want of acks, what has come since our last bundle to this destination, or whether we
 * lack something else of their attachments than we said then.
 */
function isStatementDue(sent: Sent, { said }: Pick<Pending, 'said'>): boolean {
  return [...said].some(([subject, now]) => {
    const before = sent.said(subject);
    return now.wantsMark !== before.wantsMark || now.messages > before.messages;
  });
}

/** The conversations that an export is about, unless it is told otherwise those of all topics passed on. */
export function chosenLogs(session: Session, options: Pick<ExportOptions, 'topics'> = {}): LogSummary[] {
  const topics = options.topics ?? passedOnTopics(session);
  return topics
    .flatMap((topic) => session.repository.logsOfTopic(topic))
    .filter((log) => log.person && !isBlocked(session, log.person) && !isPersonLog(log))
    .sort((a, b) => (a.log < b.log ? -1 : 1));
}

/** Whole runs whose newest clock is not older; a log that is sent at all is sent with its introduction. */
function sinceOf(session: Session, pending: readonly PendingLog[], since: number | undefined): PendingLog[] {
  if (since === undefined) return [...pending];
  return pending.flatMap(({ log, ranges }) => {
    const some = ranges.flatMap((range) => recentIn(session.repository, log, range, since));
    const introduction = ranges.filter((range) => range.from === 0).map(() => ({ from: 0, end: 1 }));
    return some.length > 0 ? [{ log, ranges: union([...some, ...introduction]) }] : [];
  });
}

/** What is recent of a range, with the housekeeping in front of it: it is as old as what it was written for. */
function recentIn(repository: Repository, log: LogId, range: Range, since: number): Range[] {
  const recent = repository
    .runs(log, range.from, range.end)
    .filter((run) => run.clocks && run.maxClock >= since)
    .map((run) => ({ from: Math.max(range.from, run.first), end: Math.min(range.end, run.end) }));
  let floor = range.from;
  return union(recent).map((one) => {
    const whole = withHousekeeping(repository, log, one, floor);
    floor = one.end;
    return whole;
  });
}

/** All of it together, by log. */
export function mergePending(pending: readonly PendingLog[]): PendingLog[] {
  const byLog = new Map<LogId, PendingLog['ranges'][number][]>();
  for (const { log, ranges } of pending) byLog.set(log, [...(byLog.get(log) ?? []), ...ranges]);
  return [...byLog].sort(([a], [b]) => (a < b ? -1 : 1)).map(([log, ranges]) => ({ log, ranges: union(ranges) }));
}
