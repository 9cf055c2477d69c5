// A check that cannot fail is a defect: every kind of damage that can be planted is found.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeSegment } from '../../../src/format/log/segment.js';
import { checkRepository } from '../../../src/repository/check.js';
import { createRepository, sealRepository } from '../../../src/repository/create.js';
import { Repository } from '../../../src/repository/repository.js';
import { createInterpreter } from '../../../src/topic/message/interpret.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { flip, sha256, wireKey } from '../../testkit/wire.js';
import { introduction, wirePerson } from '../../testkit/wire-card.js';
import { runOf, segment, wireLog } from '../../testkit/wire-segment.js';

/** So many runs that the older ones are sorted into the lookup. */
const RUNS = 300;
const RECORD_SIZE = 160;

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
  sealRepository(createRepository(directory));
  fill();
});

describe('a full check finds nothing in a sound repository, and', () => {
  it.each([
    ['the kind of a record', 0],
    ['its flags', 1],
    ['its log', 20],
    ['the place of its segment', 119],
    ['its clocks', 130],
    ['its quota bytes', 142],
  ])('in a sorted record of the index %s', (_what, at) => {
    expect(found(() => plant(['index', 'runs'], 7 * RECORD_SIZE + at))).toEqual(['error index']);
    expect(found()).toEqual([]);
  });

  it.each([
    ['a log', 52],
    ['its topic', 52 + 32],
    ['its person', 52 + 64],
    ['its device', 52 + 96],
    ['its bytes held', 52 + 188],
    ['the order of its runs', 52 + 208 + 9],
  ])('in the lookup %s', (_what, at) => {
    expect(found(() => plant(['index', 'lookup'], at))).toEqual(['error index']);
    expect(found()).toEqual([]);
  });

  it('a bit in a segment', () => {
    plant(['objects', 'packs', '000001.pack'], 5_000);
    expect(found()).toEqual(expect.arrayContaining(['error pack', 'error segment']));
  });

  it('nothing', () => {
    expect(found()).toEqual([]);
  });
});

function fill(): void {
  const key = wireKey('a log');
  const hello = introduction({ log: key.id, topic: sha256('topic'), person: wirePerson('Ada') });
  const posts = Array.from({ length: RUNS - 1 }, (_, i) => ({ payload: Buffer.from(`${i}`) }));
  const log = wireLog(key, [{ payload: hello }, ...posts]);
  const repository = open();
  repository.locked(() =>
    repository.commit((commit) => {
      for (let i = 0; i < RUNS; i++) commit.take(decodeSegment(segment(runOf(log, i, i + 1))));
    }),
  );
  repository.close();
}

function plant(where: readonly string[], at: number): void {
  const file = path.join(directory, '.satchel', ...where);
  fs.writeFileSync(file, flip(fs.readFileSync(file), at, 0x10));
}

/** What a check finds of what became of the repository since it was opened, or before. */
function found(meanwhile = () => {}): string[] {
  const repository = open();
  meanwhile();
  const findings = [...checkRepository(repository, { all: true })].map(({ severity, code }) => `${severity} ${code}`);
  repository.close();
  return findings;
}

function open(): Repository {
  const world = { now: () => 0, random: Buffer.alloc };
  return Repository.open(directory, { interpreter: createInterpreter(), world, lockTimeoutMs: 100 });
}
