// What is noted of arrivals.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readArrivals } from '../../../src/repository/arrivals.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

it('tells of each commit what it brought and when, also when all is merged', async () => {
  const ana = await Replica.create('Ana', scratchDirectory());
  const times: number[] = [];
  for (const text of ['one', 'two', 'three']) {
    ana.now += 60_000;
    times.push(ana.now);
    await ana.post('t', text);
  }
  const told = readArrivals(ana.repository.layout);
  const [{ log } = { log: undefined }] = told;
  expect(told.map(({ from, end }) => [from, end])).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
  ]);
  expect(new Set(told.map(({ log: one }) => one))).toEqual(new Set([log]));
  expect([...new Set(told.map(({ at }) => at))]).toEqual(times);
  expect(told.map(({ commit }) => commit)).toEqual([...told.map(({ commit }) => commit)].sort((a, b) => a - b));
  ana.collect({ all: true });
  expect(readArrivals(ana.repository.layout)).toEqual(told);
});

it('passes over what has rotten, and goes on behind what a crash cut off', async () => {
  const ana = await Replica.create('Ana', scratchDirectory());
  await ana.post('t', 'one');
  await ana.post('t', 'two');
  const { layout } = ana.repository;
  const file = path.join(layout.journal, 'arrivals');
  const whole = readArrivals(layout);
  const bytes = fs.readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
  fs.writeFileSync(file, Buffer.concat([bytes, Buffer.alloc(7)]));
  expect(readArrivals(layout)).toEqual(whole.slice(1));
  await ana.post('t', 'three');
  expect(readArrivals(layout).slice(0, -1)).toEqual(whole.slice(1));
  fs.rmSync(file);
  expect(readArrivals(layout)).toEqual([]);
});
