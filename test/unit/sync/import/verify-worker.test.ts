import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContentsRecord } from '../../../../src/format/bundle/contents.js';
import { openBundle, readContents } from '../../../../src/format/bundle/reader.js';
import { disk, useDisk } from '../../../../src/repository/disk.js';
import { openFile } from '../../../../src/sync/import/source.js';
import { type Job, type Result, VerifyWorker, workOn } from '../../../../src/sync/import/verify-worker.js';
import { createInterpreter } from '../../../../src/topic/message/interpret.js';
import { Replica } from '../../../testkit/replica.js';
import { wireKey } from '../../../testkit/wire.js';
import { cborInt, cborList, cborMap } from '../../../testkit/wire-cbor.js';
import { runOf, segment, wireLog } from '../../../testkit/wire-segment.js';
import { wrapDisk } from '../../../testkit/wrapped-disk.js';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-verify-worker-'));
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

/** An importer that begins with the bundle: the job that it posts, and what its thread sends from then on. */
function begun() {
  const jobs: Job[] = [];
  const results: Result[] = [];
  const worker = new VerifyWorker({ post: (job) => jobs.push(job), receive: () => results.shift() });
  const source = Object.assign(openFile(file), { fd });
  const bundle = openBundle(source);
  const records = [...readContents(bundle)];
  worker.begin(bundle, ({ first }) => first !== 3);
  source.close();
  return { worker, records, results, job: jobs[0] as Job };
}

function work(job: Job, each: (result: Result) => void = () => {}): Result[] {
  const results: Result[] = [];
  workOn(job, createInterpreter(), (result) => {
    results.push(result);
    each(result);
  });
  return results;
}

it('verifies what is asked for from the end on, runs and introduction', () => {
  const { job, records } = begun();
  const asked = records.filter(({ first }) => first !== 3);
  const results = work(job);
  expect(results.map(({ offset }) => offset)).toEqual(asked.map(({ offset }) => offset).reverse());
  expect(results.map(({ findings }) => findings.id)).toEqual(asked.map(({ id }) => id).reverse());
  expect(results.at(-1)?.findings).toMatchObject({ introduction: { continues: false }, runs: [{ messages: 0 }] });
  expect(results[0]?.findings).toMatchObject({ introduction: undefined, runs: [{ first: 12, end: 13, messages: 1 }] });
});

it('ends where the importer is', () => {
  const { job, worker, records } = begun();
  // the importer takes one while one is verified
  const inOrder = records.values();
  expect(work(job, () => worker.findings(inOrder.next().value as ContentsRecord))).toHaveLength(6);
  worker.end();
  expect(work(job)).toEqual([]);
});

it('gives the importer what was found of this bundle, once, and nothing else', () => {
  const { job, worker, records, results } = begun();
  results.push(...work(job).slice(0, 4), ...work({ ...job, number: job.number - 1 }));
  const found = records.map((record) => worker.findings(record)?.id);
  expect(found.filter((id) => id !== undefined)).toEqual(records.slice(-4).map(({ id }) => id));
  expect(worker.used).toBe(4);
  expect(records.map((record) => worker.findings(record)).every((one) => one === undefined)).toBe(true);
});

it('has nothing verified of what lies in no file of its own', () => {
  const jobs: Job[] = [];
  const source = openFile(file);
  const worker = new VerifyWorker({ post: (job) => jobs.push(job), receive: () => undefined });
  worker.begin(openBundle(source), () => true);
  source.close();
  expect(jobs).toEqual([]);
});

it('finds nothing in what is not valid, too long, or not to be read', () => {
  const { job } = begun();
  const { places } = job;
  places[6] = (places[6] ?? 0) + 1;
  places[9] = 2 ** 31;
  places[10] = 2 ** 40;
  const sound = [...places].filter((_, i) => i % 2 === 0 && ![6, 8, 10].includes(i));
  expect(work(job).map(({ offset }) => offset)).toEqual(sound.reverse());
});

it('hands back nothing that takes much memory', () => {
  const takesBack = (ranges: number) => {
    const meta = cborMap([
      [3, cborList(Array.from({ length: 50 }, (_, i) => cborList([cborInt(2 * i + 1), cborInt(2 * i + 2)])))],
    ]);
    const entry = { payload: Buffer.from('gone'), meta };
    return segment(runOf(wireLog(wireKey('taker'), [entry, ...Array.from({ length: ranges / 50 }, () => entry)]), 1));
  };
  const some = takesBack(50);
  const many = takesBack(150);
  const other = path.join(directory, 'takers');
  fs.writeFileSync(other, Buffer.concat([some, many]));
  const takers = fs.openSync(other, 'r');
  const places = Float64Array.from([0, some.length, some.length, many.length]);
  expect(work({ number: 1, fd: takers, start: 0, places, position: new Int32Array(1) })).toMatchObject([{ offset: 0 }]);
  fs.closeSync(takers);
});

/** The bundle's segments over and over, and which of them begin a byte too late; how many were read, and how many found. */
function workOnMany(count: number, isBad: (segment: number) => boolean) {
  const { job } = begun();
  const places = Float64Array.from({ length: 2 * count }, (_, i) => {
    const isOffset = i % 2 === 0;
    return (job.places[i % job.places.length] ?? 0) + (isOffset && isBad(i / 2) ? 1 : 0);
  });
  let read = 0;
  const counting = wrapDisk(disk, ({ name, args }, make) => {
    if (name === 'read') read++;
    return make(...args);
  });
  const restore = useDisk(counting);
  try {
    return { found: work({ ...job, places }).length, read };
  } finally {
    restore();
  }
}

// each one costs both threads the same work, and what somebody fills a bundle with is bad from end to end
it.each([
  ['all are bad', () => true, 0],
  ['every other one is good', (segment: number) => segment % 2 === 0, 16],
  ['the last hundred are good', (segment: number) => segment < 150, 100],
])('stops after 16 segments about which it found nothing, where %s', (_, isBad, good) => {
  expect(workOnMany(250, isBad)).toEqual({ found: good, read: good + 16 });
});
