// Before an export: acknowledge in our own logs what imports brought (spec/message.md, "Acknowledgements").
import type { LogId, TopicId } from '../../format/ids.js';
import { decidedRelation } from '../../identity/relations.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { rememberedAcks } from '../../topic/acks/ack-memory.js';
import { type AckPlan, type AckSource, planAck } from '../../topic/acks/ack-plan.js';
import { type AckState, encodeAckBody, NOTHING_SAID } from '../../topic/acks/acks.js';
import { ACK } from '../../topic/message/message.js';
import { openClockJudge } from '../../topic/order/clock-judge.js';
import { messageIn } from '../../topic/payload.js';
import { whyNotWritingHere } from '../../topic/private/may-write-here.js';
import { type TopicView, viewTopic } from '../../topic/private/topic-view.js';
import type { Topic } from '../../topic/topics.js';
import { type Author, activeLog } from '../../topic/writing/own-log.js';
import { type Draft, postLocked } from '../../topic/writing/post.js';
import { knownPersonLogs } from '../known/person-logs.js';
import type { Session } from '../session.js';
import { orPassOver } from './passing-over.js';

/** With `auto`, topics of more logs than this are not acknowledged. */
const RECEIPT_LOGS_MAX = 64;

/** Appends the acks that are due in joined topics; returns the author as it is afterwards. Only under the lock. */
export async function acknowledge(session: Session, author: Author): Promise<Author> {
  let current = author;
  for (const topic of session.topics.topics) {
    if (!topic.joined || topic.receipts === 'off') continue;
    await orPassOver(session.repository, author, topic.topic, async () => {
      const plan = planFor(session, topic);
      if (!plan) return;
      const log = writtenNow(session, topic.topic, ownLogs(session, topic.topic))?.log;
      const report = await postLocked(session.repository, current, topic, draftsOf(plan, log));
      current = report.author;
    });
  }
  return current;
}

/**
 * Logs of other devices in joined topics that nobody gets an ack for, and person logs: what we hold of them is known by the
 * frontiers of our bundles alone, so that its growth is a reason for one.
 */
export function unacknowledged(session: Session): LogSummary[] {
  const others = [...knownPersonLogs(session)];
  for (const topic of session.topics.topics) {
    if (!topic.joined) continue;
    const logs = session.repository.logsOfTopic(topic.topic);
    const isRead = !isPrivate(logs) || readHere(session, topic) !== undefined;
    if (isRead && (topic.receipts === 'on' || (topic.receipts === 'auto' && logs.length <= RECEIPT_LOGS_MAX))) continue;
    others.push(...logs);
  }
  return others.filter((log) => !isOfThisDevice(session, log));
}

/** An ack that is due; `log` is the own log it goes to, undefined when that is still to be begun. */
export interface DueAck {
  readonly topic: TopicId;
  readonly log: LogId | undefined;
}

/** The acks that the next export appends. */
export function dueAcks(session: Session): DueAck[] {
  const acknowledged = session.topics.topics.filter((topic) => topic.joined && topic.receipts !== 'off');
  return acknowledged.flatMap((topic) => {
    const log = writtenNow(session, topic.topic, ownLogs(session, topic.topic))?.log;
    return planFor(session, topic)?.acks.map(() => ({ topic: topic.topic, log })) ?? [];
  });
}

function planFor(session: Session, topic: Topic): AckPlan | undefined {
  const { repository } = session;
  const logs = repository.logsOfTopic(topic.topic);
  if (topic.receipts === 'auto' && logs.length > RECEIPT_LOGS_MAX) return undefined;
  const view = readHere(session, topic);
  if (!view && (topic.kind === 'private' || isPrivate(logs))) return undefined;
  const own = logs.filter((log) => log.person === session.self.person);
  const active = writtenNow(session, topic.topic, own);
  const mine = { logs: new Set(own.map(({ log }) => log)), since: active?.arrival ?? 0 };
  const isOne = view ? isMembers(session, view) : (log: LogSummary): boolean => isAcknowledged(session, log, mine);
  const wanted = logs.filter(isOne);
  return planAck(
    view ? countingPart(repository, view) : repository,
    wanted.map((log) => log.log),
    lastState(session, active),
  );
}

/** A private topic in which we can say what we hold. */
function readHere({ repository, self }: Session, { topic }: Topic): TopicView | undefined {
  const view = viewTopic(repository, topic);
  return view && view.logs.length > 0 && !whyNotWritingHere(repository, self, view) ? view : undefined;
}

/** Of members every log is acknowledged, control entries too: they have to arrive. */
function isMembers(session: Session, view: TopicView): (log: LogSummary) => boolean {
  return (log) => log.veiled && log.messages > 0 && !isOfThisDevice(session, log) && (view.endOf(log.log) ?? 0) > 0;
}

/** What is void is not acknowledged: logs end for it as if they were frozen there. */
function countingPart(repository: Repository, view: TopicView): AckSource {
  const frozen = new Map(repository.frozen);
  for (const { log } of view.logs) {
    const end = view.endOf(log) ?? 0;
    if (end !== Number.POSITIVE_INFINITY) frozen.set(log, Math.min(end, frozen.get(log) ?? end));
  }
  return {
    frozen,
    runs: (log) => repository.runs(log),
    segment: (place) => repository.segment(place),
    within: (run) => repository.within(run),
    entries: (log, from, end) => repository.entries(log, from, end),
    held: (log) => repository.held(log),
    entry: (log, seq) => repository.entry(log, seq),
  };
}

/** What is sealed is not acknowledged in the open. */
function isPrivate(logs: readonly LogSummary[]): boolean {
  return logs.some(({ veiled }) => veiled);
}

/** What we acknowledged in the log we write now; what was said in one given up counts no longer, whoever wrote it. */
function lastState({ repository }: Session, active: LogSummary | undefined): AckState {
  return active ? rememberedAcks(repository, active.log) : NOTHING_SAID;
}

function ownLogs({ repository, self }: Session, topic: TopicId): LogSummary[] {
  return repository.logsOfTopic(topic).filter((log) => log.person === self.person);
}

function writtenNow({ repository, self }: Session, topic: TopicId, own: readonly LogSummary[]): LogSummary | undefined {
  const { isLeftAhead } = openClockJudge(repository, topic, self.person);
  return activeLog(repository, self.device, own, { isAhead: false, isLeftAhead });
}

/** Our logs in a topic, and the commit that last brought any of the one we write now. */
interface Mine {
  readonly logs: ReadonlySet<LogId>;
  readonly since: number;
}

function isOfThisDevice({ self }: Session, { person, device }: LogSummary): boolean {
  return person === self.person && device === self.device;
}

/** Contacts are acknowledged, and our own other devices; strangers only when they replied to us. */
function isAcknowledged(session: Session, log: LogSummary, mine: Mine): boolean {
  if (!log.person || log.messages === 0 || isOfThisDevice(session, log)) return false;
  const decided = decidedRelation(session, log.person);
  return decided === undefined ? hasReplied(session, log, mine) : decided !== 'blocked';
}

function hasReplied({ repository }: Session, log: LogSummary, { logs, since }: Mine): boolean {
  if (log.arrival <= since) return false;
  for (const run of repository.runs(log.log).filter((candidate) => candidate.arrival > since)) {
    for (const entry of repository.entries(log.log, run.first, run.end)) {
      const message = messageIn(entry);
      const target = message?.reply === undefined ? undefined : message.deps[message.reply];
      if (target && logs.has(target.log)) return true;
    }
  }
  return false;
}

/** Older acks are taken back in the log that they stand in, and in no other. */
function draftsOf(plan: AckPlan, log: LogId | undefined): Draft[] {
  return plan.acks.map((ack, i) => ({
    type: ACK,
    body: encodeAckBody(ack),
    meta: { housekeeping: true, ...(i === 0 && plan.retracts.length > 0 && { retracts: plan.retracts }) },
    ...(log !== undefined && { log }),
  }));
}
