// Edits, reactions and mentions as they are shown (spec/message.md, "Edits", "Reactions", "Mentions").
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PersonId } from '../../../../src/format/ids.js';
import { openMatcher } from '../../../../src/topic/reading/matcher.js';
import { countMentions, mentionsIn } from '../../../../src/topic/reading/mentions.js';
import { readTopic } from '../../../../src/topic/reading/reading.js';
import { targetAt } from '../../../../src/topic/reading/target.js';
import type { MessageView } from '../../../../src/topic/reading/view.js';
import { openViewer, type Viewer } from '../../../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import { edit, react } from '../../../../src/topic/writing/edit.js';
import type { Posted } from '../../../../src/topic/writing/post.js';
import { retract } from '../../../../src/topic/writing/retract.js';
import type { Replica } from '../../../testkit/replica.js';
import { makeFriends } from '../../../testkit/replicas.js';
import { memoryDirectory } from '../../../testkit/scratch.js';

const TOPIC = rendezvousTopic('t');
const DAY_MS = 86_400_000;

let directory: string;
let ana: Replica;
let ben: Replica;
let files = 0;

beforeEach(async () => {
  directory = memoryDirectory();
  [ana, ben] = (await makeFriends(directory, ['ana', 'ben'], 't')) as [Replica, Replica];
});

async function carry(from: Replica, to: Replica): Promise<void> {
  const file = path.join(directory, `${files++}.satchel`);
  if ((await from.export(file)).file) to.import(file);
}

async function say(by: Replica, body: string, more: object = {}): Promise<Posted> {
  by.now += 60_000;
  const [posted] = await by.post('t', { body, ...more });
  return posted as Posted;
}

async function change(by: Replica, one: Posted, text: string): Promise<Posted> {
  by.now += 60_000;
  const about = { target: targetAt(by.repository, one), label: 't' };
  const [posted] = (await edit(by.repository, await by.author(), about, { text, mentions: [] })).posted;
  return posted as Posted;
}

async function sign(by: Replica, one: Posted, text: string | undefined): Promise<void> {
  by.now += 60_000;
  await react(by.repository, await by.author(), { target: targetAt(by.repository, one), label: 't' }, text);
}

async function takeBack(by: Replica, one: Posted): Promise<void> {
  await retract(by.repository, await by.author(), targetAt(by.repository, one), 't');
}

function viewerOf(replica: Replica): Viewer {
  return openViewer(replica.session, { topic: TOPIC, label: 't' });
}

function shown(replica: Replica): MessageView[] {
  const viewer = viewerOf(replica);
  return [...readTopic(replica.repository, viewer, {})].map(viewer.view);
}

const texts = (replica: Replica): (string | undefined)[] => shown(replica).map(({ text }) => text);

describe('an edit', () => {
  it('is shown in place of the text, also of one that edits it, and found by what it says', async () => {
    const one = await say(ana, 'first');
    await say(ana, 'second');
    const change1 = await change(ana, one, 'changed');
    await change(ana, change1, 'changed again');
    await carry(ana, ben);
    expect(texts(ben)).toEqual(['changed again', 'second']);
    const viewer = viewerOf(ben);
    expect([...readTopic(ben.repository, viewer, { matches: openMatcher(['AGAIN']) })]).toHaveLength(1);
    expect([...readTopic(ben.repository, viewer, { matches: openMatcher(['first']) })]).toHaveLength(0);
    expect(viewer.unread.count).toBe(2);
  });

  it('may be taken back, and goes with its message', async () => {
    const one = await say(ana, 'first');
    const two = await change(ana, one, 'changed');
    const three = await change(ana, one, 'changed again');
    await takeBack(ana, three);
    expect(texts(ana)).toEqual(['changed']);
    await takeBack(ana, one);
    await carry(ana, ben);
    for (const replica of [ana, ben]) expect(texts(replica)).toEqual([]);
    for (const { log, seq } of [one, two, three])
      expect(viewerOf(ben).visibility.ofEntry(entry(ben, log, seq))).toBe('retracted');
  });

  it('expires with its message', async () => {
    const expires = Math.floor(ana.now / DAY_MS) + 2;
    const one = await say(ana, 'first', { meta: { expires } });
    await change(ana, one, 'changed');
    await carry(ana, ben);
    expect(texts(ben)).toEqual(['changed']);
    ben.now += 3 * DAY_MS;
    expect(texts(ben)).toEqual([]);
  });

  it('of somebody else is a message as any other', async () => {
    const { log, seq, id } = await say(ana, 'first');
    await carry(ana, ben);
    await say(ben, 'forged', { edits: { log, seq, id } });
    expect(texts(ben)).toEqual(['first', 'forged']);
  });

  it('is told with answers that are older', async () => {
    const one = await say(ana, 'first');
    await carry(ana, ben);
    await say(ben, 'yes', { reply: targetAt(ben.repository, one) });
    await carry(ben, ana);
    ana.now = ben.now;
    const two = await change(ana, one, 'changed');
    await carry(ana, ben);
    const [, answer] = shown(ben);
    expect(answer?.answers && viewerOf(ben).at(answer.answers)).toMatchObject({ text: 'changed', editedAt: two.clock });
    expect(two.clock).toBeGreaterThan(answer?.clock ?? Number.POSITIVE_INFINITY);
    await say(ben, 'no', { reply: targetAt(ben.repository, two) });
    expect(shown(ben)[2]?.answers).toMatchObject({ log: one.log, seq: one.seq });
  });
});

describe('reactions', () => {
  it('are counted, one of each person, and taken back', async () => {
    const one = await say(ana, 'first');
    await sign(ana, one, '👍');
    await carry(ana, ben);
    await sign(ben, one, '👍');
    expect(shown(ben)[0]?.reactions).toMatchObject([{ text: '👍', own: true, by: { length: 2 } }]);
    await sign(ben, one, '👎');
    expect(
      shown(ben)[0]
        ?.reactions.map(({ text }) => text)
        .sort(),
    ).toEqual(['👍', '👎']);
    await sign(ben, one, undefined);
    expect(shown(ben)[0]?.reactions).toMatchObject([{ text: '👍', own: false }]);
    expect(texts(ben)).toEqual(['first']);
  });
});

describe('mentions', () => {
  const people = [
    { petname: 'Ben', person: '01' as PersonId },
    { petname: 'Ben Ola', person: '02' as PersonId },
    { petname: 'Zoë', person: '03' as PersonId },
  ];

  it.each([
    ['hello @ben', ['01']],
    ['@Ben Ola and @ben', ['02', '01']],
    ['@zoe\u0308, look', ['03']],
    ['@bent, ben@ben.example, @', []],
  ])('of %j are %j', (text, expected) => {
    expect(mentionsIn(text, people)).toEqual(expected);
  });

  it('are counted while they are unread', async () => {
    await say(ana, 'hello @ben', { mentions: [ben.session.self.person] });
    await say(ana, 'hello');
    await carry(ana, ben);
    const { unread } = viewerOf(ben);
    expect(unread.count).toBe(2);
    expect(countMentions(ben.repository, TOPIC, unread, ben.session.self.person)).toBe(1);
    expect(countMentions(ben.repository, TOPIC, unread, ana.session.self.person)).toBe(0);
  });
});

function entry(replica: Replica, log: Posted['log'], seq: number) {
  const found = replica.repository.entry(log, seq);
  if (!found) throw new Error(`entry ${seq} is not held`);
  return found;
}
