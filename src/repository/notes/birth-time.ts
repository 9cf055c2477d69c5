// When a file was made, as the file system remembers it, and whether it remembers it at all (spec/repository.md, "Restored
// and copied repositories"). Most ways to copy a file give the copy a birth time of its own, whatever else was copied with it.

import path from 'node:path';
import { disk, type FileTimes } from '../disk.js';
import { fillFile } from '../store/fully.js';
import { unfinishedIn } from '../unfinished.js';

/** How a file's times are learnt. */
export type ReadTimes = (file: string) => FileTimes;

/** Clocks of file systems tick every 1 to 10 ms: within this many looks one passes. */
const LOOKS = 30;
const PAUSE_MS = 2;
/** What files made to find something out are called; those of killed commands go with the next one. */
const PROBE = /^(birth|probe)-\d+\.tmp$/;

/** The times that the system tells. */
export function readTimes(file: string): FileTimes {
  return disk.times(file);
}

/** When a file was made, as the system tells it; 0: nobody knows. */
export function readBirth(file: string, timesOf: ReadTimes = readTimes): bigint {
  bringUp(file);
  return timesOf(file).birth;
}

/**
 * Whether files in the directory have a birth time to go by: not 0, and what it was when the file is written to again.
 * Where there is none, Node answers 0 or, on older kernels, the time of the last change. False where nothing can be written.
 */
export function givesBirthTimes(directory: string, timesOf: ReadTimes = readTimes): boolean {
  const probe = path.join(directory, `birth-${process.pid}.tmp`);
  try {
    for (const left of unfinishedIn(directory, PROBE)) removeQuietly(left);
    fillFile(probe, 'replacing', '', 0o600);
    return isKept(probe, timesOf);
  } catch {
    return false;
  } finally {
    removeQuietly(probe);
  }
}

/**
 * Whether two birth times can be that of one file: the same, or apart by whole quarters of an hour, as those on FAT are when
 * the system has changed to another time zone or to summer time.
 */
export function isSameBirth(a: bigint, b: bigint): boolean {
  const apart = a < b ? b - a : a - b;
  return apart <= ZONES_NS && apart % QUARTER_NS === 0n;
}

const QUARTER_NS = 900_000_000_000n;
/** Time zones lie between -12 and +14 hours. */
const ZONES_NS = 26n * 4n * QUARTER_NS;

/** Asks until the last change is told from the birth, which then cannot be another name for it. */
function isKept(probe: string, timesOf: ReadTimes): boolean {
  const born = timesOf(probe).birth;
  for (let look = 0; look < LOOKS && born > 0n; look++) {
    fillFile(probe, 'adding', '.');
    const { birth, changed, modified } = timesOf(probe);
    if (birth !== born) return false;
    if (birth !== changed && birth !== modified) return true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  return false;
}

/** In a container, a file of the image is replaced by a new one when it is first opened to be written: better before it counts. */
function bringUp(file: string): void {
  try {
    disk.close(disk.open(file, 'changing'));
  } catch {
    // where nothing can be written it stays the file that it is
  }
}

function removeQuietly(file: string): void {
  try {
    disk.remove(file);
  } catch {
    // an empty file is left over, in a place where nothing can be removed
  }
}
