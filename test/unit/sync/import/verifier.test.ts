import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memberOf, openBundle, readContents } from '../../../../src/format/bundle/reader.js';
import { prepareSignatures } from '../../../../src/format/signature/signature.js';
import { openFile } from '../../../../src/sync/import/source.js';
import { type Job, type Result, workOn } from '../../../../src/sync/import/verifier.js';
import { WorkQueue } from '../../../../src/sync/import/work-queue.js';
import { createInterpreter } from '../../../../src/topic/message/interpret.js';
import { Replica } from '../../../testkit/replica.js';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-verifier-'));
const file = path.join(directory, 'a.satchel');
let fd: number;

beforeAll(async () => {
  await prepareSignatures();
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
    ...{ number: 7, fd, claims: WorkQueue.memoryFor(records.length) },
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

it('finds the runs of what is there, and of an introduction only that it is valid', () => {
  const results = work(job()).sort((a, b) => a.segment - b.segment);
  expect(results[0]?.findings?.runs).toBeUndefined();
  expect(results[5]?.findings?.runs?.runs).toMatchObject([{ first: 5, end: 6, messages: 1, unheld: false }]);
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
