// Attacks on what a repository keeps: segments made to contradict, to be missing, to be too many; packs that have rotten.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogId } from '../../../src/format/ids.js';
import { decodeProof, verifyProof } from '../../../src/format/log/proof.js';
import { decodeSegment } from '../../../src/format/log/segment.js';
import { checkRepository } from '../../../src/repository/check.js';
import { createRepository, sealRepository } from '../../../src/repository/create.js';
import { collectGarbage } from '../../../src/repository/gc/gc.js';
import { Repository } from '../../../src/repository/repository.js';
import { readProof } from '../../../src/repository/store/forks.js';
import { NOTHING } from '../../testkit/bare-repository.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { bytesOf, type WireKey, wireKey } from '../../testkit/wire.js';
import { cborInt, cborList, cborMap } from '../../testkit/wire-cbor.js';
import {
  headsOf,
  runOf,
  segment,
  type WireEntry,
  type WireLog,
  type WireRun,
  wireLog,
} from '../../testkit/wire-segment.js';

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
  sealRepository(createRepository(directory));
});

describe('a commit that is given up', () => {
  it('leaves nothing in memory of what stood at its place', () => {
    const repository = open();
    const gone = wireLog(
      wireKey('stripped'),
      entries('a', 'b', 'c').map((entry) => ({ ...entry, dropped: true })),
    );
    const liar = (commit: Parameters<Parameters<typeof repository.commit>[0]>[0]) => {
      commit.take(decoded(runOf(gone)));
      commit.take(decoded(runOf(retracting(gone, [1, 3]), 3)));
      throw new Error('the bundle ends too early');
    };
    expect(() => repository.locked(() => repository.commit(liar))).toThrow('too early');
    const honest = wireLog(wireKey('honest'), entries('one', 'two', 'three'));
    take(repository, runOf(honest));
    expect(texts(repository, honest)).toEqual(['one', 'two', 'three']);
  });

  it('leaves no pack', () => {
    const repository = open();
    const log = wireLog(wireKey('honest'), entries('one'));
    const refused = () =>
      repository.commit((commit) => {
        commit.take(decoded(runOf(log)));
        throw new Error('no');
      });
    expect(() => repository.locked(refused)).toThrow('no');
    expect(fs.readdirSync(repository.layout.packs)).toEqual([]);
    take(repository, runOf(log));
    expect(texts(repository, log)).toEqual(['one']);
  });
});

const ALL_SIX = ['one', 'two', 'three', 'four', 'five', 'six'];

describe('a pack in which the header of a commit has rotten', () => {
  it.each([
    ['its magic', 0],
    ['its length', 10],
  ])('is read past although the index was lost: %s', (_what, at) => {
    const log = wireLog(wireKey('honest'), entries('one', 'two', 'three', 'four', 'five', 'six'));
    const ends = writeOneByOne(log, 4);
    const pack = path.join(directory, '.satchel', 'objects', 'packs', '000001.pack');
    const bytes = fs.readFileSync(pack);
    bytes[(ends[0] ?? 0) + at] = 0x41;
    fs.writeFileSync(pack, bytes);
    fs.rmSync(path.join(directory, '.satchel', 'index'), { recursive: true });
    const rotten = open();
    const found = [...checkRepository(rotten, { all: false })].map(({ severity, code }) => `${severity} ${code}`);
    expect(found).toEqual(['hint rot']);
    take(rotten, runOf(log, 4, 5));
    take(rotten, runOf(log, 5, 6));
    const aside = path.join(directory, '.satchel', 'quarantine', '000001.pack-rotten-1');
    expect(fs.readFileSync(aside).equals(bytes)).toBe(true);
    expect(texts(rotten, log)).toEqual(ALL_SIX);
    rotten.close();
    const again = open();
    expect(texts(again, log)).toEqual(ALL_SIX);
    again.locked(() => collectGarbage(again, { hasExpired: () => false, boundaries: () => [] }, { all: true }));
    expect(fs.readFileSync(aside).equals(bytes)).toBe(true);
    expect(texts(again, log)).toEqual(ALL_SIX);
  });
});

describe('a contradiction', () => {
  it('is proven although a head in between was made wrong on the way', () => {
    const repository = open();
    const key = wireKey('forked');
    const ours = wireLog(key, entries('a', 'b', 'c', 'd'));
    const theirs = wireLog(key, entries('a', 'B', 'C', 'D'));
    take(repository, runOf(ours));
    const run = { ...runOf(theirs), headsAt: [3, 4] };
    const [wrong, right] = headsOf(run, [3, 4]) as [Buffer, Buffer];
    wrong[40] = (wrong[40] ?? 0) ^ 1;
    const changed = decodeSegment(segment(run, { heads: [wrong, right] }));
    repository.locked(() => repository.commit((commit) => expect(commit.take(changed)).toMatchObject(REFUSED)));
    expect(hasProof(repository, key)).toBe(true);
  });

  it('is proven when both sides come with one commit', () => {
    const repository = open();
    const key = wireKey('forked');
    const ours = wireLog(key, entries('a', 'b', 'c'));
    const theirs = wireLog(key, entries('a', 'B', 'C'));
    repository.locked(() =>
      repository.commit((commit) => {
        commit.take(decoded(runOf(ours)));
        expect(commit.take(decoded(runOf(theirs)))).toMatchObject(REFUSED);
      }),
    );
    expect(hasProof(repository, key)).toBe(true);
    expect(repository.frozen.get(key.id.toString('hex') as LogId)).toBe(1);
  });

  it('is found inside a held run, whatever the commit brought before', () => {
    const repository = open();
    const key = wireKey('forked');
    const ours = wireLog(key, entries('a', 'b', 'c', 'd'));
    const theirs = wireLog(key, entries('a', 'B', 'C', 'D'));
    take(repository, runOf(ours));
    repository.locked(() =>
      repository.commit((commit) => {
        commit.take(decoded(runOf(wireLog(wireKey('another'), entries('x')))));
        expect(commit.take(decoded(runOf(theirs, 1, 3)))).toMatchObject(REFUSED);
      }),
    );
    expect(hasProof(repository, key)).toBe(true);
  });
});

const REFUSED = { refusal: { code: 'contradiction' } };

function open(): Repository {
  const world = { now: () => 0, random: Buffer.alloc };
  return Repository.open(directory, { interpreter: NOTHING, world, lockTimeoutMs: 100 });
}

function take(repository: Repository, run: WireRun): void {
  repository.locked(() => repository.commit((commit) => commit.take(decoded(run))));
}

/** Commits the first `count` entries one by one; where each commit ends in the pack. */
function writeOneByOne(log: WireLog, count: number): number[] {
  const repository = open();
  const ends = Array.from({ length: count }, (_, i) => {
    take(repository, runOf(log, i, i + 1));
    return repository.packs.size(1);
  });
  repository.close();
  return ends;
}

function hasProof(repository: Repository, key: WireKey): boolean {
  const bytes = readProof(repository.layout.proofs, key.id.toString('hex') as LogId);
  return bytes !== undefined && verifyProof(decodeProof(bytes));
}

function texts(repository: Repository, log: WireLog): string[] {
  const held = [...repository.entries(log.key.id.toString('hex') as LogId)];
  return held.map(({ payload }) => payload?.toString() ?? '-');
}

function decoded(run: WireRun) {
  return decodeSegment(segment(run));
}

function entries(...payloads: readonly string[]): WireEntry[] {
  return payloads.map(entry);
}

function entry(payload: string): WireEntry {
  return { payload: Buffer.from(payload) };
}

/** The log with one more entry, which retracts [from, end). */
function retracting(log: WireLog, range: readonly [number, number]): WireLog {
  return wireLog(log.key, [...log.entries, { payload: bytesOf(1), meta: retracts([range]) }]);
}

function retracts(ranges: readonly (readonly [number, number])[]): Buffer {
  return cborMap([[3, cborList(ranges.map(([from, end]) => cborList([cborInt(from), cborInt(end)])))]]);
}
