// What a command that was killed, or whose computer was switched off, left of a small file that it was about to replace: told
// by its name and its age (spec/repository.md, "Garbage collection").
import path from 'node:path';
import { disk } from './disk.js';
import { namesIn, onDisk, UNFINISHED } from './files.js';
import type { Layout } from './layout.js';

/** Nobody takes so long to write a small file. */
const ABANDONED_MS = 3_600_000;

/** Directories below `.satchel` in which files are replaced as a whole. */
const PLACES = [
  ...['', 'refs', 'refs/consumers', 'keys', 'keys/topics', 'objects/packs', 'proofs', 'pasts', 'quarantine'],
  ...['index', 'index/acks', 'index/wraps', 'index/ends', 'journal', 'journal/frontiers', 'journal/drives'],
];

/** Paths of what such commands left of files of the repository. @throws SatchelError `io` */
export function unfinishedFiles({ root }: Layout): string[] {
  const drives = path.join(root, 'journal', 'drives');
  const ofDrives = namesIn(drives).filter((name) => /^[0-9a-f]+$/.test(name));
  const directories = [
    ...PLACES.map((place) => path.join(root, place)),
    ...ofDrives.map((name) => path.join(drives, name)),
  ];
  return directories.flatMap((directory) => unfinishedIn(directory));
}

/** The same in one directory, of what is called so. */
export function unfinishedIn(directory: string, name = UNFINISHED): string[] {
  const files = namesIn(directory).flatMap((one) => (name.test(one) ? [path.join(directory, one)] : []));
  return files.filter(isOld);
}

/** A file of a clock that was ahead is taken for old: nobody would ever remove it. */
function isOld(file: string): boolean {
  const { mtimeMs = Date.now() } = onDisk(`looking at ${file}`, () => disk.stat(file)) ?? {};
  return Math.abs(Date.now() - mtimeMs) > ABANDONED_MS;
}
