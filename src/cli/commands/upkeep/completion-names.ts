// Names in the repository that can stand for an argument or the value of an option (spec/cli.md, "Completion").
import { shortId } from '../../../format/ids.js';
import { contactsOf } from '../../../identity/relations.js';
import { listQuarantine } from '../../../repository/store/quarantine.js';
import { readMemory, rememberedDrives } from '../../../sync/drive/memory.js';
import { seenTopics } from '../../../sync/known/seen-topics.js';
import { strangersOf } from '../../../sync/known/strangers.js';
import { openSession, type Session } from '../../../sync/session.js';
import { listConsumers } from '../../../topic/feed/consumer.js';
import { readTopic } from '../../../topic/reading/reading.js';
import type { MessageView } from '../../../topic/reading/view.js';
import { openViewer } from '../../../topic/reading/viewer.js';
import { findTopic, type Topic } from '../../../topic/topics.js';
import type { Command } from '../../command/command.js';
import type { Context } from '../../command/context.js';
import type { Parsed } from '../../command/parser-rules.js';
import { SETTINGS } from '../../command/settings.js';
import { authorName, snippetOf } from '../../report/messages.js';
import { escapeLine } from '../../terminal/escape.js';
import { truncate } from '../../terminal/width.js';

/** Names, each with what it means; `found` is the line as far as it was typed. */
export type Names = (context: Context, found: Parsed) => Promise<(readonly [name: string, meaning: string])[]>;

/** What can stand for such a value of the command; undefined when that is nothing the repository knows. */
export function namesFor({ name }: Command, value: string): Names | undefined {
  return SOURCES[`${name} ${value}`] ?? SOURCES[value];
}

/** By the word that help shows for a value, of one command or of all. */
const SOURCES: Readonly<Record<string, Names>> = {
  TOPIC: async (context) => topicNames(await sessionOf(context), () => true),
  'topic join NAME': async (context) => topicNames(await sessionOf(context), ({ joined }) => !joined),
  CONTACT: async (context) => contactNames(await sessionOf(context)),
  PERSON: async (context) => [...contactNames(await sessionOf(context)), ...strangerNames(await sessionOf(context))],
  CARD: async (context) => strangerNames(await sessionOf(context)),
  'contact replace OLD': async (context) => contactNames(await sessionOf(context)),
  'contact replace NEW': async (context) => strangerNames(await sessionOf(context)),
  DRIVE: driveNames,
  'sync DIR': driveNames,
  ID: (context, found) => messageIds(context, found, () => true),
  'retract ID': (context, found) => messageIds(context, found, ({ own }) => own),
  'feed NAME': consumerNames,
  'consumer remove NAME': consumerNames,
  'quarantine show ID': quarantinedIds,
  'quarantine accept ID': quarantinedIds,
  'quarantine drop ID': quarantinedIds,
  KEY: async () => Object.entries(SETTINGS).map(([key, { summary }]) => [key, summary]),
};

/** Messages, strangers: so many of the latest. */
const LATEST = 50;
/** Whoever is in more of them names one. */
const TOPICS_MAX = 8;
const MEANING_COLUMNS = 48;

async function sessionOf(context: Context): Promise<Session> {
  return openSession(await context.repository());
}

function topicNames(session: Session, isWanted: (topic: Topic) => boolean): (readonly [string, string])[] {
  const all = [...session.topics.topics, ...seenTopics(session)];
  const wanted = all.filter(isWanted).map(({ label, topic, joined }) => ({
    name: label,
    id: shortId(topic),
    about: joined ? 'joined' : 'seen from contacts',
  }));
  return plainNames(wanted);
}

function contactNames(session: Session): (readonly [string, string])[] {
  return plainNames(
    contactsOf(session).map(({ petname, person }) => ({ name: petname, id: shortId(person), about: 'contact' })),
  );
}

function strangerNames(session: Session): (readonly [string, string])[] {
  const latest = [...strangersOf(session)].slice(-LATEST);
  return plainNames(latest.map(({ name, person }) => ({ name, id: shortId(person), about: 'stranger' })));
}

async function driveNames(context: Context): Promise<(readonly [string, string])[]> {
  const { layout } = await context.repository();
  const drives = rememberedDrives(layout).flatMap((id) => {
    const memory = readMemory(layout, id);
    return memory ? [{ name: memory.label, id: id.slice(0, 10), about: memory.directory }] : [];
  });
  return plainNames(drives);
}

async function quarantinedIds(context: Context): Promise<(readonly [string, string])[]> {
  const { layout } = await context.repository();
  return listQuarantine(layout).map(({ digest, reason }) => [shortId(digest), meaning(reason?.file ?? '')]);
}

async function consumerNames(context: Context): Promise<(readonly [string, string])[]> {
  const { layout } = await context.repository();
  return listConsumers(layout).map(({ name, offset }) => [name, `committed up to ${offset}`]);
}

/** The latest first: of the topic that is named on the line, else of those that are joined. */
async function messageIds(
  context: Context,
  found: Parsed,
  isWanted: (view: MessageView) => boolean,
): Promise<(readonly [string, string])[]> {
  const session = await sessionOf(context);
  const named = found['topic'];
  const topics = typeof named === 'string' ? [findTopic(session.topics, named)] : session.topics.topics;
  const views = topics
    .filter(({ joined }) => joined)
    .slice(0, TOPICS_MAX)
    .flatMap((topic) => latestOf(session, topic));
  const latest = views.sort((a, b) => (b.clock ?? 0) - (a.clock ?? 0)).filter(isWanted);
  return latest
    .slice(0, LATEST)
    .map((view) => [shortId(view.id), meaning(`${authorName(view.author, view.own)}: ${snippetOf(view.text ?? '')}`)]);
}

function latestOf(session: Session, topic: Topic): MessageView[] {
  const viewer = openViewer(session, topic);
  return Array.from(readTopic(session.repository, viewer, { number: LATEST }), viewer.view);
}

interface Named {
  readonly name: string;
  readonly id: string;
  readonly about: string;
}

/** The id stands for a name that a shell or the parser could take for something else, and for one that two of them have. */
function plainNames(all: readonly Named[]): (readonly [string, string])[] {
  return all.map(({ name, id, about }) => {
    const isOnly = all.filter((other) => other.name === name).length === 1;
    const isPlain = isOnly && escapeLine(name) === name && !/^[-~"'@]/.test(name);
    return isPlain ? [name, meaning(`${about}, ${id}`)] : [id, meaning(`${name}, ${about}`)];
  });
}

function meaning(text: string): string {
  return truncate(escapeLine(text), MEANING_COLUMNS);
}
