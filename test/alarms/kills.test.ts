// A process that ends at any of its calls to the disk: no alarm follows from it, and an alarm that was begun is completed
// (spec/repository.md, "Restored and copied repositories"). Every third call, from the first, second or third on; all of them with
// SOAK=1. Where it begins is printed; set it with FIRST.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { withFailingDisk } from '../testkit/fault-disk.js';
import { Home, system } from '../testkit/home.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { stateJson } from '../testkit/state-json.js';

const CALLS_MAX = 1_000;
const LIMIT_MS = 300_000;
const STEP = process.env['SOAK'] ? 1 : 3;
const FIRST = Number(process.env['FIRST'] ?? 1 + Math.floor(Math.random() * STEP));

beforeAll(() => console.log(`alarms: FIRST=${FIRST}, every ${STEP}`));

it('a kill at every call of the first post, which makes the note, accuses nobody', { timeout: LIMIT_MS }, async () => {
  const scratch = memoryDirectory();
  const calls = await untilClean(scratch, async (at) => {
    const home = await newHome(scratch, at).init();
    const isClean = await killedAt(home, at, scratch);
    const log = await home.post('again');
    expect([await home.post('and again'), await home.renewed()], `call ${at}`).toEqual([log, null]);
    expect(readNotes(home), `call ${at}`).toMatchObject({ notes: [{ birth: expect.stringMatching(/^\d+$/) }] });
    return isClean;
  });
  expect(calls).toBeGreaterThan(40);
});

it('a kill at every call of a further post accuses nobody', { timeout: LIMIT_MS }, async () => {
  const scratch = memoryDirectory();
  const home = await newHome(scratch, 0).init();
  const log = await home.post('first');
  const calls = await untilClean(scratch, async (at) => {
    const isClean = await killedAt(home, at, scratch);
    expect([await home.post('again'), await home.renewed()], `call ${at}`).toEqual([log, null]);
    return isClean;
  });
  expect(calls).toBeGreaterThan(20);
});

it('a kill at every call of an alarm: the old log is never written again, and why is kept', {
  timeout: LIMIT_MS,
}, async () => {
  const scratch = memoryDirectory();
  const home = await newHome(scratch, 0).init();
  const old = await home.post('first');
  const calls = await untilClean(scratch, async (at) => {
    const place = path.join(scratch, `copy-${at}`);
    system('cp', '-a', home.directory, place);
    const copy = home.with({}, place);
    const isClean = await killedAt(copy, at, scratch);
    const log = await copy.post('again');
    const where = `call ${at}`;
    expect(log, where).not.toBe(old);
    expect(await copy.renewed(), where).toMatchObject({ cause: 'copied' });
    expect(await copy.post('and again'), where).toBe(log);
    const listed = (await copy.must('read', '-t', 't')).split('\n').filter((line) => line !== '');
    const written = listed.map((line) => JSON.parse(line) as { log: string; text: string });
    expect(
      written.filter((one) => one.log === old).map(({ text }) => text),
      where,
    ).toEqual(['first']);
    expect(await copy.findings(), where).not.toContain('birth-times');
    fs.rmSync(place, { recursive: true });
    return isClean;
  });
  expect(calls).toBeGreaterThan(40);
});

function newHome(scratch: string, at: number): Home {
  return new Home(path.join(scratch, `home-${at}`), { copies: path.join(scratch, `copies-${at}`) });
}

/** Tries call after call until one was not reached; how many there were. */
async function untilClean(scratch: string, work: (at: number) => Promise<boolean>): Promise<number> {
  for (let at = FIRST; at < CALLS_MAX; at += STEP) if (await work(at)) return at;
  throw new Error(`not clean after ${CALLS_MAX} calls in ${scratch}`);
}

/** Posts, and from the given call on nothing reaches the disk; true when there was no such call. */
async function killedAt(home: Home, at: number, scratch: string): Promise<boolean> {
  const failing = { at, mode: 'forever' } as const;
  const { calls } = await withFailingDisk(scratch, failing, () => home.run('post', '-t', 't', 'killed'));
  // this process lives on, unlike one that was killed
  for (const name of ['lock', 'lock.break']) fs.rmSync(home.file(name), { force: true });
  return calls < at;
}

function readNotes(home: Home): unknown {
  return stateJson(home.file('refs', 'notes.json'));
}
