// satchel topic create --private, topic invite, and joining what one was invited into (spec/cli.md, "Private topics").
import { SatchelError } from '../../../format/error.js';
import { shortId, type TopicId } from '../../../format/ids.js';
import type { Contact } from '../../../identity/contacts.js';
import { fileKeysOf } from '../../../identity/file-keys.js';
import { formatLetter, parseLetter } from '../../../identity/letter-file.js';
import { decidedRelation } from '../../../identity/relations.js';
import { storedCardBytes } from '../../../identity/stored-card.js';
import { keepLetter } from '../../../sync/import/learn-keys.js';
import { lettersHere, type ReadLetter, readLetter } from '../../../sync/import/letters.js';
import { settlePrivate } from '../../../sync/import/settle.js';
import { openSession, type Session } from '../../../sync/session.js';
import { participants } from '../../../topic/members/resolve.js';
import { joinTopic } from '../../../topic/membership.js';
import { whyNotWriting } from '../../../topic/private/may-write.js';
import { viewTopic } from '../../../topic/private/topic-view.js';
import {
  findTopic,
  newTopic,
  readTopics,
  type Topic,
  topicOfId,
  withTopic,
  writeTopics,
} from '../../../topic/topics.js';
import { type Invitee, invitePeople, openNewTopic } from '../../../topic/writing/private-topic.js';
import type { WrittenLetter } from '../../../topic/writing/share-keys.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { openAuthor } from '../conversation/author.js';
import { recipientsOf } from '../exchange/recipient.js';
import { currentTopic, notJoined, reportTopic, topicJson, topicLabel } from './topic-change.js';
import { openTopicKeys, topicKeysLocked } from './topic-keys.js';

/** What is said where a private topic is begun. */
const HONEST =
  'everybody in it can read all of it since its beginning, and prove who wrote what; so whoever finds the keys of one of them later can read it too: it is not forward secret';

/** Creates it, joins it, and invites these contacts. */
export async function createPrivate(context: Context, label: string, names: readonly string[]): Promise<void> {
  const repository = await context.repository();
  const people = recipientsOf(context, openSession(repository), names);
  const author = await openAuthor(context);
  const topic = await repository.lockedAsync(async () => {
    assertFree(openSession(repository), label, people);
    const begun = await openNewTopic(repository, author, label);
    const made = { ...newTopic(begun.topic, label, 'private'), joined: true };
    writeTopics(repository.directory, joinTopic(readTopics(repository.directory), made));
    await invitePeople(repository, author, begun.topic, people.map(inviteeOf));
    return made;
  });
  await reportTopic(context, topic, `Created ${topicLabel(topic)}, which is private; it is the current topic.`);
  if (people.length > 0) context.note(`${namesOf(people)} will be invited by what you export next.`);
  context.note(`In it: ${HONEST}.`);
  context.note(`Next: ${nextCommand(context.directory, 'post Hello', context.env)}`);
}

function assertFree({ topics }: Session, label: string, people: readonly Contact[]): void {
  const twin = topics.topics.find((topic) => topic.joined && topic.label === label);
  if (!twin) return;
  const isToAdd = twin.kind === 'private' && people.length > 0;
  throw new SatchelError('usage', `you are in a topic called ${topicLabel(twin)} already`, {
    hint: isToAdd
      ? 'add people to it with "satchel topic invite", or choose another label'
      : 'choose another label, or leave that one first',
  });
}

/** Makes contacts members, and writes each a letter. */
export async function runInvite(context: Context, args: Args<'topic invite'>): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const topic = privateTopic(session, args.topic);
  const people = recipientsOf(context, session, args.contacts);
  const author = await openAuthor(context);
  const { letters } = await repository.lockedAsync(() =>
    invitePeople(repository, author, topic.topic, people.map(inviteeOf)),
  );
  const invited = people.map((contact) => invitedJson(contact, letters));
  if (context.json) {
    context.printJson({ ...topicJson(topic, session), invited });
    return;
  }
  if (args.text) {
    for (const { name, letter } of invited) {
      context.note(`for ${escapeLine(name)} alone, over any channel:`);
      context.print(letter ?? '');
    }
    return;
  }
  context.print(`invited ${namesOf(people)} to ${topicLabel(topic)}`);
  context.note('The invitation goes with what you export next; as text: add --text.');
}

function invitedJson({ person, petname }: Contact, letters: readonly WrittenLetter[]) {
  const letter = letters.find((one) => one.person === person);
  return { person, name: petname, letter: letter ? formatLetter(letter.file) : null };
}

/** Whether what `topic join` was given is a letter. */
function isLetter(text: string): boolean {
  return text.includes('satchelletter1:');
}

/**
 * Joins what a letter, or one in the person log of a contact, invites into.
 * @throws SatchelError `not-allowed` for who is in it no more, `waiting-for-key`, `newer-version`, and of a letter as `readLetter`
 */
export async function joinPrivate(context: Context, wanted: string): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const keyring = await context.keyring();
  const keys = fileKeysOf(keyring, () => context.world.now());
  const named = isLetter(wanted) ? undefined : findTopic(session.topics, wanted);
  const read = named ? await letterFor(session, named, keys) : await readLetter(session, parseLetter(wanted), keys);
  if (read && !read.create.policy) throw newer();
  if (read) await repository.lockedAsync(() => keepLetter(session, keyring, read.letter));
  const id = named?.topic ?? read?.create.topic;
  if (id === undefined) return;
  const { messages } = await settlePrivate(session, keyring, { joining: id });
  if (!read && !viewTopic(repository, id)) throw noInvitation(named?.label ?? '');
  assertStillIn(session, id);
  const topic = repository.locked(() => {
    const topics = readTopics(repository.directory);
    const known = topicOfId(topics, id) ?? newTopic(id, read?.create.policy?.label ?? wanted, 'private');
    const joined = { ...known, joined: true, invitedBy: undefined, removedBy: undefined };
    writeTopics(repository.directory, joinTopic(topics, joined));
    return joined;
  });
  await tellJoined(context, topic, messages);
  await noteNoContacts(context, topic);
}

/** The newest letter into a topic; undefined where none is here. */
async function letterFor(
  session: Session,
  { topic }: Topic,
  keys: Parameters<typeof readLetter>[2],
): Promise<ReadLetter | undefined> {
  return (await lettersHere(session, keys)).find(({ create }) => create.topic === topic);
}
/** Who is out of it does not join; the invitation is offered no more. @throws SatchelError `not-allowed` */
function assertStillIn({ repository, self }: Session, topic: TopicId): void {
  const view = viewTopic(repository, topic);
  const refusal = view && whyNotWriting(view, self.person);
  if (refusal?.code !== 'not-allowed') return;
  repository.locked(() => {
    const topics = readTopics(repository.directory);
    const known = topicOfId(topics, topic);
    if (known?.invitedBy) writeTopics(repository.directory, withTopic(topics, { ...known, invitedBy: undefined }));
  });
  throw refusal;
}

function noInvitation(label: string): SatchelError {
  return new SatchelError('waiting-for-key', `the invitation to "${label}" is not here any more`, {
    hint: 'ask to be invited again',
  });
}

async function tellJoined(context: Context, topic: Topic, messages: number): Promise<void> {
  const command = (rest: string): string => nextCommand(context.directory, rest, context.env);
  await reportTopic(context, topic, `Joined ${topicLabel(topic)}, which is private; it is the current topic.`);
  context.note(`In it: ${HONEST}.`);
  context.note(`Next: ${messages > 0 ? `${command('read')} (${plural(messages, 'message')})` : command('post Hello')}`);
}

/** Who takes part and is no contact: what is sealed does not go to them directly. */
async function noteNoContacts(context: Context, topic: Topic): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const view = viewTopic(repository, topic.topic);
  if (!view || whyNotWriting(view, session.self.person)) return;
  const others = participants(view.resolution).filter((person) => decidedRelation(session, person) === undefined);
  for (const person of others) {
    const name = view.cards.find((card) => card.person === person)?.name;
    const add = nextCommand(context.directory, `contact add ${quoteWord(name ?? person)}`, context.env);
    context.note(
      `~${escapeLine(name ?? shortId(person))} is in it and no contact of yours; to exchange bundles: ${add}`,
    );
  }
}

/** The private topic that is meant. @throws SatchelError `usage` for one that is not */
export function privateTopic(session: Session, name: string | undefined): Topic {
  const topic = name === undefined ? currentTopic(session.topics) : findTopic(session.topics, name);
  if (topic.kind !== 'private') {
    throw new SatchelError('usage', `the topic "${topic.label}" is not private`, {
      hint: 'whoever gets its messages can join it',
    });
  }
  if (topic.joined) return topic;
  throw notJoined(topic);
}

/** The same with its keys open; whoever is there is asked for the passphrase. @throws SatchelError `locked` */
export async function openPrivateTopic(context: Context, name: string | undefined) {
  const session = openSession(await context.repository());
  const topic = privateTopic(session, name);
  if (await openTopicKeys(context, [topic], 'ask')) return { session, topic };
  throw topicKeysLocked();
}

function inviteeOf({ person, card }: Contact): Invitee {
  return { person, card: storedCardBytes(card) };
}

/** `Ben and Cleo`. */
function namesOf(people: readonly Pick<Contact, 'petname'>[]): string {
  const names = people.map(({ petname }) => escapeLine(petname));
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function newer(): SatchelError {
  return new SatchelError('newer-version', 'the topic needs a newer version of satchel', {
    hint: 'update satchel to join it',
  });
}
