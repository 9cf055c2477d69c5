// Whether a file system remembers when a file was made (spec/repository.md, "Birth times").
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FileTimes } from '../../../../src/repository/disk.js';
import { givesBirthTimes, isSameBirth, readTimes } from '../../../../src/repository/notes/birth-time.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
});

/** Times of a file that is written to once a tick; the disk is asked nothing. */
function ticking(timesAt: (tick: bigint) => FileTimes): (file: string) => FileTimes {
  let tick = 0n;
  return () => timesAt(++tick / 3n);
}

const MADE = 1_795_956_898_000_000_000n;

describe('a file system', () => {
  it('that keeps the birth while the file changes has birth times', () => {
    expect(
      givesBirthTimes(
        directory,
        ticking((t) => ({ birth: MADE, changed: MADE + t, modified: MADE + t })),
      ),
    ).toBe(true);
  });

  it.each<[string, (tick: bigint) => FileTimes]>([
    ['answers 0', (t) => ({ birth: 0n, changed: MADE + t, modified: MADE + t })],
    ['answers the time of the last change', (t) => ({ birth: MADE + t, changed: MADE + t, modified: MADE })],
    ['answers the time of the last write', (t) => ({ birth: MADE + t, changed: MADE, modified: MADE + t })],
    ['has a clock that does not move meanwhile', () => ({ birth: MADE, changed: MADE, modified: MADE })],
  ])('that %s has none to go by', (_, timesAt) => {
    expect(givesBirthTimes(directory, ticking(timesAt))).toBe(false);
  });

  it('is asked by a file that does not stay', () => {
    givesBirthTimes(directory);
    expect(fs.readdirSync(directory)).toEqual([]);
  });

  it('that cannot be written to is not asked', () => {
    expect(givesBirthTimes('/proc/satchel')).toBe(false);
  });

  it.runIf(process.platform === 'linux')('of this machine is told apart from /proc, which has none', () => {
    expect(readTimes('/proc/self/status').birth).toBe(0n);
  });
});

describe('two births', () => {
  const hour = 3_600_000_000_000n;

  it.each([0n, hour, -hour, hour / 4n, 26n * hour])('%d ns apart may be of one file: time zones', (apart) => {
    expect(isSameBirth(MADE, MADE + apart)).toBe(true);
  });

  it.each([1n, -1n, hour + 1n, 27n * hour, 10_000_000n])('%d ns apart are of two', (apart) => {
    expect(isSameBirth(MADE, MADE + apart)).toBe(false);
  });
});
