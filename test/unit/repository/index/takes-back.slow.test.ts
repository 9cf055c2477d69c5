// The index tells of a run whether it takes back anything but housekeeping: else reading opens nothing of it.
import fs from 'node:fs';
import { expect, it } from 'vitest';
import type { LogId } from '../../../../src/format/ids.js';
import { decodeSegment } from '../../../../src/format/log/segment.js';
import { createRepository, sealRepository } from '../../../../src/repository/create.js';
import type { Repository } from '../../../../src/repository/repository.js';
import { openBare } from '../../../testkit/bare-repository.js';
import { chance, effort, SEED } from '../../../testkit/effort.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { wireKey } from '../../../testkit/wire.js';
import { cborInt, cborList, cborMap, type Pairs } from '../../../testkit/wire-cbor.js';
import { runOf, segment, type WireEntry, wireLog } from '../../../testkit/wire-segment.js';

const WORLDS = effort(10);
const ENTRIES = 60;
const TRUE = Buffer.of(0xf5);

interface Planned {
  readonly isHousekeeping: boolean;
  readonly retracts: number | undefined;
}

it(`is so of ${WORLDS} random logs, whose payloads are gone or not (seed ${SEED})`, () => {
  for (let world = 0; world < WORLDS; world++) {
    const random = chance(`takes back ${world}`);
    const planned = Array.from({ length: ENTRIES }, (_, seq): Planned => {
      const retracts = seq > 2 && random() < 0.3 ? 1 + Math.floor(random() * (seq - 1)) : undefined;
      return { isHousekeeping: seq > 0 && random() < 0.4, retracts };
    });
    const taken = new Set(planned.flatMap(({ retracts = 0 }) => retracts));
    const log = wireLog(
      wireKey(`takes back ${world}`),
      planned.map((entry, seq) => entryOf(entry, taken.has(seq) && random() < 0.5)),
    );
    const repository = opened();
    for (
      let from = 0, end = 1;
      from < ENTRIES;
      from = end, end = Math.min(ENTRIES, from + 1 + Math.floor(random() * 8))
    )
      repository.locked(() =>
        repository.commit((commit) => commit.take(decodeSegment(segment(runOf(log, from, end))))),
      );
    const id = log.key.id.toString('hex') as LogId;
    expectTold(repository, id, planned, `world ${world}`);
    repository.close();
    fs.rmSync(repository.layout.index, { recursive: true });
    expectTold(openBare(repository.directory), id, planned, `world ${world}, index made anew`);
  }
});

function expectTold(repository: Repository, log: LogId, planned: readonly Planned[], where: string): void {
  for (const run of repository.records(log)) {
    const back = planned.slice(run.first, run.end).flatMap(({ retracts }) => retracts ?? []);
    const others = back.filter((seq) => planned[seq]?.isHousekeeping === false);
    expect(run.takesBack, `${where}, entries ${run.first} to ${run.end}`).toBe(others.length > 0);
  }
}

function opened(): Repository {
  const directory = scratchDirectory();
  sealRepository(createRepository(directory));
  return openBare(directory);
}

function entryOf({ isHousekeeping, retracts }: Planned, dropped: boolean): WireEntry {
  const pairs: Pairs[number][] = [];
  if (retracts !== undefined) pairs.push([3, cborList([cborList([cborInt(retracts), cborInt(retracts + 1)])])]);
  if (isHousekeeping) pairs.push([4, TRUE]);
  return { payload: Buffer.from('x'), meta: pairs.length === 0 ? Buffer.alloc(0) : cborMap(pairs), dropped };
}
