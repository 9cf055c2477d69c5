// People in private topics: everything real, without the commands around it.
import path from 'node:path';
import type { DeviceKey, TopicId } from '../../src/format/ids.js';
import { fileKeysOf } from '../../src/identity/file-keys.js';
import { Keyring } from '../../src/identity/keyring.js';
import { keepLetter } from '../../src/sync/import/learn-keys.js';
import { lettersHere } from '../../src/sync/import/letters.js';
import { epochsIn } from '../../src/topic/members/entitled.js';
import { LiveKeyring } from '../../src/topic/message/keyring.js';
import { directLabel } from '../../src/topic/private/direct.js';
import { whyNotWriting } from '../../src/topic/private/may-write.js';
import { makeEpoch } from '../../src/topic/private/new-epoch.js';
import { forgetView, viewTopic } from '../../src/topic/private/topic-view.js';
import { readTopic } from '../../src/topic/reading/reading.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { newTopic, readTopics, topicOfId, withTopic, writeTopics } from '../../src/topic/topics.js';
import { type Draft, postLocked } from '../../src/topic/writing/post.js';
import { openDirect, openNewTopic, removePerson, setRoles } from '../../src/topic/writing/private-topic.js';
import { openSharing } from '../../src/topic/writing/share-keys.js';
import { keep } from '../../src/topic/writing/veil.js';
import { Replica } from './replica.js';
import { meetAll } from './replicas.js';
import { makeStick } from './stick.js';

/** People who know each other and seal what they write, and a stick, below `directory`. */
export async function friendsWithStick(
  directory: string,
  names: readonly string[],
): Promise<{ readonly people: Replica[]; readonly stick: string }> {
  const people: Replica[] = [];
  for (const name of names) people.push(await Replica.create(name, directory));
  meetAll(people);
  for (const person of people) person.seal = 'always';
  return { people, stick: makeStick(path.join(directory, 'stick'), 1) };
}

/** Joins a private topic here. */
export function joinPrivate(person: Replica, topic: TopicId, label: string): void {
  const topics = readTopics(person.directory);
  const known = topicOfId(topics, topic) ?? newTopic(topic, label, 'private');
  writeTopics(person.directory, withTopic(topics, { ...known, joined: true, invitedBy: undefined }));
}

/** Posts into a private topic. */
export async function postPrivate(person: Replica, topic: TopicId, ...drafts: (string | Draft)[]): Promise<void> {
  const author = await person.author();
  const list = drafts.map((draft) => (typeof draft === 'string' ? { body: draft } : draft));
  await person.repository.lockedAsync(() => postLocked(person.repository, author, { topic, label: 'x' }, list));
}

/** Writes to these people directly; the topic. */
export async function writeTo(person: Replica, others: readonly Replica[], text: string): Promise<TopicId> {
  const author = await person.author();
  const people = others.map(({ session }) => session.self.person);
  const { topic, policy } = await person.repository.lockedAsync(() => openDirect(person.repository, author, people));
  joinPrivate(person, topic, directLabel(policy, person.session));
  await postPrivate(person, topic, text);
  return topic;
}

/** Begins a topic with these members. */
export async function beginWith(person: Replica, label: string, others: readonly Replica[]): Promise<TopicId> {
  const author = await person.author();
  const { topic } = await person.repository.lockedAsync(() => openNewTopic(person.repository, author, label));
  joinPrivate(person, topic, label);
  await invite(person, topic, others);
  return topic;
}

/** Adds people. */
export async function invite(person: Replica, topic: TopicId, others: readonly Replica[]): Promise<void> {
  const author = await person.author();
  const people = others.map(({ session }) => session.self.person);
  await person.repository.lockedAsync(() =>
    setRoles(person.repository, author, topic, () => people.map((one) => ({ person: one, role: 3, cut: [] }))),
  );
}

/** The texts that somebody is shown in a private topic, in order; what cannot be read as its state. */
export function textsIn(person: Replica, topic: TopicId): string[] {
  const viewer = openViewer(person.session, { topic, label: 'x' });
  return [...readTopic(person.repository, viewer, { number: 1_000 })].map((ordered) => {
    const { text, state } = viewer.view(ordered);
    return state === 'shown' ? (text ?? '') : `(${state})`;
  });
}

/** Has somebody read its keys anew, as a program does that begins. */
export function openKeysOf(person: Replica): void {
  person.topicKeys = new LiveKeyring(true);
  person.reopen();
}

/** Joins the topic that somebody was invited into. */
export async function joinInvited(person: Replica, topic: TopicId): Promise<void> {
  const keyring = new Keyring(person.directory, undefined);
  const keys = fileKeysOf(keyring, () => person.now);
  const found = (await lettersHere(person.session, keys)).find(({ create }) => create.topic === topic);
  if (!found) throw new Error('nobody was invited');
  await person.repository.lockedAsync(() => keepLetter(person.session, keyring, found.letter));
  joinPrivate(person, topic, 'x');
  await person.settle();
}

/** Whether somebody was invited and has not joined. */
export function isInvited(person: Replica, topic: TopicId): boolean {
  return person.session.topics.topics.some((one) => one.topic === topic && !one.joined && one.invitedBy !== undefined);
}

/** Takes somebody out; of what it wrote counts what was held at that commit, by default what is. */
export async function removeFrom(person: Replica, topic: TopicId, other: Replica, commit?: number): Promise<void> {
  const author = await person.author();
  const { repository } = person;
  await repository.lockedAsync(() =>
    removePerson(repository, author, topic, { person: other.session.self.person, commit }),
  );
}

/** Whether somebody can write there, as far as it knows. */
export function mayWrite(person: Replica, topic: TopicId): boolean {
  const view = viewTopic(person.repository, topic);
  return view !== undefined && !whyNotWriting(view, person.session.self.person);
}

/** New keys that are said to be wrapped for these, and are not. */
export async function renewWithout(person: Replica, topic: TopicId, others: readonly Replica[]): Promise<void> {
  const { repository } = person;
  const author = await person.author();
  const isLeftOut = (device: DeviceKey): boolean => others.some(({ session }) => session.self.device === device);
  await repository.lockedAsync(async () => {
    const sharing = await openSharing(repository, author, topic);
    if (!sharing) throw new Error('not in it');
    const { view, around, keyring } = sharing;
    const before = epochsIn(view.resolution).at(-1);
    const own = around.cardOf(author.self.device);
    const cardOf: typeof around.cardOf = (device) => {
      const card = around.cardOf(device);
      return card && own && isLeftOut(device) ? { ...card, recipient: own.recipient } : card;
    };
    const random = (size: number): Buffer => repository.world.random(size);
    const making = { view, around: { ...around, cardOf }, keyring, author, before, now: person.now, random };
    const made = await makeEpoch(making);
    forgetView(repository, topic);
    await keep(repository, author, keyring, { statement: view.create.bytes, epochs: [made.keys] });
    await postLocked(repository, author, { topic, label: 'garden' }, made.drafts);
  });
}
