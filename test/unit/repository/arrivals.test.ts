// What is noted of arrivals.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { LogId } from '../../../src/format/ids.js';
import { readArrivals } from '../../../src/repository/arrivals.js';
import { markRead, readMarks } from '../../../src/repository/read-marks.js';
import { openPeople } from '../../../src/topic/reading/people.js';
import { unreadOf } from '../../../src/topic/reading/unread.js';
import { rendezvousTopic } from '../../../src/topic/rendezvous.js';
import { Replica } from '../../testkit/replica.js';
import { makeFriends } from '../../testkit/replicas.js';
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

it('tells what segments no longer do: these are kept apart at a read mark, and nowhere else', async () => {
  const parent = scratchDirectory();
  const [ana, ben] = (await makeFriends(parent, ['ana', 'ben'], 't')) as [Replica, Replica];
  const brought = async (...texts: readonly string[]): Promise<void> => {
    for (const text of texts) {
      await ben.post('t', text);
      const file = path.join(parent, `${text}.satchel`);
      await ben.export(file);
      ana.import(file);
    }
  };
  const { layout } = ana.repository;
  const topic = rendezvousTopic('t');
  await brought('1', '2', '3');
  markRead(layout, topic, ana.repository.lastArrival);
  await brought('4', '5', '6');
  const [{ log } = { log: '' as LogId }] = [...ana.repository.logs()];
  const told = (): readonly [number, number][] =>
    readArrivals(layout).flatMap((one) => (one.log === log ? [[one.from, one.commit] as [number, number]] : []));
  const before = told();
  const apart = (): readonly [number, number][] => {
    ana.collect({ all: true });
    return ana.repository.runs(log).map(({ first, end }) => [first, end]);
  };
  // the introduction, what was read, what was not
  expect(apart()).toEqual([
    [0, 1],
    [1, 4],
    [4, 7],
  ]);
  expect(unreadIn(ana)).toBe(3);
  markRead(layout, topic, ana.repository.lastArrival);
  expect(apart()).toEqual([
    [0, 1],
    [1, 7],
  ]);
  expect(unreadIn(ana)).toBe(0);
  // one segment by now, and still it is known what came with which of six commits
  expect(told()).toEqual(before);
  expect(new Set(before.map(([, commit]) => commit)).size).toBe(6);
  for (const one of [ana, ben]) one.repository.close();
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

function unreadIn({ repository, session }: Replica): number {
  const topic = rendezvousTopic('t');
  return unreadOf(repository, topic, readMarks(repository.layout).get(topic), openPeople(session)).count;
}
