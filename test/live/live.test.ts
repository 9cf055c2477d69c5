// Hints between people: what is written by one is there for the others, what is lost comes with a stream, and nothing of it counts
// as heard (spec/live.md).
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LogId, TopicId } from '../../src/format/ids.js';
import { HINT_ENTRIES_MAX, HINTS_A_SECOND } from '../../src/format/limits.js';
import { hintName, sealHint } from '../../src/format/live/hint.js';
import { readStatement } from '../../src/sync/known/statements.js';
import { Live, type LiveOptions } from '../../src/sync/live/live.js';
import { liveKeysOf } from '../../src/sync/live/topics.js';
import { openDesk } from '../../src/sync/stream/desk.js';
import type { Topic } from '../../src/topic/topics.js';
import { Chance } from '../testkit/chance.js';
import { HintBroker } from '../testkit/hint-broker.js';
import {
  beginWith,
  friendsWithStick,
  joinInvited,
  postPrivate,
  removeFrom,
  textsIn,
} from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { errorsIn, heldBy, makeFriends, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';
import { stream } from '../testkit/streaming.js';

const LABEL = 't';
const THIRD = 1 / 3;

/** Somebody who is live at a broker. */
function goLive(
  replica: Replica,
  broker: HintBroker,
  {
    topic = topicOf(replica).topic,
    look = () => {},
  }: { readonly topic?: TopicId; readonly look?: LiveOptions['look'] } = {},
): Live {
  const desk = openDesk(replica.repository, { author: () => replica.author(), quotas: replica.quotas });
  const { channel, is } = broker.connect();
  const live = new Live({ desk, topics: [topicOf(replica, topic)], channel, look });
  live.subscribe();
  is(live);
  return live;
}

function topicOf(replica: Replica, id?: TopicId): Topic {
  const topic = replica.session.topics.topics.find((one) => (id ? one.topic === id : one.label === LABEL));
  if (!topic) throw new Error('the topic is not joined');
  return topic;
}

/** People who all wrote once, and heard each other. */
async function acquainted(names: readonly string[]): Promise<Replica[]> {
  const people = await makeFriends(scratchDirectory(), names, LABEL);
  for (const one of people) await one.post(LABEL, `hello from ${one.name}`);
  await settle(people, scratchDirectory());
  return people;
}

async function pair(): Promise<[Replica, Replica]> {
  return (await acquainted(['ana', 'ben'])) as [Replica, Replica];
}

describe('a message', () => {
  it('is there at once, in the smallest hint, and nobody counts as having heard it', async () => {
    const [ana, ben] = await pair();
    const broker = new HintBroker(new Chance(1));
    const live = goLive(ana, broker);
    const heard = goLive(ben, broker);
    const statements = (): unknown =>
      [
        readStatement(ana.repository, ben.session.self.device),
        readStatement(ben.repository, ana.session.self.device),
      ].map((said) => said && [said.epoch, [...said.frontier]]);
    const before = statements();
    await ana.post(LABEL, 'now');
    await live.tell();
    await broker.deliver();
    expect(ben.texts(LABEL)).toContain('now');
    expect(broker.given.map(({ payload }) => payload.length)).toEqual([272]);
    expect(heard.counts).toMatchObject({ fresh: 1 });
    expect(statements()).toEqual(before);
    await live.tell();
    expect(broker.given).toHaveLength(1);
  });

  it('of a log that is not held is passed over', async () => {
    const [ana, ben] = (await makeFriends(scratchDirectory(), ['ana', 'ben'], LABEL)) as [Replica, Replica];
    const broker = new HintBroker(new Chance(1));
    const live = goLive(ana, broker);
    const looked: string[] = [];
    const heard = goLive(ben, broker, { look: (_, what) => looked.push(what) });
    await ana.post(LABEL, 'never heard of');
    await live.tell();
    await broker.deliver();
    expect(heard.counts).toMatchObject({ fresh: 0 });
    expect(looked).toEqual(['unknown']);
    expect(ben.texts(LABEL)).toEqual([]);
  });

  it('that no hint can hold is said to be there', async () => {
    const [ana, ben] = await pair();
    const broker = new HintBroker(new Chance(1));
    const live = goLive(ana, broker);
    const looked: string[] = [];
    goLive(ben, broker, { look: (_, what) => looked.push(what) });
    await ana.post(LABEL, randomBytes(30_000).toString('base64'));
    await live.tell();
    await broker.deliver();
    expect(looked).toEqual(['more']);
    expect(broker.given.map(({ payload }) => payload.length)).toEqual([272]);
    await stream(ana, ben);
    expect(ben.texts(LABEL)).toHaveLength(3);
  });
});

describe('a broker', () => {
  it('that drops a third, repeats and reorders is healed by one stream each, and nothing comes twice', async () => {
    const chance = new Chance(seedOf('LIVE'));
    const people = await acquainted(['ana', 'ben', 'cleo']);
    const broker = new HintBroker(chance, { drops: THIRD, repeats: THIRD, reorders: true });
    const lives = people.map((one) => goLive(one, broker));
    const said: string[] = [];
    for (let at = 0; at < 60; at++) {
      const who = chance.below(people.length);
      const text = `${at}`;
      await people[who]?.post(LABEL, text);
      said.push(text);
      if (chance.happens(THIRD)) await lives[who]?.tell();
      if (chance.happens(THIRD)) await broker.deliver();
    }
    for (const live of lives) await live.tell();
    await broker.deliver();
    expect(broker.dropped).toBeGreaterThan(0);
    const everything = ['ana', 'ben', 'cleo'].map((name) => `hello from ${name}`).concat(said);
    for (const one of people) {
      const texts = one.texts(LABEL);
      expect(new Set(texts).size).toBe(texts.length);
      expect(everything).toEqual(expect.arrayContaining(texts));
      expect(errorsIn(one)).toEqual([]);
    }
    const [ana, ben, cleo] = people as [Replica, Replica, Replica];
    for (const [a, b] of [
      [ana, ben],
      [ben, cleo],
      [ana, cleo],
      [ana, ben],
    ] as const)
      await stream(a, b);
    for (const one of people) expect(one.texts(LABEL).sort()).toEqual([...everything].sort());
    expect(heldBy(ben)).toEqual(heldBy(ana));
    expect(heldBy(cleo)).toEqual(heldBy(ana));
  });

  it('that floods is not listened to for a while, and no rubbish is taken', async () => {
    const [ana, ben] = await pair();
    const broker = new HintBroker(new Chance(1));
    const heard = goLive(ben, broker);
    const [keys] = liveKeysOf(ana.repository, topicOf(ana));
    if (!keys) throw new Error('an open topic has keys');
    const name = hintName(keys, Math.floor(ben.repository.world.now() / 86_400_000));
    const before = heldBy(ben);
    for (let at = 0; at < 3 * HINTS_A_SECOND; at++) {
      const segments = [randomBytes(1 + (at % 200))];
      await heard.hear(name, at % 2 ? randomBytes(272) : sealHint(keys, { segments }, randomBytes(12)));
    }
    expect(heard.counts.ignored).toBeGreaterThan(0);
    expect(heard.counts.fresh).toBe(0);
    expect(heldBy(ben)).toEqual(before);
  });

  it('that brings a hint which unpacks to much has it passed over, and no sender makes one', async () => {
    const [ana, ben] = await pair();
    const broker = new HintBroker(new Chance(1));
    const live = goLive(ana, broker);
    const looked: string[] = [];
    const heard = goLive(ben, broker, { look: (_, what) => looked.push(what) });
    const end = ana.repository.logsOfPerson(ana.session.self.person)[0]?.end ?? 0;
    const posted = await ana.post(LABEL, ...Array.from({ length: HINT_ENTRIES_MAX + 1 }, () => ''));
    await live.tell();
    await broker.deliver();
    expect(looked).toEqual(['more']);
    const { log } = posted[0] as { log: LogId };
    const [keys] = liveKeysOf(ana.repository, topicOf(ana));
    if (!keys) throw new Error('an open topic has keys');
    const name = hintName(keys, Math.floor(ben.repository.world.now() / 86_400_000));
    const before = heldBy(ben);
    for (const run of ana.repository.runs(log, end, end + HINT_ENTRIES_MAX + 1)) {
      const bytes = ana.repository.segmentBytes(run);
      if (bytes) await heard.hear(name, sealHint(keys, { segments: [bytes] }, randomBytes(12)));
    }
    expect(heldBy(ben)).toEqual(before);
  });
});

describe('a private topic', () => {
  it('is told with keys of the epoch that is written under: who was taken out hears nothing of it', async () => {
    const { people, stick } = await friendsWithStick(scratchDirectory(), ['ana', 'ben', 'cleo']);
    const [ana, ben, cleo] = people as [Replica, Replica, Replica];
    const meet = async (...all: readonly Replica[]): Promise<void> => {
      for (let round = 0; round < 3; round++) for (const one of all) await one.visit(stick);
    };
    const topic = await beginWith(ana, LABEL, [ben, cleo]);
    await meet(...people);
    for (const one of [ben, cleo]) await joinInvited(one, topic);
    for (const one of people) await postPrivate(one, topic, `hello from ${one.name}`);
    await meet(...people);

    const broker = new HintBroker(new Chance(1));
    const live = goLive(ana, broker, { topic });
    const heard = [ben, cleo].map((one) => goLive(one, broker, { topic }));
    await postPrivate(ana, topic, 'to all');
    await live.tell();
    await broker.deliver();
    for (const one of [ben, cleo]) expect(textsIn(one, topic)).toContain('to all');

    await removeFrom(ana, topic, cleo);
    await meet(ana, ben);
    heard[0]?.subscribe();
    await live.tell();
    await broker.deliver();
    const before = heard.map(({ counts }) => counts.fresh);
    await postPrivate(ana, topic, 'without cleo');
    await live.tell();
    await broker.deliver();
    expect(textsIn(ben, topic)).toContain('without cleo');
    expect(heard.map(({ counts }, at) => counts.fresh > (before[at] ?? 0))).toEqual([true, false]);
  });
});
