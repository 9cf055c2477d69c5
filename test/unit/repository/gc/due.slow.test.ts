// Garbage collection by itself: what it costs over thousands of commits, and when it leaves well alone.
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogId } from '../../../../src/format/ids.js';
import { decodeSegment, type Segment } from '../../../../src/format/log/segment.js';
import { checkRepository } from '../../../../src/repository/check.js';
import { createRepository, sealRepository } from '../../../../src/repository/create.js';
import { collectIfDue } from '../../../../src/repository/gc/due.js';
import type { GcReport } from '../../../../src/repository/gc/gc.js';
import { mayPay } from '../../../../src/repository/gc/units.js';
import type { Repository } from '../../../../src/repository/repository.js';
import { openBare } from '../../../testkit/bare-repository.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { wireKey } from '../../../testkit/wire.js';
import { cborInt, cborList, cborMap } from '../../../testkit/wire-cbor.js';
import { runOf, segment, wireLog } from '../../../testkit/wire-segment.js';

const POLICY = { hasExpired: () => false, boundaries: () => [] };
/** Small segments before it begins. */
const UNIT = 64;

let repository: Repository;
beforeEach(() => {
  const directory = scratchDirectory();
  sealRepository(createRepository(directory));
  repository = openBare(directory);
  return () => repository.close();
});

describe('garbage collection by itself', () => {
  it('moves an entry a number of times that grows with the logarithm of how many there are', () => {
    const logs = ['a', 'b'].map((name) => madeLog(name, 1_024));
    const appended = 2 * 1_024;
    let moved = 0;
    let most = 0;
    for (let i = 0; i < 1_024; i++) {
      for (const log of logs) take(log.slice(i, i + 1));
      const before = newestPack();
      if (!collect()) continue;
      moved += entriesBehind(before);
      most = Math.max(most, repository.packs.list().length);
    }
    const doublings = Math.log2(appended / UNIT);
    expect(moved / appended).toBeGreaterThan(1);
    expect(moved / appended).toBeLessThan(1.6 * doublings);
    expect(most).toBeLessThanOrEqual(1 + doublings);
    expect(segmentCount()).toBeLessThan(UNIT + 4 * doublings);
    expect([...checkRepository(repository, { all: true })]).toEqual([]);
  });

  it('reads what it left the same when the index is built anew', () => {
    take(madeLog('a', 3 * UNIT));
    collect();
    const [log] = [...repository.logs()];
    const held = log && repository.held(log.log);
    repository.locked(() => repository.rebuildIndex());
    expect(log && repository.held(log.log)).toEqual(held);
    expect(held).toMatchObject([{ from: 0, end: 3 * UNIT }]);
  });

  it('does not begin for what has no neighbours', () => {
    for (let i = 0; i < 2 * UNIT; i++) take(madeLog(`log ${i}`, 2));
    expect(collect()).toBeUndefined();
  });

  it('does not take the parts of one segment for neighbours, between which payloads were retracted', () => {
    const spoken = Array.from({ length: 4 * UNIT }, (_, i) => ({ payload: Buffer.from(`${i}`), dropped: i % 2 === 1 }));
    const back = { payload: Buffer.from('back'), meta: retracts([[1, spoken.length]]) };
    const log = wireLog(wireKey('gaps'), [...spoken, back]);
    take([decodeSegment(segment(runOf(log, 0, spoken.length)))]);
    take([decodeSegment(segment(runOf(log, spoken.length, spoken.length + 1)))]);
    const [summary] = [...repository.logs()];
    expect(summary && repository.held(summary.log)).toMatchObject([{ from: 0, end: spoken.length + 1 }]);
    expect(segmentCount()).toBeGreaterThan(2 * UNIT);
    expect(collect()).toBeUndefined();
  });

  it('does not begin for few beside many', () => {
    // segments with a gap before each can't be merged
    for (let i = 0; i < 20; i++) take(madeLog(`log ${i}`, 4 * UNIT).filter((_, at) => at % 4 === 0));
    while (collect());
    const many = Math.ceil(repository.recordCount / 16);
    expect(many).toBeGreaterThan(UNIT);
    const log = madeLog('more', 2 * many);
    take(log.slice(0, many));
    expect(collect()).toBeUndefined();
    take(log.slice(many));
    expect(collect()).toBeDefined();
  });

  it('counts what came since the last time only, and forgets nothing of it', () => {
    const log = madeLog('a', 400);
    take(log.slice(0, 40));
    expect(collect()).toBeUndefined();
    expect(repository.tidied).toMatchObject({ arrival: 0, units: 0 });
    repository.locked(() => repository.noteGc({ arrival: repository.lastArrival, units: 38, sealed: 0 }));
    take(log.slice(40, 65));
    expect(collect()).toBeUndefined();
    take(log.slice(65, 66));
    expect(collect()).toMatchObject({ before: 66, after: 2 });
    expect(repository.tidied).toMatchObject({ arrival: repository.lastArrival, units: 0 });
  });

  it('goes on without its note', () => {
    const log = madeLog('a', 200);
    take(log.slice(0, 100));
    expect(collect()).toBeDefined();
    fs.rmSync(repository.layout.index, { recursive: true });
    repository.reload();
    repository.locked(() => undefined);
    take(log.slice(100));
    expect(collect()).toMatchObject({ after: 2 });
    expect([...checkRepository(repository, { all: true })]).toEqual([]);
  });
});

/** As a command does when its work is done. */
function collect(): GcReport | undefined {
  return mayPay(repository) ? repository.locked(() => collectIfDue(repository, () => POLICY)) : undefined;
}

/** The segments of a log in which each entry has one of its own. */
function madeLog(name: string, length: number): Segment[] {
  const entries = Array.from({ length }, (_, i) => ({ payload: Buffer.from(`${name} says ${i}`) }));
  const log = wireLog(wireKey(name), entries);
  return entries.map((_, i) => decodeSegment(segment(runOf(log, i, i + 1))));
}

function retracts(ranges: readonly (readonly [number, number])[]): Buffer {
  return cborMap([[3, cborList(ranges.map(([from, end]) => cborList([cborInt(from), cborInt(end)])))]]);
}

function take(segments: readonly Segment[]): void {
  repository.locked(() =>
    repository.commit((commit) => {
      for (const one of segments) commit.take(one);
    }),
  );
}

function newestPack(): number {
  return repository.packs.list().at(-1) ?? 0;
}

/** Entries in packs newer than that one. */
function entriesBehind(pack: number): number {
  return [...repository.logs()]
    .flatMap(({ log }: { log: LogId }) => repository.runs(log))
    .filter((run) => run.pack > pack)
    .reduce((sum, run) => sum + run.end - run.first, 0);
}

function segmentCount(): number {
  return [...repository.logs()].reduce((sum, { log }) => sum + repository.runs(log).length, 0);
}
