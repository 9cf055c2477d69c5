// Private topics between people who carry sticks (spec/private.md, spec/epochs.md, spec/veiled.md).
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { messageJson } from '../../src/cli/report/message-json.js';
import { markOf } from '../../src/cli/report/messages.js';
import { formatDate } from '../../src/cli/terminal/time.js';
import { readId, type TopicId } from '../../src/format/ids.js';
import { fileKeysOf } from '../../src/identity/file-keys.js';
import { Keyring } from '../../src/identity/keyring.js';
import { storedCardBytes } from '../../src/identity/stored-card.js';
import { keepLetter } from '../../src/sync/import/learn-keys.js';
import { readLetter } from '../../src/sync/import/letters.js';
import { LiveKeyring } from '../../src/topic/message/keyring.js';
import { SALT_SIZE } from '../../src/topic/message/message.js';
import { viewTopic } from '../../src/topic/private/topic-view.js';
import { countMessages } from '../../src/topic/reading/counts.js';
import { readTopic } from '../../src/topic/reading/reading.js';
import { targetAt } from '../../src/topic/reading/target.js';
import type { MessageView } from '../../src/topic/reading/view.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { newTopic, readTopics, withTopic, writeTopics } from '../../src/topic/topics.js';
import { edit, react } from '../../src/topic/writing/edit.js';
import { post, postLocked } from '../../src/topic/writing/post.js';
import { invitePeople } from '../../src/topic/writing/private-topic.js';
import { retract } from '../../src/topic/writing/retract.js';
import { loseDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import {
  beginWith,
  invite,
  joinInvited,
  joinPrivate,
  postPrivate,
  removeFrom,
  renewWithout,
  textsIn,
  writeTo,
} from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

const FRIENDS = ['ana', 'ben', 'cleo', 'dora'] as const;

let directory: string;
let stick: string;
let ana: Replica;
let ben: Replica;
let cleo: Replica;
let dora: Replica;

beforeEach(async () => {
  directory = memoryDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  const people = [];
  for (const name of FRIENDS) people.push(await Replica.create(name, directory));
  meetAll(people);
  for (const person of people) person.seal = 'always';
  [ana, ben, cleo, dora] = people as [Replica, Replica, Replica, Replica];
});

/** The last message of the topic as somebody sees it. */
function lastIn(person: Replica, topic: TopicId): MessageView {
  const viewer = openViewer(person.session, { topic, label: 'x' });
  const last = [...readTopic(person.repository, viewer, { number: 1 })].at(-1);
  if (!last) throw new Error('there is none');
  return viewer.view(last);
}

/** All visit the stick in turn, so many times. */
async function rounds(people: readonly Replica[], count = 3): Promise<void> {
  for (let i = 0; i < count; i++) {
    for (const person of people) {
      person.now += 60_000;
      await person.visit(stick);
    }
  }
}

/** Every byte below a directory. */
function bytesBelow(root: string): Buffer {
  const files = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => path.join(root, name));
  return Buffer.concat(files.filter((file) => fs.statSync(file).isFile()).map((file) => fs.readFileSync(file)));
}

describe('two friends', () => {
  it('write to each other, and an answer comes back', async () => {
    const topic = await writeTo(ana, [ben], 'Hello Ben');
    await ana.visit(stick);
    const visit = await ben.visit(stick);
    expect(visit.settled).toMatchObject({ messages: 1, invitations: [] });
    expect(ben.session.topics.topics).toMatchObject([{ topic, label: 'ana', kind: 'private', joined: true }]);
    expect(textsIn(ben, topic)).toEqual(['Hello Ben']);
    await postPrivate(ben, topic, 'Hello Ana');
    await ben.visit(stick);
    await ana.visit(stick);
    for (const person of [ana, ben]) expect(textsIn(person, topic)).toEqual(['Hello Ben', 'Hello Ana']);
  });

  it('who both begin have one topic, and read both', async () => {
    const topic = await writeTo(ana, [ben], 'from ana');
    expect(await writeTo(ben, [ana], 'from ben')).toBe(topic);
    await rounds([ana, ben], 4);
    expect(textsIn(ana, topic).sort()).toEqual(['from ana', 'from ben']);
    expect(textsIn(ben, topic)).toEqual(textsIn(ana, topic));
    await postPrivate(ana, topic, 'and on');
    await postPrivate(ben, topic, 'and on, too');
    await rounds([ana, ben], 3);
    expect(textsIn(ben, topic)).toEqual(textsIn(ana, topic));
    expect(textsIn(ana, topic)).toHaveLength(4);
  });

  it('edit, react to, take back and answer messages', async () => {
    const topic = await writeTo(ana, [ben], 'The beens are up');
    await postPrivate(ana, topic, 'a mistake');
    const [first, second] = [...ana.repository.entries(ownLogIn(ana, topic), 2)].filter(
      ({ said }) => said !== undefined,
    );
    if (!first || !second) throw new Error('nothing was posted');
    const target = targetAt(ana.repository, first);
    const about = { target, label: 'x' };
    await edit(ana.repository, await ana.author(), about, { text: 'The beans are up', mentions: [] });
    await retract(ana.repository, await ana.author(), targetAt(ana.repository, second), 'x');
    await rounds([ana, ben], 2);
    expect(textsIn(ben, topic)).toEqual(['The beans are up']);
    const there = targetAt(ben.repository, { log: first.log, seq: first.seq, id: first.id });
    await react(ben.repository, await ben.author(), { target: there, label: 'x' }, '👍');
    await postPrivate(ben, topic, { body: 'Good', reply: there });
    await rounds([ben, ana], 2);
    for (const person of [ana, ben]) expect(textsIn(person, topic)).toEqual(['The beans are up', 'Good']);
    const dropped = ben.repository.entry(second.log, second.seq);
    expect(dropped?.payload).toBeUndefined();
  });
});

/** The log that a person writes in a topic. */
function ownLogIn(person: Replica, topic: string) {
  const log = person.repository.logsOfPerson(person.session.self.person).find((one) => one.topic === topic);
  if (!log) throw new Error('no log');
  return log.log;
}

describe('a group', () => {
  it('is invited, joins late, reads all, and whoever carries it reads nothing', async () => {
    const topic = await beginWith(ana, 'surprise party', [ben]);
    await postPrivate(ana, topic, 'The cake is a needle in a haystack');
    await rounds([ana, dora, ben], 2);
    expect(ben.session.topics.topics).toMatchObject([{ label: 'surprise party', joined: false }]);
    await joinInvited(ben, topic);
    await postPrivate(ben, topic, 'I bring the needle');
    await rounds([ben, dora, ana], 2);
    await invite(ana, topic, [cleo]);
    await rounds([ana, dora, cleo], 2);
    await joinInvited(cleo, topic);
    await postPrivate(cleo, topic, 'Late, as ever');
    await rounds([cleo, dora, ben, ana], 3);
    const all = ['The cake is a needle in a haystack', 'I bring the needle', 'Late, as ever'];
    for (const person of [ana, ben, cleo]) expect(textsIn(person, topic)).toEqual(all);
    expect(dora.repository.logsOfTopic(topic)).toEqual([]);
    for (const root of [stick, path.join(dora.directory, '.satchel')]) {
      for (const text of ['needle', 'surprise party', 'Late, as']) expect(bytesBelow(root).includes(text)).toBe(false);
    }
    // and then there is nothing left to say
    const before = [ana, ben, cleo].map(({ repository }) => repository.lastArrival);
    await rounds([ana, ben, cleo], 1);
    expect([ana, ben, cleo].map(({ repository }) => repository.lastArrival)).toEqual(before);
  });
});

it('what somebody writes who was removed is shown to nobody who knows, and counted nowhere', async () => {
  const topic = await beginWith(ana, 'garden', [ben, cleo]);
  await rounds([ana, ben, cleo], 1);
  for (const person of [ben, cleo]) await joinInvited(person, topic);
  await postPrivate(ben, topic, 'in time');
  await rounds([ben, ana, cleo], 2);
  // Cleo hears of it last, and has what Ben wrote meanwhile
  await postPrivate(ben, topic, 'too late');
  await ben.visit(stick);
  await cleo.visit(stick);
  expect(textsIn(cleo, topic)).toEqual(['in time', 'too late']);
  await removeFrom(ana, topic, ben);
  await postPrivate(ana, topic, 'among us');
  await rounds([ana, cleo], 2);
  for (const person of [ana, cleo]) {
    expect(textsIn(person, topic)).toEqual(['in time', 'among us']);
    expect(countMessages(person.repository, topic)).toBe(2);
    const viewer = openViewer(person.session, { topic, label: 'garden' });
    const shown = [...readTopic(person.repository, viewer, { number: 100 })];
    expect(viewer.unread.count).toBe(shown.filter(({ entry }) => viewer.unread.has(entry)).length);
  }
  await ben.visit(stick);
  await expect(postPrivate(ben, topic, 'anybody?')).rejects.toMatchObject({ code: 'not-allowed' });
  expect(textsIn(ben, topic)).not.toContain('among us');
});

it('a phone that was stolen is heard no more, and reads nothing new', async () => {
  const phone = await pair(ana, 'phone', directory);
  phone.seal = 'always';
  const topic = await beginWith(ana, 'garden', [ben]);
  await rounds([ana, ben], 1);
  await joinInvited(ben, topic);
  await rounds([ben, ana], 2);
  joinPrivate(phone, topic, 'garden');
  phone.topicKeys = new LiveKeyring(true);
  phone.reopen();
  await rounds([phone, ana, phone, ben], 3);
  await postPrivate(phone, topic, 'from the phone');
  await rounds([phone, ana, ben], 2);
  for (const person of [ana, ben, phone]) expect(textsIn(person, topic)).toEqual(['from the phone']);
  await loseDevice(ana, phone);
  await rounds([ana, ben], 2);
  await postPrivate(ben, topic, 'without the phone');
  await postPrivate(phone, topic, 'by a thief');
  await rounds([phone, ben, ana], 3);
  for (const person of [ana, ben]) expect(textsIn(person, topic)).toEqual(['from the phone', 'without the phone']);
  expect(textsIn(phone, topic)).not.toContain('without the phone');
});

describe('a key that does not arrive', () => {
  it('is asked for, and given by who has it', async () => {
    const topic = await beginWith(ana, 'garden', [ben, cleo]);
    await postPrivate(ana, topic, 'first');
    await rounds([ana, ben, cleo], 2);
    for (const person of [ben, cleo]) await joinInvited(person, topic);
    for (const person of [ben, cleo]) await postPrivate(person, topic, `${person.name} is here`);
    await rounds([ana, ben, cleo], 3);
    await renewWithout(ana, topic, [ben]);
    await postPrivate(ana, topic, 'sealed under it');
    await ana.visit(stick);
    await ben.visit(stick);
    expect(textsIn(ben, topic).at(-1)).toBe('(waiting)');
    expect(viewTopic(ben.repository, topic)?.needs.map(({ need }) => need.epochs.length)).toEqual([1]);
    const waiting = lastIn(ben, topic);
    expect(waiting.waitsFor).toEqual({ what: 'key', asked: ben.now });
    expect(markOf(waiting)).toBe(`(its key is not here; ana can send it, asked ${formatDate(ben.now)})`);
    expect(messageJson(waiting)['waitsFor']).toMatchObject({ what: 'key', asked: ben.now, from: { name: 'ana' } });
    await rounds([cleo, ana, ben], 1);
    expect(textsIn(ben, topic).at(-1)).toBe('sealed under it');
    expect(messageJson(lastIn(ben, topic))['waitsFor']).toBeNull();
    await rounds([ana, ben, cleo], 2);
    // and nothing is lacking any more
    expect(viewTopic(ana.repository, topic)?.needs.map(({ need }) => need.epochs)).toEqual([[]]);
  });

  it('is given by who begins with it, where nobody who lacks it would look', async () => {
    const topic = await beginWith(ana, 'garden', [ben]);
    await rounds([ana, ben, dora], 2);
    await joinInvited(ben, topic);
    await postPrivate(ben, topic, 'ben is here');
    await rounds([ben, ana], 2);
    await renewWithout(ana, topic, [ben]);
    await postPrivate(ana, topic, 'sealed under it');
    await invite(ana, topic, [dora]);
    await ana.visit(stick);
    // Ana is not seen again: Dora's log, which begins under it, is all that there is
    await dora.visit(stick);
    await joinInvited(dora, topic);
    await postPrivate(dora, topic, 'dora is here');
    await rounds([dora, ben], 4);
    expect(textsIn(ben, topic)).toEqual(['ben is here', 'sealed under it', 'dora is here']);
  });

  it('is given unasked by who begins with it, though its maker says that nobody lacks it', async () => {
    const topic = await beginWith(ana, 'garden', [ben, cleo]);
    await rounds([ana, ben, cleo, dora], 2);
    for (const person of [ben, cleo]) await joinInvited(person, topic);
    for (const person of [ben, cleo]) await postPrivate(person, topic, `${person.name} is here`);
    await rounds([ana, ben, cleo], 3);
    await renewWithout(ben, topic, [cleo]);
    for (const person of [ben, ana]) await person.visit(stick);
    await invite(ana, topic, [dora]);
    await ana.visit(stick);
    await dora.visit(stick);
    await joinInvited(dora, topic);
    await postPrivate(dora, topic, 'dora is here');
    // Cleo, who could ask for it, is away
    for (const text of ['one', 'two']) {
      await postPrivate(ben, topic, text);
      await rounds([ben, dora], 1);
    }
    const { claims, needs } = viewTopic(dora.repository, topic) ?? { claims: [], needs: [] };
    const given = claims.filter(({ by, isLetter }) => isLetter && by === dora.session.self.device);
    const isNeeded = needs.some(({ device }) => device === cleo.session.self.device);
    expect(given.map(({ devices }) => devices.map(({ device }) => device))).toEqual([[cleo.session.self.device]]);
    expect(isNeeded).toBe(false);
    // once: it is her own word that counts from now on
    await postPrivate(ben, topic, 'three');
    await rounds([ben, dora], 2);
    expect(viewTopic(dora.repository, topic)?.claims.length).toBe(claims.length);
    await cleo.visit(stick);
    expect(textsIn(cleo, topic)).toContain('dora is here');
  });
});

describe('nothing in the clear', () => {
  it('is written in a private topic, whatever is missing', async () => {
    const topic = await writeTo(ana, [ben], 'sealed');
    // the topic is known as private by any of what is decided, keys, and logs
    for (const forget of [forgetDecision, forgetKeys]) {
      const person = await forget(topic);
      const length = person.repository.log(ownLogIn(person, topic))?.end;
      await postPrivate(person, topic, 'a needle').catch(() => undefined);
      expect(bytesBelow(path.join(person.directory, '.satchel', 'objects')).includes('needle')).toBe(false);
      expect(length).toBeGreaterThan(0);
    }
  });

  async function forgetDecision(): Promise<Replica> {
    writeTopics(ana.directory, { ...readTopics(ana.directory), topics: [], current: undefined });
    return ana.reopen();
  }

  async function forgetKeys(topic: TopicId): Promise<Replica> {
    const topics = readTopics(ana.directory);
    writeTopics(ana.directory, withTopic(topics, { ...newTopic(topic, 'ben', 'private'), joined: true }));
    fs.rmSync(path.join(ana.directory, '.satchel', 'keys', 'topics'), { recursive: true });
    ana.topicKeys = new LiveKeyring();
    return ana.reopen();
  }

  it('counts there, whoever writes it', async () => {
    const topic = await writeTo(ana, [ben], 'sealed');
    // Cleo knows the id, and nothing else of it
    await post(cleo.repository, await cleo.author(), { topic, label: 'x' }, [{ body: 'in the clear' }]);
    joinPrivate(cleo, topic, 'x');
    await rounds([ana, cleo, ana], 1);
    expect(
      ana.repository
        .logsOfTopic(topic)
        .map(({ veiled }) => veiled)
        .sort(),
    ).toEqual([false, true]);
    expect(textsIn(ana, topic)).toEqual(['sealed']);
    expect(countMessages(ana.repository, topic)).toBe(1);
  });

  it('is what members who do not have the keys yet are told when they post', async () => {
    const topics = readTopics(ben.directory);
    const topic = readId<TopicId>(Buffer.alloc(32, 0xab));
    writeTopics(ben.directory, withTopic(topics, { ...newTopic(topic, 'secret', 'private'), joined: true }));
    const author = await ben.author();
    const posting = ben.repository.lockedAsync(() =>
      postLocked(ben.repository, author, { topic, label: 'secret' }, [{ body: 'a needle' }]),
    );
    await expect(posting).rejects.toMatchObject({ code: 'waiting-for-key' });
    expect(bytesBelow(path.join(ben.directory, '.satchel')).includes('needle')).toBe(false);
  });
});

it('who came by a letter is heard, though nobody has the log of who let it in', async () => {
  const topic = await beginWith(ana, 'garden', [cleo]);
  await rounds([ana, cleo], 2);
  await joinInvited(cleo, topic);
  await rounds([cleo, ana], 1);
  // by mail, say; and then Ana is not seen again
  const author = await ana.author();
  const invitee = { person: ben.session.self.person, card: storedCardBytes(ben.card) };
  const { letters } = await ana.repository.lockedAsync(() => invitePeople(ana.repository, author, topic, [invitee]));
  const keyring = new Keyring(ben.directory, undefined);
  const keys = fileKeysOf(keyring, () => ben.now);
  const { letter } = await readLetter(ben.session, letters[0]?.file ?? Buffer.alloc(0), keys);
  await ben.repository.lockedAsync(() => keepLetter(ben.session, keyring, letter));
  joinPrivate(ben, topic, 'garden');
  await ben.settle();
  // by the letter alone nobody writes: the epoch's statement comes with a log, but not that which let Ben in
  await expect(postPrivate(ben, topic, 'too early')).rejects.toMatchObject({ code: 'waiting-for-key' });
  await rounds([cleo, ben], 2);
  await postPrivate(ben, topic, 'here by letter');
  await rounds([ben, cleo], 3);
  expect(textsIn(cleo, topic)).toEqual(['here by letter']);
});

it('two epochs never share a number in a log, and every message has a salt', async () => {
  const topic = await writeTo(ana, [ben], 'one');
  await writeTo(ben, [ana], 'two');
  await rounds([ana, ben], 4);
  for (let i = 0; i < 3; i++) {
    await postPrivate(ana, topic, `again ${i}`);
    await postPrivate(ben, topic, `and again ${i}`, { body: 'gone soon', meta: { expires: 30_000 } });
    await rounds([ana, ben], 1);
  }
  for (const person of [ana, ben]) {
    const view = viewTopic(person.repository, topic);
    for (const { log, epochs } of view?.logs ?? []) {
      expect(new Set(epochs.values()).size).toBe(epochs.size);
      for (const entry of person.repository.entries(log, 1)) {
        expect(entry.payload && person.repository.interpreter.whyUnopened(entry, entry.payload)).toBeUndefined();
      }
    }
  }
  expect(SALT_SIZE).toBe(16);
});
