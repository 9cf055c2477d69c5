// Clocks that are wrong: years ahead or behind, never set, absurd, or set back. Causes come before effects all the same,
// and nobody is dragged into the future.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CLOCK_LIMIT } from '../../src/format/limits.js';
import { AHEAD_MAX_MS } from '../../src/topic/order/clock.js';
import { tailOf } from '../../src/topic/order/tail.js';
import { targetAt } from '../../src/topic/reading/target.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { retract } from '../../src/topic/writing/retract.js';
import type { Replica } from '../testkit/replica.js';
import { errorsIn, makeFriends, round, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const TODAY = Date.UTC(2026, 5, 1);

let stick: string;
let friends: Replica[];
let alice: Replica;
let bob: Replica;
let carol: Replica;
let dora: Replica;
beforeEach(async () => {
  const directory = scratchDirectory();
  stick = path.join(directory, 'stick');
  fs.mkdirSync(stick);
  friends = await makeFriends(directory, ['alice', 'bob', 'carol', 'dora'], 't');
  [alice, bob, carol, dora] = friends as [Replica, Replica, Replica, Replica];
  for (const friend of friends) friend.now = TODAY;
});

describe('a conversation among wrong clocks', () => {
  it.each([
    ['years behind', TODAY - 20 * YEAR_MS],
    ['never set', 0],
    ['before 1970', -5 * YEAR_MS],
    ['hours ahead', TODAY + 5 * 3_600_000],
    ['just not too far ahead', TODAY + AHEAD_MAX_MS - 60_000],
  ])('keeps its order when one is %s', async (_, wrong) => {
    bob.now = wrong;
    for (const friend of friends) friend.built = TODAY - YEAR_MS;
    const said: string[] = [];
    for (let turn = 0; turn < 8; turn++) {
      const speaker = friends[turn % 4] as Replica;
      said.push(`${turn} ${speaker.name}`);
      await speaker.post('t', `${turn} ${speaker.name}`);
      await round(friends, stick);
    }
    await settle(friends, stick);
    for (const friend of friends) expect(friend.texts('t')).toEqual(said);
    expect(friends.flatMap(errorsIn)).toEqual([]);
  });

  it('keeps the own order when the clock is set back and forth', async () => {
    const said: string[] = [];
    for (const [i, now] of [TODAY, 0, TODAY - YEAR_MS, TODAY + DAY_MS, -1, TODAY].entries()) {
      alice.now = now;
      await alice.post('t', `message ${i}`);
      said.push(`message ${i}`);
    }
    await settle(friends, stick);
    for (const friend of friends) expect(friend.texts('t')).toEqual(said);
  });
});

describe('a clock far ahead', () => {
  it.each([
    ['years', TODAY + 10 * YEAR_MS],
    ['a moment more than 30 days', TODAY + AHEAD_MAX_MS + 60_000],
    ['more than a clock can say', 8_000_000_000_000_000],
  ])('by %s drags nobody along who does not reply', async (_, wrong) => {
    carol.now = wrong;
    await alice.post('t', 'first');
    await settle(friends, stick);
    await carol.post('t', 'from the future');
    await settle(friends, stick);
    await alice.post('t', 'second');
    await settle(friends, stick);
    await bob.post('t', 'third');
    await settle(friends, stick);
    for (const friend of friends) {
      expect(friend.texts('t')).toEqual(['first', 'second', 'third', 'from the future']);
      expect(
        clocksIn(friend)
          .slice(0, 3)
          .every((clock) => clock < TODAY + DAY_MS),
      ).toBe(true);
    }
    expect(doubtfulTo(alice)).toEqual(['from the future']);
  });

  it('takes along whoever replies, behind what it replies to, and nobody else', async () => {
    carol.now = TODAY + 10 * YEAR_MS;
    for (const friend of [alice, bob, dora]) await friend.post('t', `hello from ${friend.name}`);
    await settle(friends, stick);
    const [future] = await carol.post('t', 'from the future');
    await settle(friends, stick);
    await alice.post('t', { body: 'are you sure?', reply: future });
    await settle(friends, stick);
    await bob.post('t', 'second');
    await settle(friends, stick);
    for (const friend of friends)
      expect(friend.texts('t').slice(3)).toEqual(['second', 'from the future', 'are you sure?']);
    expect(clocksIn(bob)[3]).toBeLessThan(TODAY + DAY_MS);
  });

  it('is followed when it is that of most', async () => {
    for (const friend of [alice, carol, dora]) friend.now = TODAY + 10 * YEAR_MS;
    await alice.post('t', 'one');
    await carol.post('t', 'two');
    await settle(friends, stick);
    await bob.post('t', 'three');
    await settle(friends, stick);
    for (const friend of friends) expect(friend.texts('t').at(-1)).toBe('three');
  });

  it('that stands at the end of all clocks leaves its messages in their order', async () => {
    carol.now = 8_000_000_000_000_000;
    await carol.post('t', 'one', 'two');
    await carol.post('t', 'three');
    await settle(friends, stick);
    expect(clocksIn(alice)).toEqual([CLOCK_LIMIT - 1, CLOCK_LIMIT - 1, CLOCK_LIMIT - 1]);
    for (const friend of friends) {
      expect(friend.texts('t')).toEqual(['one', 'two', 'three']);
      const logs = friend.repository.logsOfTopic(rendezvousTopic('t'));
      const tail = tailOf(friend.repository, logs, 2).map(({ entry }) => entry.seq);
      expect(tail).toEqual([2, 3]);
    }
  });
});

describe('an own log far ahead', () => {
  it('is left behind by the next message, which sorts after what its author had seen', async () => {
    await alice.post('t', 'first');
    await settle(friends, stick);
    carol.now = TODAY + 10 * YEAR_MS;
    await carol.post('t', 'from the future');
    carol.now = TODAY + DAY_MS;
    await settle(friends, stick);
    await carol.post('t', 'right again', 'and again');
    await settle(friends, stick);
    carol.now += DAY_MS;
    await carol.post('t', 'still right');
    await settle(friends, stick);
    for (const friend of friends) {
      expect(friend.texts('t')).toEqual(['first', 'right again', 'and again', 'still right', 'from the future']);
      expect(doubtfulTo(friend)).toEqual(['from the future']);
    }
    const logs = carol.repository.logsOfPerson(carol.session.self.person);
    expect(logs.map(({ continues }) => continues)).toEqual([false, true]);
    expect(friends.flatMap(errorsIn)).toEqual([]);
  });

  it('shows every message in it as doubtful, those of the own log too, and repairs none', async () => {
    carol.now = TODAY + 10 * YEAR_MS;
    await carol.post('t', 'one');
    carol.now = TODAY;
    await carol.post('t', 'two', 'three');
    await alice.post('t', 'hello');
    await settle(friends, stick);
    for (const friend of friends) expect(doubtfulTo(friend)).toEqual(['one', 'two', 'three']);
    expect(carol.repository.logsOfPerson(carol.session.self.person)).toHaveLength(2);
  });

  it('takes in what is said in answer to one so far ahead, so that there are never more than two', async () => {
    for (const friend of [alice, bob]) await friend.post('t', `hello from ${friend.name}`);
    carol.now = TODAY + 10 * YEAR_MS;
    const [future] = await carol.post('t', 'from the future');
    await settle(friends, stick);
    for (let day = 1; day <= 4; day++) {
      alice.now = TODAY + day * DAY_MS;
      await alice.post('t', { body: `answer ${day}`, reply: future });
      await alice.post('t', `day ${day}`);
      await settle(friends, stick);
    }
    expect(alice.repository.logsOfPerson(alice.session.self.person)).toHaveLength(2);
    for (const friend of friends) {
      expect(friend.texts('t').slice(2, 6)).toEqual(['day 1', 'day 2', 'day 3', 'day 4']);
      expect(friend.texts('t').slice(6)[0]).toBe('from the future');
    }
  });

  it('takes back what is in it, as the new one does', async () => {
    carol.now = TODAY + 10 * YEAR_MS;
    const [future] = await carol.post('t', 'from the future');
    carol.now = TODAY;
    await alice.post('t', 'hello');
    await settle([alice, carol], stick);
    const [now] = await carol.post('t', 'right again');
    expect(now?.log).not.toBe(future?.log);
    for (const one of [future, now]) {
      if (!one) throw new Error('nothing was posted');
      const { posted } = await retract(carol.repository, await carol.author(), targetAt(carol.repository, one), 't');
      expect(posted[0]?.log).toBe(one.log);
    }
  });

  it('is written on while nobody else writes there', async () => {
    for (const now of [TODAY, TODAY + 50 * YEAR_MS, TODAY + DAY_MS, TODAY + 2 * DAY_MS]) {
      alice.now = now;
      await alice.post('t', `at ${now}`);
    }
    expect(alice.repository.logsOfPerson(alice.session.self.person)).toHaveLength(1);
    await bob.post('t', 'hello');
    await settle(friends, stick);
    for (let day = 3; day < 9; day++) {
      alice.now = TODAY + day * DAY_MS;
      await alice.post('t', `day ${day}`);
      await settle(friends, stick);
    }
    expect(alice.repository.logsOfPerson(alice.session.self.person)).toHaveLength(2);
    for (const friend of friends) expect(friend.texts('t').slice(2, 8)).toEqual(days(3, 9));
  });

  it('is not begun by a computer that starts in 1970 each day, alone or not', async () => {
    for (const friend of friends) friend.built = TODAY - YEAR_MS;
    for (let day = 0; day < 4; day++) {
      alice.now = 60_000;
      await alice.post('t', `day ${day}, started`);
      alice.now = TODAY + day * DAY_MS;
      await alice.post('t', `day ${day}, set`);
      if (day === 1) await bob.post('t', 'hello');
      if (day > 0) await settle(friends, stick);
    }
    expect(alice.repository.logsOfPerson(alice.session.self.person)).toHaveLength(1);
    for (const friend of friends)
      expect(doubtfulTo(friend)).toEqual(
        days(0, 4)
          .map((day) => `${day}, started`)
          .slice(1),
      );
  });
});

function days(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `day ${from + i}`);
}

function clocksIn(replica: Replica): number[] {
  return replica.messages('t').map(({ clock }) => clock);
}

function doubtfulTo(replica: Replica): (string | undefined)[] {
  const { repository, self, contacts } = replica.session;
  const viewer = openViewer({ repository, self, contacts }, { topic: rendezvousTopic('t'), label: 't' });
  return replica
    .messages('t')
    .map(viewer.view)
    .flatMap(({ text, timeDoubtful }) => (timeDoubtful ? [text] : []));
}
