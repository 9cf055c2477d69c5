// satchel topic list: what we are in, and what contacts are in (spec/cli.md, "Topics").
import { shortId } from '../../../format/ids.js';
import { acceptedContact } from '../../../identity/relations.js';
import { type ReadMarks, readMarks } from '../../../repository/read-marks.js';
import { topicsWaiting, type WaitingTopic } from '../../../sync/drive/waiting-topics.js';
import { carriedVeiled } from '../../../sync/known/carried.js';
import { seenTopics } from '../../../sync/known/seen-topics.js';
import { openSession, type Session } from '../../../sync/session.js';
import { keyringOf } from '../../../topic/message/interpret.js';
import { type Out, outOf } from '../../../topic/private/standing.js';
import { viewTopic } from '../../../topic/private/topic-view.js';
import { countMessages } from '../../../topic/reading/counts.js';
import { openPeople } from '../../../topic/reading/people.js';
import { unreadOf } from '../../../topic/reading/unread.js';
import type { Topic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import { carriedJson, carriedLines } from '../../report/carried-words.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { topicJson } from './topic-change.js';
import { openTopicKeys } from './topic-keys.js';

interface Counted {
  readonly topic: Topic;
  readonly logs: number;
  readonly entries: number;
  readonly messages: number;
  readonly unread: number;
  /** Where something of it waits for a contact, or for another device of ours. */
  readonly drives: readonly WaitingTopic[];
}

/** Prints them, the joined ones first. */
export async function run(context: Context): Promise<void> {
  const repository = await context.repository();
  await openTopicKeys(context, openSession(repository).topics.topics, 'file');
  const session = openSession(repository);
  const marks = readMarks(session.repository.layout);
  const waiting = topicsWaiting(session);
  const all = [...session.topics.topics, ...seenTopics(session)].map((topic) => ({
    ...count(session, topic, marks),
    drives: waiting.get(topic.topic) ?? [],
  }));
  if (context.json) return context.printJson(listJson(session, all));
  const joined = all.filter(({ topic }) => topic.joined);
  const others = all.filter(({ topic }) => !topic.joined);
  for (const line of alignColumns(joined.map((one) => row(one, session, context)))) context.print(line);
  if (joined.length > 0 && others.length > 0) context.print('');
  if (others.length > 0) listOthers(context, session, others);
  if (session.topics.carryAll) context.note('You carry all topics, within a quota.');
  for (const line of carriedLines(session, carriedVeiled(session))) context.note(`${line}.`);
  if (all.length === 0) {
    context.note('No topics yet.');
    context.note(`Next: ${nextCommand(context.directory, 'topic join NAME', context.env)}`);
  }
}

function count(session: Session, topic: Topic, marks: ReadMarks): Omit<Counted, 'drives'> {
  const logs = session.repository.logsOfTopic(topic.topic);
  const { count: unread } = unreadOf(session.repository, topic.topic, marks.get(topic.topic), openPeople(session));
  const entries = logs.reduce((total, log) => total + log.entries, 0);
  return { topic, logs: logs.length, entries, messages: countMessages(session.repository, topic.topic), unread };
}

function listJson(session: Session, all: readonly Counted[]): unknown {
  const { topics } = session;
  return {
    current: topics.current ?? null,
    carryAll: topics.carryAll,
    carried: carriedJson(session, carriedVeiled(session)),
    topics: all.map(({ topic, ...counts }) => ({
      ...topicJson(topic, session),
      current: topic.topic === topics.current,
      needsNewer: topic.newer === true,
      ...counts,
    })),
  };
}

function listOthers(context: Context, session: Session, others: readonly Counted[]): void {
  context.print(context.style.bold('Not joined:'));
  for (const line of alignColumns(others.map((one) => row(one, session, context)))) context.print(line);
  const label = others.find(({ topic }) => !topic.newer && isOffered(topic, session))?.topic.label;
  if (label === undefined) return;
  context.note(`To join one: ${nextCommand(context.directory, `topic join ${quoteWord(label)}`, context.env)}`);
}

function row({ topic, logs, messages, unread, drives }: Counted, session: Session, { style }: Context): string[] {
  const isCurrent = topic.topic === session.topics.current;
  const marks = [
    ...(topic.newer ? ['needs a newer version of satchel'] : []),
    ...(topic.kind === 'rendezvous' ? ['open to anyone'] : []),
    ...(topic.kind === 'private' ? [privateMark(topic, session)] : []),
    ...(topic.muted ? ['muted'] : []),
    ...(topic.receipts === 'auto' ? [] : [`receipts ${topic.receipts}`]),
    ...(topic.carry ? ['carried'] : []),
  ];
  const news = unread > 0 && topic.joined && !topic.muted ? style.yellow(`${unread} unread`) : '';
  return [
    isCurrent ? '*' : ' ',
    isCurrent ? style.bold(escapeLine(topic.label)) : escapeLine(topic.label),
    style.dim(shortId(topic.topic)),
    isHidden(session, topic, logs) ? 'locked' : plural(messages, 'message'),
    news,
    style.yellow(drives.map((one) => `${one.messages} waiting on ${escapeLine(one.label)}`).join(', ')),
    style.dim(marks.join(', ')),
  ];
}

/** Nobody can say what is held of it while its keys are closed. */
function isHidden({ repository }: Session, { kind, joined }: Topic, logs: number): boolean {
  return kind === 'private' && joined && logs === 0 && keyringOf(repository).isLocked;
}

/** Whoever was in a private topic and is no more cannot join it. */
function isOffered(topic: Topic, session: Session): boolean {
  return topic.kind !== 'private' || (topic.invitedBy !== undefined && !outHere(topic, session));
}

function outHere({ topic }: Topic, { repository, self }: Session): Out | undefined {
  const view = viewTopic(repository, topic);
  return view && outOf(view, self.person);
}

function privateMark(topic: Topic, session: Session): string {
  const { joined, invitedBy } = topic;
  const out = outHere(topic, session);
  if (out?.state === 'left' || (!out && !joined && invitedBy === undefined)) return 'private, you left';
  if (out) return `private, ${escapeLine(acceptedContact(session, out.by)?.petname ?? shortId(out.by))} removed you`;
  const by = acceptedContact(session, invitedBy)?.petname;
  if (joined || by === undefined) return 'private';
  return `private, ${escapeLine(by)} invites you`;
}
