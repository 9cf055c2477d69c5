import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeContents } from '../../../../src/format/bundle/contents.js';
import { memberOf, openBundle, readContents } from '../../../../src/format/bundle/reader.js';
import type { EntryId, LogId } from '../../../../src/format/ids.js';
import { SEGMENT_SIZE_MIN } from '../../../../src/format/log/segment.js';
import { openFile } from '../../../../src/sync/import/source.js';
import { type Job, type Result, workOn } from '../../../../src/sync/import/verifier.js';
import { VerifyWorker } from '../../../../src/sync/import/verify-worker.js';
import { WorkQueue } from '../../../../src/sync/import/work-queue.js';
import { createInterpreter } from '../../../../src/topic/message/interpret.js';
import { withContents } from '../../../hostile/cast.js';
import { Replica } from '../../../testkit/replica.js';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-verifier-'));
const file = path.join(directory, 'a.satchel');
let fd: number;

beforeAll(async () => {
  const ana = await Replica.create('ana', directory);
  for (let i = 0; i < 12; i++) await ana.post('garden', `${i} `.repeat(1 + (i % 3) * 500));
  await ana.export(file, { full: true });
  fd = fs.openSync(file, 'r');
});

afterAll(() => {
  fs.closeSync(fd);
  fs.rmSync(directory, { recursive: true });
});

function job(): Job {
  const source = openFile(file);
  const bundle = openBundle(source);
  const records = [...readContents(bundle)];
  source.close();
  const at = memberOf(bundle, 'segments')?.offset ?? 0;
  return {
    number: 7,
    fd,
    claims: WorkQueue.memoryFor(records.length),
    offsets: Float64Array.from(records, ({ offset }) => at + offset),
    lengths: Float64Array.from(records, ({ length }) => length),
  };
}

function work(given: Job): Result[] {
  const results: Result[] = [];
  workOn(given, createInterpreter(), (result) => results.push(result));
  return results;
}

it('verifies every segment that nobody else takes, its own share first', () => {
  const results = work(job());
  expect(results).toHaveLength(13);
  expect(results.every((result) => result.job === 7 && result.findings?.id)).toBe(true);
  const order = results.map(({ segment }) => segment);
  const share = order.slice(
    0,
    order.findIndex((segment, i) => segment < (order[i - 1] ?? -1)),
  );
  expect(share.length).toBeGreaterThan(2);
  expect(share.length).toBeLessThan(11);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 13 }, (_, i) => i));
});

it('leaves alone what the importer took', () => {
  const given = job();
  const claims = new WorkQueue(given.claims);
  for (let segment = 0; segment < 9; segment++) claims.take(segment);
  expect(
    work(given)
      .map(({ segment }) => segment)
      .sort((a, b) => a - b),
  ).toEqual([9, 10, 11, 12]);
});

it('finds the runs of what is there, and what an introduction says', () => {
  const results = work(job()).sort((a, b) => a.segment - b.segment);
  expect(results[0]?.findings?.introduction).toMatchObject({ continues: false });
  expect(results[5]?.findings?.runs).toMatchObject([{ first: 5, end: 6, messages: 1, unheld: false }]);
});

it('finds nothing in what is not valid, too long, or not to be read', () => {
  const given = job();
  given.offsets[3] = (given.offsets[3] ?? 0) + 1;
  given.lengths[4] = 2 ** 31;
  given.offsets[5] = 2 ** 40;
  const results = work(given);
  const found = results.filter(({ findings }) => findings).map(({ segment }) => segment);
  expect(found.sort((a, b) => a - b)).toEqual([0, 1, 2, 6, 7, 8, 9, 10, 11, 12]);
});

/** The bundle's segments over and over, and which of them begin a byte too late. */
function manySegments(count: number, isBad: (segment: number) => boolean): Job {
  const { offsets, lengths, ...rest } = job();
  const places = Array.from({ length: count }, (_, i) => i % offsets.length);
  return {
    ...rest,
    claims: WorkQueue.memoryFor(count),
    offsets: Float64Array.from(places, (place, i) => (offsets[place] ?? 0) + (isBad(i) ? 1 : 0)),
    lengths: Float64Array.from(places, (place) => lengths[place] ?? 0),
  };
}

// each one costs both threads the same work, and what somebody fills a bundle with is bad from end to end
it.each([
  ['all are bad', () => true],
  ['every other one is good', (segment: number) => segment % 2 === 0],
  ['the first hundred are good', (segment: number) => segment >= 100],
])('stops after 16 segments about which it found nothing, where %s', (_, isBad) => {
  const given = manySegments(250, isBad);
  const results = work(given);
  const barren = results.filter(({ findings }) => !findings);
  expect(barren).toHaveLength(16);
  expect(results.at(-1)).toBe(barren.at(-1));
  // the others are left to the importer, free to be taken
  const claims = new WorkQueue(given.claims);
  const left = Array.from({ length: 250 }, (__, segment) => segment).filter((segment) => claims.take(segment));
  expect(left).toHaveLength(250 - results.length);
  expect(left.length).toBeGreaterThan(16);
});

it('is not bothered with what is too short to be a segment', () => {
  const jobs: Job[] = [];
  const begin = (from: string): number | undefined => {
    const source = Object.assign(openFile(from), { fd });
    const thread = { post: (one: Job) => void jobs.push(one), receive: () => undefined };
    const begun = new VerifyWorker(() => thread, 1).begin(source, openBundle(source), () => true);
    source.close();
    return begun?.claims.count;
  };
  expect(begin(file)).toBe(13);
  expect(begin(bundleOf(SEGMENT_SIZE_MIN))).toBe(3);
  expect(begin(bundleOf(SEGMENT_SIZE_MIN - 1))).toBeUndefined();
  expect(jobs).toHaveLength(2);
});

/** A bundle of three segments that are none, of that length each. */
function bundleOf(length: number): string {
  const log = '1'.repeat(64) as LogId;
  const id = '2'.repeat(64) as EntryId;
  const records = [0, 1, 2].map((i) => ({ log, first: i + 1, end: i + 2, id, offset: i * length, length }));
  const other = path.join(directory, `${length}.satchel`);
  fs.writeFileSync(other, withContents(encodeContents(records), Buffer.alloc(3 * length), { logs: 1 }));
  return other;
}
