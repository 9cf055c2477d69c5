// That something in the packs could not be read, as whoever met it noted: whoever takes the lock next looks through all of
// them (spec/repository.md, "Rot"). The note lies in the index and goes with it: an index is made from what is sound.

import path from 'node:path';
import { disk } from '../disk.js';
import { couldWrite, onDisk } from '../files.js';
import { fillFile } from '../store/fully.js';
import type { SegmentPlace } from '../store/segments.js';

/** Notes a place that cannot be read; where that cannot be written, the next one finds it again. */
export function noteSuspect(directory: string, { pack, offset }: Pick<SegmentPlace, 'pack' | 'offset'>): void {
  couldWrite(() => fillFile(fileIn(directory), 'adding', `${pack} ${offset}\n`));
}

/** Whether anything was noted. */
export function hasSuspects(directory: string): boolean {
  const file = fileIn(directory);
  return onDisk(`reading ${file}`, () => disk.stat(file) !== undefined);
}

function fileIn(directory: string): string {
  return path.join(directory, 'suspects');
}
