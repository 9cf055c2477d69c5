// What to do next, by how things are (spec/cli.md, "status"): "nothing to do" only where nothing waits for anybody.
import { knownDrives } from '../../sync/drive/known.js';
import type { Newcomer } from '../../sync/drive/newcomers.js';
import type { WaitingDrive } from '../../sync/drive/waiting.js';
import type { SeenTopic } from '../../sync/known/seen-topics.js';
import { strangersOf } from '../../sync/known/strangers.js';
import type { Session } from '../../sync/session.js';
import type { Topic } from '../../topic/topics.js';
import type { Context } from '../command/context.js';
import { nextCommand, quoteWord } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';
import { addressLines } from './addresses.js';
import { awaitedName, nameList } from './export-words.js';
import { newcomerLines } from './newcomers.js';
import { whoWrites } from './who-writes.js';

/** How things are, as far as it says what to do. */
export interface Advised {
  readonly topics: readonly { readonly topic: Topic; readonly unread: number }[];
  /** Of what is not delivered to a contact, `onDrives` lies on a drive for it. */
  readonly contacts: readonly { readonly pending: number; readonly onDrives: number }[];
  readonly drives: readonly WaitingDrive[];
  readonly attachments: { readonly missing: number };
  readonly seen: readonly SeenTopic[];
  readonly newcomers: readonly Newcomer[];
}

/** The next commands, the most pressing first, and what else is said at the end; `reminders` are of what can wait. */
export function adviceFor(
  context: Context,
  session: Session,
  status: Advised,
  reminders: readonly string[] = [],
): string[] {
  const here = stepsHere(context, session, status);
  const away = status.drives.flatMap((drive) => carryLine(session, drive));
  const all = [...here, ...away, ...reminders];
  return all.length > 0 ? all : ['nothing to do'];
}

function stepsHere(context: Context, session: Session, status: Advised): string[] {
  const { topics, contacts, newcomers, attachments, drives } = status;
  const next = (rest: string): string => nextCommand(context.directory, rest, context.env);
  const steps: string[] = [];
  const unread = topics.find((one) => one.unread > 0);
  if (unread) steps.push(`to read: ${next(`read${option(session, unread.topic)}`)}`);
  const isCarried = drives.some(({ waiting }) => waiting.length > 0);
  if (contacts.some(({ pending, onDrives }) => pending > (isCarried ? onDrives : 0)))
    steps.push(`to deliver: ${next(deliverBy(session))}`);
  if (attachments.missing > 0) steps.push(`to ask for attachments: ${next('want')}`);
  if (contacts.length === 0 && newcomers.length === 0)
    steps.push(`to hear from somebody: ${next(`contact add ${strangerToAdd(session)}`)}`);
  steps.push(...newcomerLines(context, newcomers));
  steps.push(...addressLines(context, session, { isNew: true }));
  steps.push(...topicLines(context, session, status));
  for (const drive of drives) steps.push(...driveLines(context, drive));
  return steps;
}

/** A known drive that is here takes it along; else a file does. */
function deliverBy({ repository }: Session): string {
  return knownDrives(repository.layout).some(({ drive }) => drive) ? 'sync' : 'export';
}

function topicLines(context: Context, session: Session, { seen, topics }: Advised): string[] {
  const next = (rest: string): string => nextCommand(context.directory, rest, context.env);
  const [news] = seen;
  if (news) {
    return [
      `${whoWrites(session, news)} in "${escapeLine(news.label)}", to join: ${next(`topic join ${quoteWord(news.label)}`)}`,
    ];
  }
  return topics.length === 0 ? [`to begin: ${next('post -t NAME TEXT')}`] : [];
}

/** What lies on a drive and was not taken in. */
function driveLines(context: Context, { label, directory, left, locked }: WaitingDrive): string[] {
  const next = (rest: string): string => nextCommand(context.directory, rest, context.env);
  const called = escapeLine(label);
  return [
    ...(locked > 0 ? [`to open what is sealed on "${called}": ${next(`sync ${quoteWord(directory)}`)}`] : []),
    ...(left > 0 ? [`what is on "${called}" and not taken: ${next(`drive status ${quoteWord(directory)}`)}`] : []),
  ];
}

/** What lies on a drive waits for somebody to take it there. */
function carryLine(session: Session, { label, waiting }: WaitingDrive): string[] {
  if (waiting.length === 0) return [];
  const names = waiting.map(({ person }) => awaitedName(session, person));
  return [`take "${escapeLine(label)}" to ${nameList(names)}`];
}

/** The one stranger whose card is here: it was brought to be accepted. */
function strangerToAdd(session: Session): string {
  const [only, another] = strangersOf(session);
  return only && !another ? quoteWord(only.name) : 'CARD';
}

function option(session: Session, { topic, label }: Topic): string {
  return topic === session.topics.current ? '' : ` -t ${quoteWord(label)}`;
}
