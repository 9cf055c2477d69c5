// What every medium promises, over random work: a folder, one in memory, one that is staged, and what a lying one may not do
// even so.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SatchelError } from '../../../../src/format/error.js';
import { writeFully } from '../../../../src/repository/store/fully.js';
import { folderMedium } from '../../../../src/sync/medium/folder.js';
import type { Medium } from '../../../../src/sync/medium/medium.js';
import { stagedMedium } from '../../../../src/sync/medium/staged.js';
import { Chance } from '../../../testkit/chance.js';
import { LIES, lyingMedium } from '../../../testkit/lying-medium.js';
import { memoryMedium } from '../../../testkit/memory-medium.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { seedOf } from '../../../testkit/seed.js';

const NAMES = ['drive.json', 'people/a.card', 'people/b.card', 'a.satchel', 'b.satchel', 'c.satchel'];
const STEPS = 60;
const SEED = seedOf('MEDIUM_SEED');

function readAll(medium: Medium, name: string): Buffer {
  const file = medium.open(name);
  try {
    expect(file.size).toBe(medium.find(name)?.size);
    const passed: Buffer[] = [];
    file.pass(0, file.size, (bytes) => passed.push(Buffer.from(bytes)));
    expect(Buffer.concat(passed).equals(file.read(0, file.size))).toBe(true);
    return file.read(0, file.size);
  } finally {
    file.close();
  }
}

function put(medium: Medium, name: string, bytes: Buffer): string {
  return medium.place({
    draft: name.replace('.', '-'),
    write: (fd) => writeFully(fd, bytes, 0),
    check(written) {
      if (!written.read(0, written.size).equals(bytes)) throw new SatchelError('io', 'does not read back');
      return name;
    },
  });
}

/** An empty folder. */
function folder(): Medium {
  const directory = path.join(scratchDirectory(), 'satchel');
  fs.mkdirSync(directory);
  return folderMedium(directory);
}

const HONEST: readonly [string, () => Medium][] = [
  ['a folder', folder],
  ['one in memory', () => memoryMedium()],
  [
    'a staged one',
    () => stagedMedium({ where: 'far', listing: new Map(), tagsContent: true, spool: scratchDirectory() }),
  ],
];

describe.each(HONEST)('%s', (_, make) => {
  it.each([1, 2, 3])('holds what was placed, and nothing else (%i)', (seed) => {
    const chance = new Chance(SEED + seed);
    const medium = make();
    const model = new Map<string, Buffer>();
    for (let step = 0; step < STEPS; step++) {
      const name = chance.pick(NAMES);
      const before = medium.find(name)?.tag;
      if (chance.below(3) === 0) {
        medium.remove(name);
        model.delete(name);
      } else {
        const bytes = Buffer.alloc(chance.below(5_000), step);
        expect(medium.isFree(name)).toBe(true);
        expect(put(medium, name, bytes)).toBe(name);
        if (before !== undefined && !model.get(name)?.equals(bytes)) expect(medium.find(name)?.tag).not.toBe(before);
        model.set(name, bytes);
      }
      medium.settle();
      for (const one of NAMES) {
        const held = model.get(one);
        expect(medium.find(one)?.size).toBe(held?.length);
        if (held) expect(readAll(medium, one).equals(held)).toBe(true);
        else expect(() => medium.open(one)).toThrow(SatchelError);
      }
      const top = [...model.keys()].filter((one) => !one.includes('/'));
      expect(medium.names().filter((one) => one !== 'people')).toEqual(expect.arrayContaining(top));
      expect(
        medium
          .names('people')
          .sort()
          .map((one) => `people/${one}`),
      ).toEqual([...model.keys()].filter((one) => one.startsWith('people/')).sort());
    }
  });

  it('has nothing of the name when what was written does not pass', () => {
    const medium = make();
    const wrong = {
      draft: 'x',
      write: () => {},
      check: () => {
        throw new SatchelError('io', 'no');
      },
    };
    expect(() => medium.place(wrong)).toThrow('no');
    expect(medium.names()).toEqual([]);
    put(medium, 'a.satchel', Buffer.from('sound'));
    expect(() => medium.place(wrong)).toThrow('no');
    expect(readAll(medium, 'a.satchel').toString()).toBe('sound');
  });

  it('does not mind that what is removed is gone', () => {
    const medium = make();
    expect(() => medium.remove('a.satchel')).not.toThrow();
    expect(medium.clear({ own: 'x', before: 0 })).toBe(false);
  });
});

describe('a lying one', () => {
  it('gives nothing that nobody placed, beginnings aside, and fails in known words', () => {
    const told = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const chance = new Chance(SEED + seed);
      const medium = lyingMedium(memoryMedium(), (possible) =>
        chance.below(8) === 0 ? chance.pick(possible) : undefined,
      );
      const placed = new Map<string, Buffer[]>();
      for (let step = 0; step < STEPS; step++) {
        const name = chance.pick(NAMES);
        const bytes = Buffer.from(`${seed}/${step}/${'x'.repeat(chance.below(50))}`);
        placed.set(name, [...(placed.get(name) ?? []), bytes]);
        attempt(() => put(medium, name, bytes));
        for (const listed of attempt(() => medium.names()) ?? []) expect(placed.has(listed)).toBe(true);
        const other = chance.pick(NAMES);
        const read = attempt(() => medium.open(other));
        const got = read?.read(0, read.size).toString();
        if (got !== undefined) expect(placed.get(other)?.some((one) => one.toString().startsWith(got))).toBe(true);
      }
      for (const lie of medium.told) told.add(lie);
    }
    expect([...told].sort()).toEqual([...LIES].sort());
  });
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}
