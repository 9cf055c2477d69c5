// Which clocks are absurd, at the boundaries, for whoever looks (spec/message.md, "Clock").
import { beforeEach, describe, expect, it } from 'vitest';
import { AHEAD_MAX_MS, lowerMedian } from '../../../../src/topic/order/clock.js';
import { openClockJudge } from '../../../../src/topic/order/clock-judge.js';
import { clocksOfPeople } from '../../../../src/topic/order/people-clocks.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import type { Replica } from '../../../testkit/replica.js';
import { makeFriends, settle } from '../../../testkit/replicas.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const TODAY = Date.UTC(2026, 5, 1);
const YEAR_MS = 365 * 86_400_000;
const TOPIC = rendezvousTopic('t');

let directory: string;
let ana: Replica;
let ben: Replica;
let eve: Replica;
beforeEach(async () => {
  directory = scratchDirectory();
  [ana, ben, eve] = (await makeFriends(scratchDirectory(), ['ana', 'ben', 'eve'], 't')) as [Replica, Replica, Replica];
  for (const one of [ana, ben, eve]) one.now = TODAY;
});

/** Whether it is absurd to `one` when `author` states the clock. */
function isAbsurd(one: Replica, author: Replica, clock: number): boolean {
  const [log] = one.repository.logsOfPerson(author.session.self.person);
  if (!log) throw new Error(`${author.name} has not written yet`);
  return openClockJudge(one.repository, TOPIC, one.session.self.person).isAbsurd(log.log, clock);
}

/** Each posts at its own time, and all hold all. */
async function everybodyPosts(...people: readonly Replica[]): Promise<void> {
  for (const one of people) await one.post('t', `from ${one.name}`);
  await settle([ana, ben, eve], directory);
}

describe('an absurd clock', () => {
  it('is more than 30 days ahead of the own time, and not a moment less', async () => {
    await everybodyPosts(ana, ben);
    ana.now = TODAY + YEAR_MS;
    expect(isAbsurd(ana, ben, ana.now + AHEAD_MAX_MS)).toBe(false);
    expect(isAbsurd(ana, ben, ana.now + AHEAD_MAX_MS + 1)).toBe(true);
  });

  it('is more than 30 days ahead of the others too, whoever looks', async () => {
    await everybodyPosts(ana, ben, eve);
    ana.now = TODAY - 2 * YEAR_MS;
    const median = lowerMedian(clocksBut(ana, eve)) ?? 0;
    expect(isAbsurd(ana, eve, median + AHEAD_MAX_MS)).toBe(false);
    expect(isAbsurd(ana, eve, median + AHEAD_MAX_MS + 1)).toBe(true);
  });

  it('has no say in its own favour', async () => {
    eve.now = TODAY + 50 * YEAR_MS;
    await eve.post('t', 'from the future');
    await settle([ana, ben, eve], directory);
    expect(isAbsurd(ana, eve, eve.now)).toBe(true);
  });

  it('is none to a computer that was never set, unless the others say so', async () => {
    ana.built = TODAY - YEAR_MS;
    ana.now = 0;
    await eve.post('t', 'from today');
    await settle([ana, eve], directory);
    expect(isAbsurd(ana, eve, TODAY)).toBe(false);
    await everybodyPosts(ben);
    expect(isAbsurd(ana, eve, TODAY)).toBe(false);
    expect(isAbsurd(ana, eve, TODAY + YEAR_MS)).toBe(true);
  });

  it('is judged by the build of the program, where that is later than the own clock', async () => {
    await everybodyPosts(ana, ben, eve);
    ana.now = TODAY - 3 * YEAR_MS;
    ana.built = TODAY + YEAR_MS;
    expect(isAbsurd(ana, eve, TODAY + YEAR_MS + AHEAD_MAX_MS)).toBe(false);
    expect(isAbsurd(ana, eve, TODAY + YEAR_MS + AHEAD_MAX_MS + 1)).toBe(true);
  });
});

describe("a person's clock", () => {
  it('is that of the log written now, not of the one it continues', async () => {
    await everybodyPosts(ana, ben);
    eve.now = TODAY + 50 * YEAR_MS;
    await everybodyPosts(eve);
    eve.now = TODAY + 1_000;
    await everybodyPosts(eve);
    expect(ana.repository.logsOfPerson(eve.session.self.person)).toHaveLength(2);
    expect(Math.max(...clocksBut(ana))).toBeLessThan(TODAY + 60_000);
  });

  it('is told by an acknowledgement too', async () => {
    await everybodyPosts(ana);
    expect(ana.repository.logsOfPerson(ben.session.self.person).map(({ messages }) => messages)).toEqual([0]);
    expect(clocksBut(ana, ana)).toHaveLength(2);
  });
});

function clocksBut(one: Replica, left?: Replica): number[] {
  const clocks = clocksOfPeople(one.repository, one.repository.logsOfTopic(TOPIC));
  if (left) clocks.delete(left.session.self.person);
  return [...clocks.values()];
}
