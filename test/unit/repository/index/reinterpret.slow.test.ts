// An interpreter that learns something later: a key has come. What the index says then is what it would have said at once.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { LogId } from '../../../../src/format/ids.js';
import { decodeSegment } from '../../../../src/format/log/segment.js';
import { dropPayloads, encodeSegment } from '../../../../src/format/log/segment-build.js';
import { createRepository, sealRepository } from '../../../../src/repository/create.js';
import type { Interpreter } from '../../../../src/repository/index/ingest.js';
import { Repository } from '../../../../src/repository/repository.js';
import { rememberedAcks } from '../../../../src/topic/acks/ack-memory.js';
import { createInterpreter } from '../../../../src/topic/message/interpret.js';
import { targetAt } from '../../../../src/topic/reading/target.js';
import { giveUpLogs } from '../../../../src/topic/writing/renew.js';
import { retract } from '../../../../src/topic/writing/retract.js';
import { withFailingDisk } from '../../../testkit/fault-disk.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

/** Understands what logs hold once their key is here. */
class Learner {
  readonly #keys = new Set<LogId>();
  readonly #full = createInterpreter();

  /** Everything of one log, all at once: payloads do not say whose they are. */
  learn(...logs: LogId[]): void {
    for (const log of logs) this.#keys.add(log);
  }

  get interpreter(): Interpreter {
    return this.#over(this.#full);
  }

  #over(full: Interpreter): Interpreter {
    const knows = (): boolean => this.#keys.size > 0;
    return {
      among: (others) => this.#over(full.among(others)),
      placed: (...introduction) => full.placed(...introduction),
      introduction: (log, payload) => (this.#keys.has(log) ? full.introduction(log, payload) : undefined),
      placement: (...entry) => (knows() ? full.placement(...entry) : undefined),
      clock: (...payload) => (knows() ? full.clock(...payload) : undefined),
      isAck: (payload) => knows() && full.isAck(payload),
      isCopy: (...payload) => knows() && full.isCopy(...payload),
      hasLinks: (...payload) => knows() && full.hasLinks(...payload),
      isEvent: (...payload) => full.isEvent(...payload),
      isSealed: (...payload) => full.isSealed(...payload),
      opened: (...entry) => full.opened(...entry),
      whyUnopened: (...entry) => full.whyUnopened(...entry),
      isVeiled: (payload) => full.isVeiled(payload),
    };
  }
}

let directory: string;
let logs: LogId[];
let stored: Buffer[][];
beforeEach(async () => {
  directory = scratchDirectory();
  const ana = (await Replica.create('ana', directory)).join('garden');
  const ben = (await Replica.create('ben', directory)).join('garden').meet(ana);
  ana.meet(ben);
  for (let round = 0; round < 3; round++)
    for (const [from, to] of [
      [ana, ben],
      [ben, ana],
    ] as const) {
      from.now += 1_000;
      await from.post('garden', `${from.name} ${round}`, 'and more');
      await from.export(path.join(directory, 'some'));
      to.import(path.join(directory, 'some'));
    }
  const runs = ben.repository.arrivedAfter(0);
  logs = [...new Set(runs.map(({ log }) => log))];
  const commits = new Map<number, Set<string>>();
  for (const run of runs) {
    const bytes = ben.repository.segmentBytes(run)?.toString('hex') ?? '';
    commits.set(run.arrival, (commits.get(run.arrival) ?? new Set()).add(bytes));
  }
  stored = [...commits.values()].map((segments) => [...segments].map((hex) => Buffer.from(hex, 'hex')));
});

/** A repository that takes all of it in with this interpreter. */
function taken(name: string, interpreter: Interpreter): Repository {
  const at = path.join(directory, name);
  sealRepository(createRepository(at));
  const repository = opened(name, interpreter);
  for (const segments of stored)
    repository.locked(() =>
      repository.commit((commit) => {
        for (const bytes of segments) commit.take(decodeSegment(bytes));
      }),
    );
  return repository;
}

function opened(name: string, interpreter: Interpreter): Repository {
  const world = { now: () => 0, random: Buffer.alloc };
  return Repository.open(path.join(directory, name), { interpreter, world, lockTimeoutMs: 100 });
}

const recordsOf = ({ layout }: Repository): Buffer => fs.readFileSync(path.join(layout.index, 'runs'));
const acksOf = (repository: Repository) => logs.map((log) => rememberedAcks(repository, log));

it('tells what would have been noted at once, of the logs asked for, however often', () => {
  const learner = new Learner();
  const late = taken('late', learner.interpreter);
  const atOnce = taken('at once', createInterpreter());
  expect(recordsOf(late).equals(recordsOf(atOnce))).toBe(false);
  expect(late.topics()).toEqual([]);
  const unread = acksOf(late);
  expect(unread).not.toEqual(acksOf(atOnce));
  learner.learn(...logs);
  for (let i = 0; i < 2; i++) {
    late.locked(() => late.reinterpret(logs));
    expect(recordsOf(late).equals(recordsOf(atOnce))).toBe(true);
    expect(late.topics()).toEqual(atOnce.topics());
    expect(acksOf(late)).toEqual(acksOf(atOnce));
    expect(logs.map((log) => late.log(log))).toEqual(logs.map((log) => atOnce.log(log)));
  }
  expect(recordsOf(opened('late', learner.interpreter)).equals(recordsOf(atOnce))).toBe(true);
});

it('lets what was acknowledged be read again, where acks come to light behind others', () => {
  const full = createInterpreter();
  const seen = new Set<string>();
  let isDeaf = true;
  // the first two acks that come are understood
  const isAck = (payload: Buffer): boolean => {
    if (full.isAck(payload)) seen.add(payload.toString('hex'));
    return full.isAck(payload) && !(isDeaf && seen.size > 2);
  };
  const deaf: Interpreter = { ...full, isAck, among: () => deaf };
  const late = taken('late', deaf);
  const atOnce = taken('at once', full);
  expect(acksOf(late)).not.toEqual(acksOf(atOnce));
  isDeaf = false;
  late.locked(() => late.reinterpret(logs));
  expect(acksOf(late)).toEqual(acksOf(atOnce));
});

it('holds what is known by now to be taken back by a log that continues another', async () => {
  const cem = await Replica.create('cem', directory);
  const [one] = await cem.post('garden', 'one');
  if (!one) throw new Error('nothing was posted');
  const target = targetAt(cem.repository, one);
  await retract(cem.repository, await giveUpLogs(cem.repository, await cem.author(), 'forked'), target, 'garden');
  stored = cem.repository.arrivedAfter(0).map((run) => {
    const segment = decodeSegment(cem.repository.segmentBytes(run) ?? Buffer.alloc(0));
    const isGone = (seq: number): boolean => run.log === one.log && seq === one.seq;
    return [encodeSegment(dropPayloads(segment, isGone))];
  });
  const learner = new Learner();
  const late = taken('late', learner.interpreter);
  const all = [...late.logs()].map(({ log }) => log);
  expect(late.log(one.log)?.entries).toBe(1);
  learner.learn(...all);
  late.locked(() => late.reinterpret(all));
  const atOnce = taken('at once', createInterpreter());
  expect(atOnce.log(one.log)?.entries).toBe(2);
  expect(all.map((log) => late.held(log))).toEqual(all.map((log) => atOnce.held(log)));
});

it('leaves other logs as they are, and what was known known', () => {
  const learner = new Learner();
  const late = taken('late', learner.interpreter);
  const [first, ...others] = logs as [LogId, ...LogId[]];
  const before = others.map((log) => late.log(log));
  learner.learn(first);
  late.locked(() => late.reinterpret([first]));
  expect(late.log(first)?.topic).toBeDefined();
  expect(others.map((log) => late.log(log))).toEqual(before);
  const placed = late.log(first)?.topic;
  const forgetful = opened('late', new Learner().interpreter);
  forgetful.locked(() => forgetful.reinterpret([first]));
  expect(forgetful.log(first)?.topic).toBe(placed);
});

it('is as before or done wherever the disk fails, and done when it is asked again', async () => {
  const learner = new Learner();
  const late = taken('late', learner.interpreter);
  acksOf(late);
  late.close();
  const expected = recordsOf(taken('at once', createInterpreter()));
  learner.learn(...logs);
  const placed = new Set<number>();
  for (let at = 1; ; at++) {
    fs.cpSync(path.join(directory, 'late'), path.join(directory, `late ${at}`), { recursive: true });
    const failing = { at, mode: 'forever', calls: 'changes' } as const;
    const { failed } = await withFailingDisk(path.join(directory, `late ${at}`), failing, async () => {
      try {
        const repository = opened(`late ${at}`, learner.interpreter);
        repository.locked(() => repository.reinterpret(logs));
      } catch (error) {
        expect(error).toMatchObject({ code: 'io' });
      }
    });
    const repository = opened(`late ${at}`, learner.interpreter);
    placed.add(logs.filter((log) => repository.log(log)?.topic).length);
    repository.locked(() => repository.reinterpret(logs));
    expect(recordsOf(repository).equals(expected), `failed at ${failed}`).toBe(true);
    repository.close();
    if (failed === undefined) break;
  }
  expect([...placed]).toEqual([0, logs.length]);
});
