// What a commit costs when a stranger chose the segments: counted as growth.
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeSegment, type Segment } from '../../../src/format/log/segment.js';
import { createRepository, sealRepository } from '../../../src/repository/create.js';
import { openBare } from '../../testkit/bare-repository.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { wireKey } from '../../testkit/wire.js';
import { cborInt, cborList, cborMap } from '../../testkit/wire-cbor.js';
import { runOf, segment, type WireEntry, type WireLog, wireLog } from '../../testkit/wire-segment.js';
import { workOf } from '../../testkit/work.js';

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
});

describe('the cost of a commit', () => {
  it('does not grow with the number of segments taken before, although each follows a gap', () => {
    const log = wireLog(
      wireKey('gaps'),
      Array.from({ length: 8_000 }, (_, i) => entry(`${i}`)),
    );
    const every = Array.from({ length: 4_000 }, (_, i) => decoded(log, 2 * i, 2 * i + 1));
    const few = costOf(every.slice(0, 500));
    const many = costOf(every);
    expect(many / few).toBeLessThan(12);
  });

  it('is not that of every stripped segment for every retraction', () => {
    const dropped = Array.from({ length: 256 }, () => ({ ...entry('gone'), dropped: true }));
    const strips = Array.from({ length: 40 }, () => dropped).flat();
    const takesBack = Array.from({ length: 40 }, () => ({ ...entry(''), meta: retracts([[20_000, 20_001]]) }));
    const log = wireLog(wireKey('strips'), [...strips, ...takesBack]);
    const stripped = Array.from({ length: 40 }, (_, i) => decoded(log, i * 256, (i + 1) * 256));
    const backs = takesBack.map((_, i) => decoded(log, strips.length + i, strips.length + i + 1));
    const few = costOf([...stripped, ...backs.slice(0, 1)]);
    const many = costOf([...stripped, ...backs]);
    expect(many / few).toBeLessThan(2);
  });
});

function costOf(segments: readonly Segment[]): number {
  fs.rmSync(directory, { recursive: true });
  sealRepository(createRepository(directory));
  const repository = openBare(directory);
  const cost = workOf(() =>
    repository.locked(() =>
      repository.commit((commit) => {
        for (const one of segments) commit.take(one);
      }),
    ),
  );
  repository.close();
  return cost;
}

function decoded(log: WireLog, from: number, end: number): Segment {
  return decodeSegment(segment(runOf(log, from, end)));
}

function entry(payload: string): WireEntry {
  return { payload: Buffer.from(payload) };
}

function retracts(ranges: readonly (readonly [number, number])[]): Buffer {
  return cborMap([[3, cborList(ranges.map(([from, end]) => cborList([cborInt(from), cborInt(end)])))]]);
}
