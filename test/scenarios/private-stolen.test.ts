// A device is stolen, and its person ends what that says in private topics (spec/private.md, "Stating devices").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import { statementId } from '../../src/format/private/statement.js';
import { storedCardBytes } from '../../src/identity/stored-card.js';
import { epochsIn } from '../../src/topic/members/entitled.js';
import { LiveKeyring } from '../../src/topic/message/keyring.js';
import { viewTopic } from '../../src/topic/private/topic-view.js';
import { readTopics, writeTopics } from '../../src/topic/topics.js';
import { invitePeople } from '../../src/topic/writing/private-topic.js';
import { loseDevice } from '../testkit/dropped-device.js';
import { pair } from '../testkit/paired.js';
import {
  beginWith,
  invite,
  isInvited,
  joinInvited,
  joinPrivate,
  mayWrite,
  postPrivate,
  removeFrom,
  textsIn,
} from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';
import { type Paper, paperOf, useWordsOn, useWordsOnNew } from '../testkit/taken-back.js';

/** What everybody had said before anything was stolen. */
const HONEST = ['from the desk', 'from the laptop', 'from ben', 'from cleo'];

let directory: string;
let stick: string;
let desk: Replica;
let laptop: Replica;
let ben: Replica;
let cleo: Replica;
let mallory: Replica;
let paper: Paper;
let topic: TopicId;

/** These visit the stick one after the other. */
async function visits(...people: readonly Replica[]): Promise<void> {
  for (const person of people) {
    person.now += 60_000;
    expect((await person.visit(stick)).failure).toBeUndefined();
  }
}

function personOf({ session }: Replica) {
  return session.self.person;
}

function roleOf(seenBy: Replica, person: Replica): number | undefined {
  return viewTopic(seenBy.repository, topic)?.resolution.role(personOf(person));
}

/** What each of them counts: texts, and the roles of Ben and Mallory. */
function seenBy(...people: readonly Replica[]) {
  return people.map((one) => ({
    texts: textsIn(one, topic).sort(),
    ben: roleOf(one, ben),
    mallory: roleOf(one, mallory),
  }));
}

beforeEach(async () => {
  directory = memoryDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  const people = [];
  for (const name of ['ana', 'ben', 'cleo', 'mallory']) people.push(await Replica.create(name, directory));
  [desk, ben, cleo, mallory] = people as [Replica, Replica, Replica, Replica];
  meetAll(people);
  paper = await paperOf(desk);
  laptop = await pair(desk, 'laptop', directory);
  for (const one of [...people, laptop]) one.seal = 'always';
  topic = await beginWith(desk, 'garden', [ben, cleo]);
  await visits(desk, ben, cleo);
  for (const one of [ben, cleo]) await joinInvited(one, topic);
  joinPrivate(laptop, topic, 'garden');
  laptop.topicKeys = new LiveKeyring(true);
  laptop.reopen();
  await visits(ben, cleo, laptop, desk, ben, cleo, laptop);
  for (const [i, one] of [desk, laptop, ben, cleo].entries()) await postPrivate(one, topic, HONEST[i] ?? '');
  await visits(desk, laptop, ben, cleo, desk, laptop, ben);
  for (const one of [desk, laptop, ben, cleo]) expect(textsIn(one, topic).sort()).toEqual([...HONEST].sort());
});

/** Whether what shuts devices out stands under keys that count: the thief's are not for who was taken out. */
function isStatedUnderCounting({ repository }: Replica): boolean {
  const view = viewTopic(repository, topic);
  const [list] = view?.resolution.lists ?? [];
  const place = view?.controls.find(({ body }) =>
    body?.statements?.some(({ bytes }) => statementId(bytes) === list?.id),
  );
  const epoch = view?.logs.find(({ log }) => log === place?.log)?.epochs.get(place?.n ?? 0);
  const stated = view ? epochsIn(view.resolution).find(({ says }) => says.epoch === epoch) : undefined;
  return stated !== undefined && view?.resolution.counts(stated.id) === true;
}

/** Adds somebody, with a letter. */
async function inviteAgain(by: Replica, added: Replica): Promise<void> {
  const people = [{ person: personOf(added), card: storedCardBytes(added.card) }];
  const author = await by.author();
  await by.repository.lockedAsync(() => invitePeople(by.repository, author, topic, people));
}

/** Who has the desk adds Mallory, takes Ben out, and speaks. */
async function abuseDesk(): Promise<void> {
  await invite(desk, topic, [mallory]);
  await removeFrom(desk, topic, ben);
  await postPrivate(desk, topic, 'from the thief');
}

/** The topics in which a device tells its user that former devices are heard no more. */
function toldBy(device: Replica): TopicId[] {
  const told: TopicId[] = [];
  const author = device.author.bind(device);
  device.author = async () => ({ ...(await author()), onDevicesStated: (one) => void told.push(one) });
  return told;
}

describe('the device that adds and removes others', () => {
  it('is told to be heard no more where it was heard, and not where the topic was made without it', async () => {
    await useWordsOn(laptop, paper);
    const told = toldBy(laptop);
    const later = await beginWith(laptop, 'orchard', [ben]);
    const isStated = (one: TopicId): boolean =>
      viewTopic(laptop.repository, one)?.resolution.graph.all.some(({ says }) => says.kind === 'devices') === true;
    await visits(laptop);
    expect([topic, later].map(isStated)).toEqual([true, true]);
    expect(told).toEqual([topic]);
  });

  it('is stolen: on another device the words end what it says, also what came there in the meantime', async () => {
    await useWordsOn(laptop, paper);
    await abuseDesk();
    await visits(desk, ben, cleo);
    expect(seenBy(ben, cleo)).toMatchObject([
      { ben: 0, mallory: 3 },
      { ben: 0, mallory: 3 },
    ]);
    await postPrivate(cleo, topic, 'unaware');
    await visits(cleo, laptop);
    const all = [...HONEST, 'unaware'].sort();
    expect(seenBy(laptop)).toEqual([{ texts: all, ben: 3, mallory: 0 }]);
    expect(isStatedUnderCounting(laptop)).toBe(true);
    await visits(ben, cleo, mallory);
    // what Cleo wrote when Ben seemed to be out was not sealed for Ben, and never is
    const forBen = { texts: ['(waiting)', ...HONEST].sort(), ben: 3, mallory: 0 };
    expect(seenBy(ben, cleo)).toEqual([forBen, ...seenBy(laptop)]);
    expect([laptop, ben, cleo].map((one) => mayWrite(one, topic))).toEqual([true, true, true]);
    for (const one of [ben, laptop]) await postPrivate(one, topic, `again from ${one.name}`);
    await postPrivate(desk, topic, 'the thief goes on');
    await visits(ben, laptop, desk, cleo, ben, laptop);
    const news = ['again from ben', 'again from laptop'];
    const later = { texts: [...all, ...news].sort(), ben: 3, mallory: 0 };
    expect(seenBy(laptop, cleo)).toEqual([later, later]);
    expect(seenBy(ben)).toEqual([{ ...forBen, texts: [...forBen.texts, ...news].sort() }]);
  });

  it('is stolen, and leaves as its owner: who has not seen that when the words are used goes on as owner', async () => {
    await useWordsOn(laptop, paper);
    await removeFrom(desk, topic, desk);
    await visits(desk, ben, laptop);
    for (const one of [ben, laptop]) expect(roleOf(one, desk)).toBe(one === ben ? 0 : 5);
    await removeFrom(laptop, topic, cleo);
    await visits(laptop, ben);
    expect(roleOf(ben, desk)).toBe(5);
    expect(roleOf(ben, cleo)).toBe(0);
  });

  it('is stolen: what was merged since is told apart still', async () => {
    await useWordsOn(laptop, paper);
    await postPrivate(desk, topic, 'from the thief');
    const file = path.join(directory, 'whoever-gets-it.satchel');
    await desk.export(file, { topics: [topic] });
    laptop.import(file);
    await laptop.settle();
    expect(textsIn(laptop, topic)).toContain('from the thief');
    laptop.collect();
    // it may be lost
    fs.rmSync(path.join(laptop.repository.layout.journal, 'arrivals'));
    await visits(laptop, ben);
    expect(seenBy(laptop, ben).map(({ texts }) => texts)).toEqual(Array(2).fill([...HONEST].sort()));
  });

  it('is lost: on a new computer its owner believes what friends bring until all were heard, and acts again', async () => {
    await abuseDesk();
    await visits(desk, ben, cleo);
    const bare = await useWordsOnNew('bare', directory, paper, cleo.now);
    bare.seal = 'always';
    for (const one of [ben, cleo]) bare.meet(one);
    await visits(bare, cleo, bare);
    expect(isInvited(bare, topic)).toBe(true);
    await joinInvited(bare, topic);
    await visits(bare, ben, cleo, bare, cleo);
    const all = [...HONEST, 'from the thief'].sort();
    // nobody can tell what was the thief's; but its owner acts again
    expect(seenBy(bare, cleo)).toEqual(Array(2).fill({ texts: all, ben: 0, mallory: 3 }));
    await inviteAgain(bare, ben);
    await removeFrom(bare, topic, mallory);
    await removeFrom(desk, topic, cleo);
    await postPrivate(desk, topic, 'the thief goes on');
    await visits(desk, bare, ben, cleo, bare, ben, cleo);
    expect(seenBy(bare, ben, cleo)).toEqual(Array(3).fill({ texts: all, ben: 3, mallory: 0 }));
    expect(roleOf(ben, cleo)).toBe(3);
    expect([bare, ben, cleo].map((one) => mayWrite(one, topic))).toEqual([true, true, true]);
  });
});

describe('a new computer that has the words alone', () => {
  let bare: Replica;

  beforeEach(async () => {
    bare = await useWordsOnNew('bare', directory, paper, cleo.now);
    bare.seal = 'always';
    for (const one of [ben, cleo]) bare.meet(one);
    await visits(bare, cleo, bare);
    await joinInvited(bare, topic);
  });

  function hasStated(): boolean {
    return viewTopic(bare.repository, topic)?.resolution.lists.length === 1;
  }

  it('states what devices are left once all friends there have sent what they have', async () => {
    await postPrivate(desk, topic, 'still mine');
    const file = path.join(directory, 'to-ben.satchel');
    await desk.export(file, { topics: [topic] });
    ben.import(file);
    await ben.settle();
    await visits(bare);
    expect(hasStated()).toBe(false);
    await visits(ben, bare);
    expect(hasStated()).toBe(true);
    expect(seenBy(bare)).toMatchObject([{ texts: [...HONEST, 'still mine'].sort() }]);
  });

  it('waits for no more than three imports', async () => {
    await visits(bare);
    for (let imports = 1; imports <= 3; imports++) {
      expect(hasStated()).toBe(false);
      await postPrivate(cleo, topic, `news ${imports}`);
      await visits(cleo, bare);
    }
    expect(hasStated()).toBe(true);
  });
});

it('a further device is stolen: what came of it before it was removed counts, and nothing that came later', async () => {
  await postPrivate(laptop, topic, 'still mine');
  await visits(laptop, desk);
  await loseDevice(desk, laptop);
  await postPrivate(laptop, topic, 'from the thief');
  await removeFrom(laptop, topic, ben);
  await visits(laptop, ben, cleo, desk, ben, cleo);
  const all = [...HONEST, 'still mine'].sort();
  expect(seenBy(desk, ben, cleo)).toEqual(Array(3).fill({ texts: all, ben: 3, mallory: 0 }));
});

it('a further device is stolen: nothing counts that it back-dates, also where its person has left', async () => {
  await removeFrom(desk, topic, desk);
  const topics = readTopics(desk.directory);
  const left = topics.topics.map((one) => (one.topic === topic ? { ...one, joined: false } : one));
  writeTopics(desk.directory, { ...topics, topics: left });
  await visits(desk);
  await loseDevice(desk, laptop);
  // what its owner adds counts for who did not know that it left
  await invite(laptop, topic, [mallory]);
  await visits(laptop, ben);
  expect(seenBy(ben)).toMatchObject([{ mallory: 3 }]);
  await visits(desk, ben, cleo);
  expect(seenBy(ben, cleo)).toMatchObject(Array(2).fill({ mallory: 0 }));
});
