// Wiping a repository: the secret keys first, then the notes outside it, then all the rest. Each file is overwritten, synced and
// removed; whoever is cut off leaves a marker, and the next one goes on (spec/repository.md, "Wiping").
import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { hasRemains } from './create.js';
import { disk } from './disk.js';
import { eraseFile } from './erase.js';
import { namesIn, onDisk, writeAtomic } from './files.js';
import { type Layout, layoutOf } from './layout.js';
import { acquireLock } from './lock.js';
import { isOurOwn } from './notes/note-places.js';
import { readState } from './state.js';

/** What went. */
export interface WipeReport {
  readonly files: number;
  readonly bytes: number;
  /** Notes outside, and second copies of them. */
  readonly notes: number;
  /** Files that could not be overwritten, or have a further name, and were only removed. */
  readonly notOverwritten: number;
}

/** Where notes lie outside, and how long others are waited for. */
export interface WipeOptions {
  readonly stateDirectory: string;
  readonly stateCopy: string | undefined;
  readonly lockTimeoutMs: number;
}

/**
 * Passes a directory with a repository, or with what is left of one that was being wiped.
 * @throws SatchelError `no-repository`, `not-a-file` when it is a link to one elsewhere
 */
export function assertToWipe(directory: string): void {
  const layout = layoutOf(directory);
  const stat = onDisk(`looking at ${layout.root}`, () => disk.statLink(layout.root));
  if (stat?.isSymbolicLink()) {
    throw new SatchelError('not-a-file', `${layout.root} is a link`, {
      hint: 'name the directory that it leads to with -C',
    });
  }
  if (stat?.isDirectory() && (isRepository(layout) || isEmpty(layout))) return;
  throw new SatchelError('no-repository', `no repository in ${directory}`, { hint: 'name its directory with -C' });
}

/**
 * Removes the repository in a directory, and what is noted of it outside.
 * @throws SatchelError as {@link assertToWipe}; `busy`, `io`
 */
export function wipeRepository(directory: string, options: WipeOptions): WipeReport {
  assertToWipe(directory);
  const layout = layoutOf(directory);
  const release = acquireLock(layout.lock, options.lockTimeoutMs);
  const wiper = new Wiper();
  try {
    const notes = notesOf(layout, options);
    writeAtomic(layout.wiping, 'satchel-wiping/1\n');
    wiper.tree(layout.keys);
    for (const note of notes) wiper.note(note);
    const rest = namesIn(layout.root).map((name) => path.join(layout.root, name));
    for (const file of rest) if (file !== layout.lock && file !== layout.wiping) wiper.any(file);
    onDisk(`removing ${layout.root}`, () => {
      // nobody may take for whole what is left, should the marker go first
      disk.syncNames(layout.root);
      disk.removeTree(layout.root);
      disk.syncNames(directory);
    });
  } finally {
    release();
  }
  return wiper.report;
}

function isRepository(layout: Layout): boolean {
  return disk.exists(layout.format) || disk.exists(layout.wiping) || hasRemains(layout);
}

/** What is left when somebody was cut off at the very end. */
function isEmpty({ root, lock }: Layout): boolean {
  return namesIn(root).every((name) => name.startsWith(path.basename(lock)));
}

/** The notes of this repository on this host that can be told: what names them goes after them. */
function notesOf(layout: Layout, { stateDirectory, stateCopy }: WipeOptions): string[] {
  const epoch = read(() => readState(layout, 'self')?.epoch);
  const known = read(() => readState(layout, 'notes')?.notes.map(({ name }) => name)) ?? [];
  const names = [...new Set([...known, ...(epoch === undefined ? [] : [epoch])])].filter((name) => EPOCH.test(name));
  const directories = [stateDirectory, ...(stateCopy !== undefined && isOurOwn(stateCopy) ? [stateCopy] : [])];
  const files = directories.flatMap((at) =>
    names.flatMap((name) => [path.join(at, `${name}.note`), path.join(at, name)]),
  );
  return files.filter((file) => disk.exists(file));
}

const EPOCH = /^[0-9a-f]{32}$/;

/** What is damaged keeps nobody from wiping the rest. */
function read<T>(what: () => T | undefined): T | undefined {
  try {
    return what();
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

class Wiper {
  #files = 0;
  #bytes = 0;
  #notes = 0;
  #notOverwritten = 0;

  get report(): WipeReport {
    return { files: this.#files, bytes: this.#bytes, notes: this.#notes, notOverwritten: this.#notOverwritten };
  }

  /** A file outside. */
  note(file: string): void {
    this.#erase(file);
    onDisk(`removing ${file}`, () => disk.syncNames(path.dirname(file)));
    this.#notes++;
  }

  /** Whatever has the name; a link goes, and what it leads to stays. */
  any(file: string): void {
    const stat = onDisk(`looking at ${file}`, () => disk.statLink(file));
    if (stat?.isDirectory()) {
      this.tree(file);
      return;
    }
    this.#files++;
    this.#bytes += stat?.size ?? 0;
    this.#erase(file);
  }

  /** A directory with all that is in it, durably. */
  tree(directory: string): void {
    const stat = onDisk(`looking at ${directory}`, () => disk.statLink(directory));
    if (!stat?.isDirectory()) return;
    for (const name of namesIn(directory)) this.any(path.join(directory, name));
    onDisk(`removing ${directory}`, () => {
      disk.syncNames(directory);
      disk.removeTree(directory);
    });
  }

  #erase(file: string): void {
    try {
      const isErased = onDisk(`overwriting ${file}`, () => eraseFile(file));
      if (!isErased) this.#notOverwritten++;
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      // it must not keep the others from going
      this.#notOverwritten++;
      onDisk(`removing ${file}`, () => disk.remove(file));
    }
  }
}
