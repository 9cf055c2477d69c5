// satchel topic create, join, leave, switch, carry, receipts, mute, unmute (spec/cli.md, "Topics").
import { SatchelError } from '../../../format/error.js';
import { readId, type TopicId } from '../../../format/ids.js';
import { nameKey } from '../../../identity/names.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import { openSession, type Session } from '../../../sync/session.js';
import { joinTopic, leaveTopic } from '../../../topic/membership.js';
import { assertLabel, normalLabel } from '../../../topic/rendezvous.js';
import { findTopic, newTopic, type Receipts, type Topic, topicOfId, withTopic } from '../../../topic/topics.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { plural } from '../../terminal/size.js';
import { confirmCreated, confirmJoined } from '../conversation/new-topic.js';
import {
  changeTopic,
  changeTopics,
  currentTopic,
  joinedTopic,
  meantTopic,
  reportTopic,
  topicLabel,
} from './topic-change.js';
import { whoReads } from './who-reads.js';

/** Creates and joins it; it becomes the current one. */
export async function runCreate(context: Context, args: Args<'topic create'>): Promise<void> {
  const named = normalLabel(args.label);
  assertLabel(named);
  const { topics: known } = openSession(await context.repository());
  const isPrivate = await meansPrivate(context, args);
  if (!known.topics.some(({ label, joined }) => joined && normalLabel(label) === named))
    await confirmCreated(context, known, named);
  if (isPrivate) return (await import('./private-topic.js')).createPrivate(context, named, args.with);
  const created = await changeTopics(context, ({ topics }) => {
    const twin = topics.topics.find(({ label, joined }) => joined && normalLabel(label) === named);
    if (twin) {
      const hint = 'choose another label, or leave that one first';
      throw new SatchelError('usage', `you are in a topic called ${topicLabel(twin)} already`, { hint });
    }
    const id = readId<TopicId>(context.world.random(32));
    const value = { ...newTopic(id, named, 'created'), joined: true };
    return { topics: joinTopic(topics, value), value };
  });
  await reportTopic(context, created, `Created ${topicLabel(created)}; it is the current topic.`);
  context.note(`Contacts can join it once they got a message of yours in it; ${await whoReads(context)}.`);
  context.note(`Next: ${nextCommand(context.directory, 'post Hello', context.env)}`);
}

/** Which of both kinds is meant. @throws SatchelError `usage` where nobody says */
async function meansPrivate(context: Context, args: Args<'topic create'>): Promise<boolean> {
  const isPrivate = args.private || args.with.length > 0;
  if (isPrivate && args.open) throw new SatchelError('usage', 'a topic is either private or open');
  if (isPrivate || args.open) return isPrivate;
  const hint = 'give --with CONTACT or --private for a topic that only who is invited can read, else --open';
  if (!context.canTalk()) throw new SatchelError('usage', 'say whether the topic is private or open', { hint });
  if (await confirm(context, 'Private, so that only people you invite can read it?')) return true;
  if (await confirm(context, 'Open, so that your contacts can join it?')) return false;
  throw new SatchelError('usage', 'the topic was not created', { hint });
}

/** Joins it; it becomes the current one. */
export async function runJoin(context: Context, args: Args<'topic join'>): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const given = privateMeant(session, args.name);
  if (given !== undefined) {
    const { joinPrivate } = await import('./private-topic.js');
    return joinPrivate(context, given);
  }
  const wanted = meantTopic(session, args.name);
  const meant = await confirmJoined(context, withSeenTopics(session), wanted);
  const { topic, was, alike } = await changeTopics(context, (session) => {
    const found = meant === wanted ? meantTopic(session, args.name) : meant;
    const was = topicOfId(session.topics, found.topic)?.joined === true;
    const value = { topic: { ...found, joined: true }, was, alike: alikeTo(found, withSeenTopics(session).topics) };
    return { topics: joinTopic(session.topics, found), value };
  });
  const verb = was ? 'Already in' : 'Joined';
  await reportTopic(context, topic, `${verb} ${topicLabel(topic)}; it is the current topic.`);
  if (was) return;
  const held = repository.logsOfTopic(topic.topic).reduce((sum, { messages }) => sum + messages, 0);
  if (alike) noteAlike(context, alike);
  tell(context, topic, held, await whoReads(context));
}

/** A letter, or the id of a private topic that we were invited into. */
function privateMeant(session: Session, name: string): string | undefined {
  if (name.includes(LETTER_MARK)) return name;
  const { topics } = session.topics;
  if (topics.some(({ label, joined }) => joined && label === name)) return undefined;
  const isMeant = ({ label, topic }: Topic): boolean => label === name || (name.length >= 6 && topic.startsWith(name));
  return topics.find((topic) => topic.kind === 'private' && !topic.joined && isMeant(topic))?.topic;
}

const LETTER_MARK = 'satchelletter1:';

/** One whose name differs only in the case of letters or in spaces: most likely that one was meant. */
function alikeTo(found: Topic, known: readonly Topic[]): Topic | undefined {
  return known.find(
    ({ topic, label }) => topic !== found.topic && nameKey(label.trim()) === nameKey(found.label.trim()),
  );
}

function noteAlike(context: Context, alike: Topic): void {
  const join = nextCommand(context.directory, `topic join ${quoteWord(alike.label)}`, context.env);
  context.note(`careful: ${topicLabel(alike)} is another topic; to join that: ${join}`);
}

function tell(context: Context, { kind }: Topic, messages: number, reads: string): void {
  const command = (rest: string): string => nextCommand(context.directory, rest, context.env);
  if (kind === 'rendezvous') {
    context.note(`It is open to anyone who knows the name; ${reads}.`);
  }
  if (messages > 0) {
    // whether there were any is not remembered of files that were imported
    context.note(
      'What strangers wrote in it, if they did, was left out so far: to get it, import the same bundles again.',
    );
  }
  context.note(`Next: ${messages > 0 ? `${command('read')} (${plural(messages, 'message')})` : command('post Hello')}`);
}

/** Leaves it; says which topic is current then. */
export async function runLeave(context: Context, args: Args<'topic leave'>): Promise<void> {
  await leaveForAll(context, args);
  const { left, current } = await changeTopics(context, (session) => {
    const { topics } = session;
    const topic = args.topic === undefined ? currentTopic(topics) : topicToLeave(session, args.topic);
    const after = leaveTopic(topics, topic);
    return { topics: after, value: { left: { ...topic, joined: false }, current: topicOfId(after, after.current) } };
  });
  await reportTopic(context, left, `Left ${topicLabel(left)}; what you hold of it stays.`);
  context.note('Logs of your contacts in it are still taken.');
  context.note(current ? `The current topic is ${topicLabel(current)}.` : 'There is no current topic now.');
}

/** Of a private topic the others are told first. */
async function leaveForAll(context: Context, { topic: name, force }: Args<'topic leave'>): Promise<void> {
  const session = openSession(await context.repository());
  const topic = name === undefined ? currentTopic(session.topics) : topicToLeave(session, name);
  if (topic.kind !== 'private' || !topic.joined) return;
  await (await import('./topic-members.js')).leavePrivate(context, topic, force);
}

/** A topic that was left already is left: whoever runs a command again that failed at its end finds it done. */
function topicToLeave(session: Session, name: string): Topic {
  const { topic } = findTopic(withSeenTopics(session), name);
  return topicOfId(session.topics, topic) ?? joinedTopic(session, name);
}

/** Makes a joined topic the current one. */
export async function runSwitch(context: Context, args: Args<'topic switch'>): Promise<void> {
  const topic = await changeTopics(context, (session) => {
    const value = joinedTopic(session, args.topic);
    return { topics: { ...session.topics, current: value.topic }, value };
  });
  await reportTopic(context, topic, `${topicLabel(topic)} is the current topic.`);
}

/** Sets it for one topic, or for all that are not joined. */
export async function runCarry(context: Context, args: Args<'topic carry'>): Promise<void> {
  const { mode, topic } = args;
  if (mode === 'on' || mode === 'off') return carryOne(context, topic, mode === 'on');
  if (topic === undefined) return carryAll(context, mode === 'all');
  throw new SatchelError('usage', `"topic carry ${mode}" is about every topic, found "${topic}"`, {
    hint: 'use "on" or "off" for one topic',
  });
}

async function carryOne(context: Context, name: string | undefined, carry: boolean): Promise<void> {
  const topic = await changeTopics(context, (session) => {
    const meant = name === undefined ? currentTopic(session.topics) : meantTopic(session, name);
    const value = { ...meant, carry };
    return { topics: withTopic(session.topics, value), value };
  });
  await reportTopic(context, topic, carry ? carriedLine(topic) : `${topicLabel(topic)} is not carried for others.`);
}

function carriedLine(topic: Topic): string {
  const line = `${topicLabel(topic)} is carried for others, within a quota.`;
  return topic.joined ? `${line} You are in it, so it was before too.` : line;
}

async function carryAll(context: Context, isAll: boolean): Promise<void> {
  await changeTopics(context, ({ topics }) => ({ topics: { ...topics, carryAll: isAll }, value: undefined }));
  if (context.json) return context.printJson({ carryAll: isAll });
  context.print(
    isAll
      ? 'Whatever bundles bring is carried for others, within a quota.'
      : 'Only joined topics, topics with "carry on", and contacts are carried.',
  );
}

const MEANING: Readonly<Record<Receipts, string>> = {
  on: 'acknowledged',
  off: 'not acknowledged',
  auto: 'acknowledged unless the topic has many logs',
};

/** Sets it for one topic. */
export async function runReceipts(context: Context, args: Args<'topic receipts'>): Promise<void> {
  const receipts = args.mode as Receipts;
  await changeTopic(
    context,
    args.topic,
    (topic) => ({ ...topic, receipts }),
    (label) => `Messages in ${label} are ${MEANING[receipts]}.`,
  );
}

/** Mutes the topic, here only. */
export async function runMute(context: Context, args: Args<'topic mute'>): Promise<void> {
  await changeTopic(
    context,
    args.topic,
    (topic) => ({ ...topic, muted: true }),
    (label) => `${label} is not counted as unread any more.`,
  );
}

/** Unmutes the topic, here only. */
export async function runUnmute(context: Context, args: Args<'topic unmute'>): Promise<void> {
  await changeTopic(
    context,
    args.topic,
    (topic) => ({ ...topic, muted: false }),
    (label) => `${label} is counted as unread again.`,
  );
}
