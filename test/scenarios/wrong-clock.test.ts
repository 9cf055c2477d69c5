// What people are told about clocks that can't be right, by the commands themselves (spec/cli.md, "A wrong clock").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { countExpired } from '../../src/sync/import/expired.js';
import { doubtOwnClock, isDueToday } from '../../src/sync/own-clock.js';
import { AHEAD_MAX_MS } from '../../src/topic/order/clock.js';
import { runHere } from '../testkit/command.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const DAY_MS = 86_400_000;
const TODAY = Date.UTC(2026, 5, 1);

let stick: string;
let ana: Replica;
let ben: Replica;
beforeEach(async () => {
  const directory = scratchDirectory();
  stick = path.join(directory, 'stick');
  fs.mkdirSync(stick);
  [ana, ben] = (await makeFriends(directory, ['ana', 'ben'], 't')) as [Replica, Replica];
  ana.now = TODAY;
  ben.now = TODAY;
});

/** Runs a command of Ana's; the codes of what it says on standard error. */
async function command(...words: readonly string[]): Promise<{ exit: number; stdout: string; said: string[] }> {
  const world = { now: () => ana.now, built: ana.built, random: ana.repository.world.random };
  const env = { SATCHEL_STATE_DIR: ana.stateDirectory };
  const { exit, stdout, stderr } = await runHere([...words, '-C', ana.directory], { env, world });
  const lines = stderr.split('\n').filter((line) => line !== '');
  return { exit, stdout, said: lines.map((line) => (JSON.parse(line) as { code: string }).code) };
}

async function expiredUnread(): Promise<number> {
  const { expiredUnread } = JSON.parse((await command('status')).stdout) as { expiredUnread: number };
  return expiredUnread;
}

async function carry(from: Replica, to: Replica): Promise<ReturnType<Replica['import']>> {
  const file = await bundleFrom(from, stick);
  if (!file) throw new Error('nothing to carry');
  return to.import(file);
}

describe('the own clock', () => {
  it('is doubted more than 30 days from the others, and not a moment less', async () => {
    await ben.post('t', 'hello');
    await carry(ben, ana);
    const doubtAt = (now: number): string | undefined => {
      ana.now = now;
      return doubtOwnClock(ana.session)?.kind;
    };
    const [clock = 0] = ana.messages('t').map((message) => message.clock);
    expect(doubtAt(clock + AHEAD_MAX_MS)).toBeUndefined();
    expect(doubtAt(clock + AHEAD_MAX_MS + 1)).toBe('ahead');
    expect(doubtAt(clock - AHEAD_MAX_MS)).toBeUndefined();
    expect(doubtAt(clock - AHEAD_MAX_MS - 1)).toBe('behind');
  });

  it('is doubted before the program was made, by a computer alone too', () => {
    ana.built = TODAY;
    expect(doubtOwnClock(ana.session)).toBeUndefined();
    ana.now = TODAY - 1;
    expect(doubtOwnClock(ana.session)).toEqual({ kind: 'before-build', own: TODAY - 1, other: TODAY });
  });

  it('is warned of once a day, and never in the way', async () => {
    ana.built = TODAY + DAY_MS;
    expect(await command('post', '-t', 't', 'one')).toMatchObject({ exit: 0, said: ['clock'] });
    expect(await command('post', '-t', 't', 'two')).toMatchObject({ exit: 0, said: [] });
    fs.mkdirSync(path.join(stick, 'satchel'), { recursive: true });
    await command('drive', 'init', stick);
    ana.now -= DAY_MS;
    expect(await command('sync', stick)).toMatchObject({ exit: 0, said: ['clock'] });
    expect(await command('sync', stick)).toMatchObject({ exit: 0, said: [] });
    ana.now -= DAY_MS;
    expect(await command('post', '-t', 't', '-q', 'three')).toMatchObject({ exit: 0, said: [] });
    await command('config', 'set', 'clock.warn', 'false');
    expect(await command('post', '-t', 't', 'four')).toMatchObject({ exit: 0, said: [] });
    expect(isDueToday(ana.repository)).toBe(true);
    expect(ana.reopen().texts('t')).toEqual(['one', 'two', 'three', 'four']);
  });
});

describe('a message that expires by a clock years behind', () => {
  it('is named when it is posted, counted where it arrives, and known to be unread by its author', async () => {
    await ben.post('t', 'hello');
    await carry(ben, ana);
    ana.now = 0;
    const { stdout, said } = await command('post', '-t', 't', '--expire', '7d', 'for a week');
    expect(said).toEqual(['expired', 'clock']);
    expect(JSON.parse(stdout)).toMatchObject({ expired: true });
    const { id } = JSON.parse(stdout) as { id: string };
    ana.reopen().now = TODAY;
    expect(JSON.parse((await command('show', id)).stdout)).toMatchObject({ state: 'expired', expiredUnread: true });
    const before = ben.repository.lastArrival;
    expect(await carry(ana, ben)).toMatchObject({ messages: 1, expired: 1 });
    expect(countExpired(ben.repository, before)).toBe(1);
    await ben.post('t', 'what did you say?');
    await carry(ben, ana);
    expect(JSON.parse((await command('show', id)).stdout)).toMatchObject({ expiredUnread: true });
    expect(await expiredUnread()).toBe(1);
  });

  it('is none of these when the clock is right and it came in time', async () => {
    await ben.post('t', 'hello');
    await carry(ben, ana);
    const { stdout, said } = await command('post', '-t', 't', '--expire', '7d', 'for a week');
    expect([said, JSON.parse(stdout)]).toEqual([[], expect.not.objectContaining({ expired: true })]);
    const { id } = JSON.parse(stdout) as { id: string };
    expect(await carry(ana.reopen(), ben)).toMatchObject({ messages: 1, expired: 0 });
    await carry(ben, ana);
    expect(JSON.parse((await command('show', id)).stdout)).toMatchObject({ expiredUnread: null });
    ana.now = TODAY + 9 * DAY_MS;
    expect(JSON.parse((await command('show', id)).stdout)).toMatchObject({ state: 'expired', expiredUnread: false });
    expect(await expiredUnread()).toBe(0);
  });

  it('is counted by status until it was taken back, and beside others that came in time', async () => {
    const day = Math.floor(TODAY / DAY_MS);
    await ben.post('t', 'hello');
    await carry(ben, ana);
    await ana.post('t', { body: 'in time', meta: { expires: day + 2 } });
    await carry(ana, ben);
    await carry(ben, ana);
    const [late] = await ana.post(
      't',
      { body: 'late', meta: { expires: day + 1 } },
      { body: 'too late', meta: { expires: day } },
    );
    ben.now += 3 * DAY_MS;
    ana.now += 3 * DAY_MS;
    await carry(ana, ben);
    await carry(ben, ana);
    expect(await expiredUnread()).toBe(2);
    await command('retract', late?.id ?? '');
    expect(await expiredUnread()).toBe(1);
  });
});
