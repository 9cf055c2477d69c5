import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { markRead } from '../../../../src/repository/read-marks.js';
import { openMatcher } from '../../../../src/topic/reading/matcher.js';
import { readArrived, readNews, readTopic, type Wanted } from '../../../../src/topic/reading/reading.js';
import { openViewer, type Viewer } from '../../../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const MINUTE = 60_000;
const GARDEN = { topic: rendezvousTopic('garden'), label: 'garden' };

/** Ana and Bob wrote in turns, a minute apart; Bob has all of it, read up to his last word. */
async function conversation(): Promise<Replica> {
  const directory = scratchDirectory();
  const ana = await Replica.create('ana', directory);
  const bob = await Replica.create('bob', directory);
  ana.meet(bob).join('garden');
  bob.meet(ana).join('garden');
  for (let i = 0; i < 6; i++) {
    ana.now += MINUTE;
    bob.now = ana.now;
    await (i % 2 === 0 ? ana : bob).post('garden', `word ${i}`);
    const file = path.join(directory, `${i}.satchel`);
    const [from, to] = i % 2 === 0 ? [ana, bob] : [bob, ana];
    if ((await from.export(file)).file !== null) to.import(file);
    if (i === 3) markRead(bob.repository.layout, GARDEN.topic, bob.repository.lastArrival);
  }
  return bob;
}

function viewerOf(replica: Replica): Viewer {
  return openViewer(replica.session, GARDEN);
}

function read(replica: Replica, wanted: Wanted): string[] {
  const viewer = viewerOf(replica);
  return Array.from(readTopic(replica.repository, viewer, wanted), (ordered) => {
    const { text, type } = viewer.view(ordered);
    return text ?? type;
  });
}

describe('reading', () => {
  it('gives everything, or what is asked for', async () => {
    const bob = await conversation();
    const { person } = bob.session.self;
    const all = [0, 1, 2, 3, 4, 5].map((i) => `word ${i}`);
    expect(read(bob, {})).toEqual(all);
    expect(read(bob, { number: 2 })).toEqual(['word 4', 'word 5']);
    expect(read(bob, { number: 0 })).toEqual([]);
    expect(read(bob, { unread: true })).toEqual(['word 4']);
    expect(read(bob, { author: person })).toEqual(['word 1', 'word 3', 'word 5']);
    expect(read(bob, { author: person, number: 1 })).toEqual(['word 5']);
    expect(read(bob, { since: bob.now - MINUTE })).toEqual(['word 4', 'word 5']);
    expect(read(bob, { matches: openMatcher(['WORD 3']) })).toEqual(['word 3']);
    expect(read(bob, { matches: openMatcher(['word']), number: 1 })).toEqual(['word 5']);
  });

  it('gives on demand what is no message too, in its place', async () => {
    const bob = await conversation();
    const everything = read(bob, { all: true });
    expect(everything.filter((text) => text.startsWith('word'))).toHaveLength(6);
    expect(everything.slice(0, 2)).toEqual(['introduction', 'introduction']);
    expect(everything.filter((type) => type === 'ack').length).toBeGreaterThan(2);
    expect(read(bob, { all: true, number: 1 })).toEqual(everything.slice(-1));
    expect(read(bob, { all: true, since: bob.now })).toEqual(['word 5', 'ack']);
  });

  it('gives the news with what came before, or the last words', async () => {
    const bob = await conversation();
    const news = (context: number): string[] => {
      const viewer = viewerOf(bob);
      return readNews(bob.repository, viewer, { context, idle: 3 }).map((ordered) => viewer.view(ordered).text ?? '');
    };
    expect(news(1)).toEqual(['word 3', 'word 4', 'word 5']);
    expect(news(0)).toEqual(['word 4', 'word 5']);
    markRead(bob.repository.layout, GARDEN.topic, bob.repository.lastArrival);
    expect(news(1)).toEqual(['word 3', 'word 4', 'word 5']);
  });

  it('gives what arrived since a commit', async () => {
    const bob = await conversation();
    const since = bob.repository.lastArrival;
    expect(readArrived(bob.repository, viewerOf(bob), {}, since)).toEqual([]);
    await bob.post('garden', 'more');
    const arrived = readArrived(bob.repository, viewerOf(bob), {}, since);
    expect(arrived.map((ordered) => viewerOf(bob).view(ordered).text)).toEqual(['more']);
  });

  it('opens only the end of a long conversation', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    for (let i = 0; i < 30; i++) await ana.post('garden', `a ${i}`, `b ${i}`);
    ana.reopen();
    expect(read(ana, { number: 3 })).toEqual(['b 28', 'a 29', 'b 29']);
    // the introduction tells the author's name
    expect(ana.repository.segmentsDecoded).toBeLessThanOrEqual(3);
  });
});
