// Taking out somebody, or a device, as of an earlier time (spec/cli.md, "Private topics", "Your devices").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatMoment } from '../../../../../src/cli/terminal/time.js';
import type { TopicId } from '../../../../../src/format/ids.js';
import { LiveKeyring } from '../../../../../src/topic/message/keyring.js';
import { viewTopic } from '../../../../../src/topic/private/topic-view.js';
import { runFor } from '../../../../testkit/command.js';
import { loseDevice } from '../../../../testkit/dropped-device.js';
import { pair } from '../../../../testkit/paired.js';
import {
  beginWith,
  friendsWithStick,
  joinInvited,
  joinPrivate,
  openKeysOf,
  postPrivate,
  removeFrom,
  textsIn,
} from '../../../../testkit/private-member.js';
import type { Replica } from '../../../../testkit/replica.js';
import { framesIn, harm } from '../../../../testkit/rotting.js';
import { memoryDirectory } from '../../../../testkit/scratch.js';

const DAY_MS = 86_400_000;

let directory: string;
let stick: string;
let ana: Replica;
let phone: Replica;
let ben: Replica;
let topic: TopicId;

beforeEach(async () => {
  directory = memoryDirectory();
  const friends = await friendsWithStick(directory, ['ana', 'ben']);
  stick = friends.stick;
  [ana, ben] = friends.people as [Replica, Replica];
  phone = await pair(ana, 'phone', directory);
  phone.seal = 'always';
  topic = await beginWith(ana, 'fam', [ben]);
  await visits(ana, ben);
  await joinInvited(ben, topic);
  joinPrivate(phone, topic, 'fam');
  phone.topicKeys = new LiveKeyring(true);
  phone.reopen();
  await visits(phone, ben, ana, phone, ben);
});

/** All visit the stick in turn. */
async function visits(...people: readonly Replica[]): Promise<void> {
  for (const person of people) {
    person.now += 60_000;
    expect((await person.visit(stick)).failure).toBeUndefined();
  }
}

/** Something comes to Ana from it, and a day later something else. */
async function saysEarlyAndLate(one: Replica): Promise<void> {
  for (const text of ['early', 'late']) {
    await postPrivate(one, topic, text);
    await visits(one, ana);
    for (const person of [ana, ben, phone]) person.now += DAY_MS;
  }
}

async function run(person: Replica, ...argv: string[]) {
  const { exit, stdout, stderr } = await runFor(person, argv, { world: person.repository.world });
  openKeysOf(person);
  await person.settle();
  return { exit, said: JSON.parse(stdout || stderr) as Record<string, unknown> };
}

function roleOf(person: Replica): number | undefined {
  return viewTopic(ana.repository, topic)?.resolution.role(person.session.self.person);
}

it('of somebody who is taken out counts what had come by then', async () => {
  await saysEarlyAndLate(ben);
  expect(textsIn(ana, topic)).toEqual(['early', 'late']);
  for (const wrong of ['whenever', String(ana.now + DAY_MS)]) {
    expect((await run(ana, 'topic', 'remove', 'ben', '--since', wrong)).said['code']).toBe('usage');
    expect((await run(ana, 'device', 'remove', 'phone', '--yes', '--since', wrong)).said['code']).toBe('usage');
  }
  const journal = path.join(ana.repository.layout.journal, 'arrivals');
  const kept = fs.readFileSync(journal);
  fs.rmSync(journal);
  const untold = await run(ana, 'topic', 'remove', 'ben', '-t', 'fam', '--since', '36h');
  expect(untold).toMatchObject({ exit: 2, said: { message: expect.stringContaining('nothing tells any more') } });
  expect(roleOf(ben)).toBe(3);
  fs.writeFileSync(journal, kept);
  const removed = await run(ana, 'topic', 'remove', 'ben', '-t', 'fam', '--since', '36h');
  expect(removed).toMatchObject({ exit: 0, said: { name: 'fam', since: ana.now - 1.5 * DAY_MS } });
  expect([roleOf(ben), textsIn(ana, topic)]).toEqual([0, ['early']]);
});

it('of somebody who is taken out does not count what was damaged here, which is said', async () => {
  await saysEarlyAndLate(ben);
  expect(await damageLate()).toEqual(['early']);
  const lost = ana.repository.logsWithLoss().flatMap((log) => ana.repository.lost(log));
  expect(lost.length).toBeGreaterThan(0);
  const { exit, stdout, stderr } = await runFor(ana, ['topic', 'remove', 'ben', '-t', 'fam'], {
    world: ana.repository.world,
    people: 'pipe',
  });
  expect(exit).toBe(0);
  expect(`${stdout}${stderr}`).toMatch(
    /\d messages? (?:or|and) receipts? of ben (?:was|were) damaged here: what stands/,
  );
});

it('and programs are told how much of it was damaged', async () => {
  await saysEarlyAndLate(ben);
  expect((await run(ana, 'topic', 'remove', 'ben', '-t', 'fam')).said['damaged']).toBe(0);
});

/** What Ana reads once the commit that brought her the last message is damaged. */
async function damageLate(): Promise<string[]> {
  for (const frame of framesIn(ana.directory).reverse()) {
    const before = fs.readFileSync(frame.file);
    harm(frame, 'flip');
    openKeysOf(ana);
    await ana.settle();
    const texts = textsIn(ana, topic);
    if (texts.length === 1) return texts;
    fs.writeFileSync(frame.file, before);
  }
  throw new Error('no frame with it');
}

it('of a device that is removed counts what had come by then, also after what came was merged', async () => {
  await saysEarlyAndLate(phone);
  await removeFrom(phone, topic, ben);
  await visits(phone, ana);
  expect(roleOf(ben)).toBe(0);
  ana.collect();
  const removed = await run(ana, 'device', 'remove', 'phone', '--yes', '--since', '36h');
  expect(removed).toMatchObject({ exit: 0, said: { label: 'phone', since: ana.now - 1.5 * DAY_MS } });
  expect(removed.said['topics']).toEqual([{ name: 'fam', topicId: topic, counts: 'before' }]);
  await visits(ana, ben);
  expect([roleOf(ben), textsIn(ana, topic)]).toEqual([3, ['early']]);
  expect(textsIn(ben, topic)).toEqual(['early']);
});

describe('of a device that is removed as of a time before anything of the topic was held here', () => {
  it('nothing counts, be it said or done', async () => {
    await saysEarlyAndLate(phone);
    await removeFrom(phone, topic, ben);
    await visits(phone, ana);
    await postPrivate(ana, topic, 'from ana');
    expect(roleOf(ben)).toBe(0);
    const removed = await run(ana, 'device', 'remove', 'phone', '--yes', '--since', '30d');
    expect(removed).toMatchObject({ exit: 0, said: { topics: [{ topicId: topic, counts: 'nothing' }] } });
    await visits(ana, ben);
    expect([roleOf(ben), textsIn(ana, topic)]).toEqual([3, ['from ana']]);
  });

  it('all counts where the device began the topic: without that nobody would be in it', async () => {
    topic = await beginWith(phone, 'garden', [ben]);
    joinPrivate(phone, topic, 'garden');
    await postPrivate(phone, topic, 'begun');
    await visits(phone, ana, ben);
    joinPrivate(ana, topic, 'garden');
    ana.topicKeys = new LiveKeyring(true);
    ana.reopen();
    await visits(phone, ana);
    const removed = await run(ana, 'device', 'remove', 'phone', '--yes', '--since', '30d');
    expect(removed).toMatchObject({
      exit: 0,
      said: { topics: [{ counts: 'nothing' }, { topicId: topic, counts: 'all' }] },
    });
    await visits(ana, ben);
    expect([roleOf(ben), textsIn(ana, topic)]).toEqual([3, ['begun']]);
  });
});

it('of a device that is removed as of now counts all that is held', async () => {
  await saysEarlyAndLate(phone);
  const { world } = ana.repository;
  const argv = ['device', 'remove', 'phone', '--yes', '--since', 'now'];
  const { exit, stderr } = await runFor(ana, argv, { world, people: 'pipe' });
  expect([exit, stderr]).toEqual([0, expect.stringContaining(`came here after ${formatMoment(ana.now)}.`)]);
  openKeysOf(ana);
  await visits(ana, ben);
  expect([roleOf(ben), textsIn(ana, topic)]).toEqual([3, ['early', 'late']]);
});

it('of a device that is removed counts still what a former list was stated after', async () => {
  const tablet = await pair(ana, 'tablet', directory);
  await saysEarlyAndLate(phone);
  await removeFrom(phone, topic, ben);
  await visits(phone, ana);
  await loseDevice(ana, tablet);
  await visits(ana);
  const removed = await run(ana, 'device', 'remove', 'phone', '--yes', '--since', '36h');
  expect(removed.said['topics']).toEqual([{ name: 'fam', topicId: topic, counts: 'stated' }]);
  await visits(ana);
  expect([roleOf(ben), textsIn(ana, topic)]).toEqual([0, ['early']]);
});
