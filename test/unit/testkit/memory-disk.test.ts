// The disk in memory does what a real one does: the same random calls have the same results and the same failures on both.
// And what a power cut leaves of it is what was made durable.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Disk, nodeDisk, type Purpose } from '../../../src/repository/disk.js';
import { Chance } from '../../testkit/chance.js';
import { MemoryDisk } from '../../testkit/memory-disk.js';
import { anyFate, FATES, powerCut } from '../../testkit/power-cut.js';
import { memoryDirectory } from '../../testkit/scratch.js';
import { seedOf } from '../../testkit/seed.js';

const NAMES = ['a', 'b', 'd', 'd/a', 'd/e', 'd/e/a', 'x/y'];
const PURPOSES: readonly Purpose[] = [
  'reading',
  'reading-itself',
  'changing',
  'continuing',
  'adding',
  'replacing',
  'making',
];
const RUNS = 60;
const STEPS = 60;

/** A call as it came out: its result, or the code of its failure. */
type Step = (disk: Disk, root: string, opened: number[]) => unknown;

function randomStep(chance: Chance): Step {
  const one = chance.pick(NAMES);
  const two = chance.pick(NAMES);
  const purpose = chance.pick(PURPOSES);
  const size = chance.below(40);
  const at = chance.below(60);
  const bytes = Buffer.alloc(size, `${at}`);
  const slot = chance.below(3);
  const steps: Step[] = [
    (disk, root, opened) => void opened.push(disk.open(path.join(root, one), purpose)),
    (disk, root, opened) => void opened.push(disk.open(path.join(root, one), 'continuing')),
    (disk, _root, opened) => disk.write(opened.at(-1 - slot) ?? -1, bytes, slot === 0 ? null : at),
    (disk, _root, opened) => {
      const target = Buffer.alloc(20);
      const got = disk.read(opened.at(-1 - slot) ?? -1, target, slot === 0 ? null : at);
      return [got, target.toString()];
    },
    (disk, _root, opened) => disk.cut(opened.at(-1 - slot) ?? -1, at),
    (disk, _root, opened) => disk.statOpen(opened.at(-1 - slot) ?? -1).isFile(),
    (disk, root) => disk.content(path.join(root, one)).toString(),
    (disk, root) => disk.exists(path.join(root, one)),
    (disk, root) => disk.stat(path.join(root, one))?.isDirectory(),
    (disk, root) => disk.names(path.join(root, one)).sort(),
    (disk, root) => disk.makeDirectory(path.join(root, one)),
    (disk, root) => disk.makeDirectories(path.join(root, one)),
    (disk, root) => isFile(disk, path.join(root, one)) && disk.link(path.join(root, one), path.join(root, two)),
    (disk, root) => disk.remove(path.join(root, one)),
    (disk, root) => disk.removeTree(path.join(root, one)),
    // that a file's names be synced is refused in memory only
    (disk, root) => isFile(disk, path.join(root, one)) || disk.syncNames(path.join(root, one)),
    (disk, root) => {
      if (!isFile(disk, path.join(root, one)) || isDirectory(disk, path.join(root, two))) return;
      disk.rename(path.join(root, one), path.join(root, two));
    },
  ];
  return chance.pick(steps);
}

/** Directories get no other name here. */
function isFile(disk: Disk, place: string): boolean {
  return disk.stat(place)?.isFile() === true;
}

function isDirectory(disk: Disk, place: string): boolean {
  return disk.stat(place)?.isDirectory() === true;
}

function outcome(step: Step, disk: Disk, root: string, opened: number[]): unknown {
  try {
    return step(disk, root, opened) ?? 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

it('does what a real one does', () => {
  const seed = seedOf('MEMORY_DISK_SEED');
  for (let run = 0; run < RUNS; run++) {
    const chance = new Chance(seed + run);
    const root = memoryDirectory();
    const memory = new MemoryDisk('/in-memory');
    const opened: [number[], number[]] = [[], []];
    try {
      for (let i = 0; i < STEPS; i++) {
        const step = randomStep(chance);
        const real = outcome(step, nodeDisk, root, opened[0]);
        expect(outcome(step, memory.disk, memory.root, opened[1]), `seed ${seed + run}: ${step}`).toEqual(real);
      }
    } finally {
      for (const handle of opened[0]) nodeDisk.close(handle);
    }
  }
});

describe('of what a power cut finds', () => {
  const root = '/in-memory';
  const at = (name: string): string => path.join(root, name);

  function written({ isSynced, isNamed }: { readonly isSynced: boolean; readonly isNamed: boolean }): MemoryDisk {
    const memory = new MemoryDisk(root);
    const handle = memory.disk.open(at('new'), 'making');
    memory.disk.write(handle, Buffer.from('hello'), 0);
    if (isSynced) memory.disk.syncContent(handle);
    memory.disk.rename(at('new'), at('name'));
    if (isNamed) memory.disk.syncNames(root);
    return memory;
  }

  function found(memory: MemoryDisk): Set<string> {
    const states = [...FATES, ...Array.from({ length: 60 }, (_, seed) => anyFate(seed))].map((fate) => {
      const { disk } = powerCut(memory, fate);
      return disk.names(root).map((name) => `${name}=${disk.content(at(name))}`);
    });
    return new Set(states.map((names) => names.join(' ')));
  }

  it('a file that was synced, renamed, and its directory synced is there', () => {
    expect(found(written({ isSynced: true, isNamed: true }))).toEqual(new Set(['name=hello']));
  });

  it('one whose directory was not synced is not there, or has either name', () => {
    expect(found(written({ isSynced: true, isNamed: false }))).toEqual(new Set(['', 'new=hello', 'name=hello']));
  });

  it('one that was not synced is empty, zeros, torn, or whole', () => {
    const states = found(written({ isSynced: false, isNamed: true }));
    for (const state of ['name=', 'name=hello', 'name=\0\0\0\0\0']) expect(states).toContain(state);
    expect(states.size).toBeGreaterThan(4);
  });

  it('what was removed may be back until the directory is synced', () => {
    const memory = written({ isSynced: true, isNamed: true });
    memory.disk.remove(at('name'));
    expect(found(memory)).toEqual(new Set(['', 'name=hello']));
    memory.disk.syncNames(root);
    expect(found(memory)).toEqual(new Set(['']));
  });

  it('a directory that its parent does not name yet may be gone with all that is in it', () => {
    const memory = new MemoryDisk(root);
    memory.disk.makeDirectory(at('d'));
    memory.disk.close(memory.disk.open(at('d/a'), 'making'));
    memory.disk.syncNames(at('d'));
    expect(powerCut(memory, FATES[0] as (typeof FATES)[number]).disk.names(root)).toEqual([]);
    memory.disk.syncNames(root);
    expect(powerCut(memory, FATES[0] as (typeof FATES)[number]).disk.names(at('d'))).toEqual(['a']);
  });
});
