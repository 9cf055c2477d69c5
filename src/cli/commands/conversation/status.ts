// satchel status: what is unread, what is not delivered yet, what to do next (spec/cli.md, "status").

import { SatchelError } from '../../../format/error.js';
import type { PersonId } from '../../../format/ids.js';
import { namedLeftOut } from '../../../identity/device-names.js';
import { recoveryState } from '../../../identity/recovery-seed.js';
import { acceptedContact } from '../../../identity/relations.js';
import { readMarks } from '../../../repository/read-marks.js';
import { type AttachmentCount, countAttachments } from '../../../sync/blobs/attachment-count.js';
import { type Newcomer, newcomersTo } from '../../../sync/drive/newcomers.js';
import { type WaitingDrive, whatWaits } from '../../../sync/drive/waiting.js';
import { chosenLogs } from '../../../sync/export/plan.js';
import { type Carried, carriedVeiled } from '../../../sync/known/carried.js';
import { type Delivery, deliveryTo } from '../../../sync/known/delivery.js';
import { countExpiredUnread } from '../../../sync/known/expired-unread.js';
import { type OldKey, oldKeyOf } from '../../../sync/known/sealed-to.js';
import { type SeenTopic, seenTopics } from '../../../sync/known/seen-topics.js';
import { activeContacts, openSession, type Session } from '../../../sync/session.js';
import { countMessages } from '../../../topic/reading/counts.js';
import { countMentions } from '../../../topic/reading/mentions.js';
import { openPeople, type People } from '../../../topic/reading/people.js';
import { unreadOf } from '../../../topic/reading/unread.js';
import type { Topic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { carriedJson, carriedLines } from '../../report/carried-words.js';
import { whereJson } from '../../report/drive-json.js';
import { awaitedName } from '../../report/export-words.js';
import { isCurrent, leftOutLines, notCurrentLines, takenOverLines } from '../../report/not-current.js';
import { type PrivateStatus, privateLines, privateStatus, privateStatusJson } from '../../report/private-status.js';
import { remindOfRecovery } from '../../report/recovery-reminder.js';
import { renewedJson, renewedLines } from '../../report/renewed.js';
import { recommendSealing } from '../../report/seal-recommended.js';
import { adviceFor } from '../../report/status-advice.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatSize, plural } from '../../terminal/size.js';
import { formatDate, formatRelative } from '../../terminal/time.js';
import { openTopicKeys } from '../topics/topic-keys.js';

/** A topic in numbers. */
interface TopicStatus {
  readonly topic: Topic;
  readonly logs: number;
  readonly entries: number;
  readonly messages: number;
  /** 0 for a muted topic. */
  readonly unread: number;
  /** Of these, such as mention us. */
  readonly mentions: number;
}

/** A contact in numbers. */
interface ContactStatus extends Delivery {
  readonly name: string;
  readonly person: PersonId;
  /** A key of ours that was replaced, if the contact still seals to it. */
  readonly oldKey: OldKey | null;
}

/** Everything that is told. */
interface Status {
  readonly topics: readonly TopicStatus[];
  readonly contacts: readonly ContactStatus[];
  readonly drives: readonly WaitingDrive[];
  readonly attachments: AttachmentCount;
  /** Own messages that expired before anybody acknowledged them. */
  readonly expiredUnread: number;
  readonly seen: readonly SeenTopic[];
  readonly newcomers: readonly Newcomer[];
  readonly carried: Carried;
  readonly private: PrivateStatus;
}

/** Prints topics, contacts and the next commands; with `--check` only what needs somebody, and 3 then. */
export async function run(context: Context, args: Args<'status'>): Promise<number> {
  if (args.check) return (await import('./status-check.js')).checkStatus(context, args.maxAge);
  if (args.maxAge !== undefined)
    throw new SatchelError('usage', '--max-age is for --check', { hint: 'give --check too' });
  await tell(context);
  return 0;
}

async function tell(context: Context): Promise<void> {
  const repository = await context.repository();
  await openTopicKeys(context, openSession(repository).topics.topics, 'file');
  const session = openSession(repository);
  const { 'drive.silent': silentDays } = await context.config();
  const status = statusOf(session, silentDays);
  if (context.json) {
    const recovery = recoveryState(session.self);
    const { seal } = await context.config();
    return context.printJson({
      ...statusJson(session, status),
      renewed: renewedJson(context),
      recovery,
      seal,
      deviceCurrent: isCurrent(session),
      leftOut: namedLeftOut(session, session.repository.directory),
    });
  }
  for (const line of alignColumns(status.topics.map((one) => topicRow(context, session, one)))) context.print(line);
  if (status.topics.length > 0 && status.contacts.length > 0) context.print('');
  for (const line of alignColumns(status.contacts.map((one) => contactRow(context, one)))) context.print(line);
  if (status.drives.length > 0) context.print('');
  for (const line of alignColumns(status.drives.map((one) => driveRow(context, session, one)))) context.print(line);
  for (const line of [...attachmentLines(status.attachments), ...expiredLines(status), ...oldKeyLines(status)])
    context.print(line);
  for (const line of carriedLines(session, status.carried)) context.print(`\n  ${line}`);
  for (const line of privateLines(context, session, status.private)) context.print(`\n  ${line}`);
  const ofDevices = [
    ...notCurrentLines(context, session),
    ...takenOverLines(session),
    ...leftOutLines(context, session),
  ];
  [...renewedLines(context), ...ofDevices].forEach((line, i) => {
    if (i === 0) context.print('');
    context.print(`  ${context.style.yellow(line)}`);
  });
  const reminders: string[] = [];
  const gathering = { ...context, note: (line: string) => void reminders.push(line) };
  remindOfRecovery(gathering, session.repository, session.self);
  recommendSealing(gathering, session.repository);
  for (const line of ['', ...adviceFor(context, session, status, reminders)]) context.note(line);
}

function statusOf(session: Session, silentDays: number): Status {
  const logs = chosenLogs(session);
  const waiting = whatWaits(session);
  const topics = session.topics.topics.filter(({ joined, carry }) => joined || carry).map(topicStatus(session));
  const unread = new Map(topics.map((one) => [one.topic, one.unread]));
  return {
    topics,
    private: privateStatus(session, (topic) => unread.get(topic) ?? 0),
    contacts: activeContacts(session).map((contact) => {
      return {
        name: contact.petname,
        person: contact.person,
        oldKey: oldKeyOf(session, contact.person) ?? null,
        ...deliveryTo(session, contact, logs, waiting, silentDays),
      };
    }),
    drives: waiting.drives,
    attachments: countAttachments(session),
    expiredUnread: countExpiredUnread(session),
    seen: seenTopics(session),
    newcomers: newcomersTo(session),
    carried: carriedVeiled(session),
  };
}

function topicStatus(session: Session): (topic: Topic) => TopicStatus {
  const { repository } = session;
  const marks = readMarks(repository.layout);
  const people = openPeople(session);
  return (topic) => {
    const logs = repository.logsOfTopic(topic.topic);
    const isCounted = topic.joined && !topic.muted;
    return {
      topic,
      logs: logs.length,
      entries: logs.reduce((sum, log) => sum + log.entries, 0),
      messages: countMessages(repository, topic.topic),
      ...(isCounted ? unreadIn(session, topic, marks.get(topic.topic), people) : { unread: 0, mentions: 0 }),
    };
  };
}

function unreadIn({ repository, self }: Session, { topic }: Topic, since: number | undefined, people: People) {
  const unread = unreadOf(repository, topic, since, people);
  return { unread: unread.count, mentions: countMentions(repository, topic, unread, self.person) };
}

function statusJson(session: Session, status: Status): object {
  const { topics, contacts, drives, attachments, expiredUnread, seen, newcomers, carried } = status;
  return {
    topics: topics.map(({ topic, ...counts }) => ({
      name: topic.label,
      topicId: topic.topic,
      ...counts,
      current: topic.topic === session.topics.current,
      joined: topic.joined,
      muted: topic.muted,
    })),
    contacts: contacts.map((contact) => ({ ...contact, lastHeard: contact.lastHeard ?? null })),
    drives: drives.map(({ id, label, directory, last, left, locked, waiting }) => ({
      ...whereJson(directory),
      drive: id,
      label,
      last: last || null,
      left,
      locked,
      waiting: waiting.map(({ person, messages }) => ({ person, name: personNameOf(session, person), messages })),
    })),
    attachments,
    expiredUnread,
    seen: seen.map(({ label, topic, seenFrom }) => ({ name: label, topicId: topic, from: seenFrom })),
    carried: carriedJson(session, carried),
    ...privateStatusJson(status.private),
    newcomers: newcomers.map(({ person, name, drives: on }) => ({ person, name, drives: on })),
  };
}

function topicRow(
  { style }: Context,
  session: Session,
  { topic, messages, unread, mentions, logs }: TopicStatus,
): string[] {
  const isCurrent = topic.topic === session.topics.current;
  const label = escapeLine(topic.label);
  const note = topic.joined ? (topic.muted ? 'muted' : '') : 'carried';
  return [
    `${isCurrent ? '*' : ' '} ${isCurrent ? style.bold(label) : label}`,
    unread > 0 ? style.yellow(`${unread} unread${mentions > 0 ? `, ${mentions} to you` : ''}`) : '',
    `${plural(messages, 'message')} in ${plural(logs, 'log')}`,
    style.dim(note),
  ];
}

function contactRow({ style, world }: Context, contact: ContactStatus): string[] {
  const { name, lastHeard, acknowledged, pending, onDrives } = contact;
  const way = onDrives > 0 ? `, ${onDrives} on a drive` : '';
  return [
    `  ${style.bold(escapeLine(name))}`,
    lastHeard === undefined ? style.dim('no word yet') : `last word ${formatRelative(lastHeard, world.now())}`,
    pending > 0 ? style.yellow(`${plural(pending, 'message')} not delivered yet${way}`) : 'nothing to deliver',
    style.dim(acknowledged > 0 ? `${acknowledged} of yours acknowledged` : ''),
  ];
}

function driveRow(
  { style, world }: Context,
  session: Session,
  { label, last, left, locked, waiting }: WaitingDrive,
): string[] {
  const words = waiting.map(({ person, messages }) => `${messages} for ${awaitedName(session, person)}`);
  return [
    `  ${style.bold(escapeLine(label))}`,
    last === 0 ? style.dim('not visited yet') : `visited ${formatRelative(last, world.now())}`,
    words.length > 0 ? style.yellow(`messages on it: ${words.join(', ')}`) : 'nobody is known to lack what is on it',
    [
      ...(left > 0 ? [`${plural(left, 'bundle')} with what you do not take`] : []),
      ...(locked > 0 ? [style.yellow(`${plural(locked, 'sealed file')} for the passphrase`)] : []),
    ].join(', '),
  ];
}

function personNameOf(session: Session, person: PersonId): string {
  return person === session.self.person ? session.self.name : (acceptedContact(session, person)?.petname ?? '');
}

function attachmentLines({ files, missing, missingBytes }: AttachmentCount): string[] {
  if (missing === 0) return [];
  return ['', `  ${missing} of ${plural(files, 'attachment')} still to come, ${formatSize(missingBytes)}`];
}

function expiredLines({ expiredUnread }: Status): string[] {
  if (expiredUnread === 0) return [];
  return [
    '',
    `  ${plural(expiredUnread, 'message')} of yours expired before anybody acknowledged ${expiredUnread === 1 ? 'it' : 'them'}`,
  ];
}

/** Who has not heard of the newest key yet: what it seals can be opened as long as an older one is kept. */
function oldKeyLines({ contacts }: Status): string[] {
  const lines = contacts.flatMap(({ name, oldKey }) => {
    if (!oldKey) return [];
    const which = oldKey.sent === null ? 'an older key of yours' : `your key of ${formatDate(oldKey.sent)}`;
    return `  ${escapeLine(name)} still seals to ${which}; your bundles bring the newest`;
  });
  return lines.length > 0 ? ['', ...lines] : [];
}
