// A folder as a medium: a stick, a card, a directory that several computers see (spec/drive.md, "Writing"). Anybody may have put
// there what lies in it, so no link in it is followed, neither for reading nor for writing.
import path from 'node:path';
import { disk } from '../../repository/disk.js';
import { isMissing, makeDirectory, onDisk } from '../../repository/files.js';
import { openFile } from '../import/source.js';
import type { Leftovers, ListedFile, Medium, Placing } from './medium.js';
import { finishPartial, PARTIAL, partialOf, writePartial } from './partial.js';

/** The folder of that path, whether it is there or not. */
export function folderMedium(folder: string): Medium {
  const pathOf = (name: string): string => path.join(folder, name);
  return {
    tagsContent: false,
    where: path.dirname(path.resolve(folder)),
    pathOf,
    isThere: () => isDirectory(folder),
    names: (below) => (below === undefined ? namesIn(folder) : namesBelow(pathOf(below))),
    find: (name) => find(pathOf(name)),
    open: (name) => openFile(pathOf(name)),
    isFree: (name) => isInPlace(folder, name) && (statOf(pathOf(name))?.isFile() ?? true),
    place: (placing) => place(folder, placing),
    remove(name) {
      const file = pathOf(name);
      if (isInPlace(folder, name)) onDisk(`removing ${file}`, () => disk.remove(file));
    },
    settle: (below = '') => onDisk(`writing ${folder}`, () => disk.syncNames(path.join(folder, below))),
    clear: (leftovers, below = '') => clearIn(path.join(folder, below), leftovers),
    room() {
      const space = onDisk(`asking for the free space of ${folder}`, () => disk.space(folder));
      return space.bytes === 0 ? undefined : space;
    },
  };
}

/** Whether a directory is there; a link to one does not count. */
function isDirectory(directory: string): boolean {
  try {
    return disk.statLink(directory)?.isDirectory() === true;
  } catch (error) {
    if (isMissing(error)) return false;
    return onDisk(`opening ${directory}`, () => {
      throw error;
    });
  }
}

function statOf(file: string) {
  return onDisk(`reading ${file}`, () => disk.statLink(file));
}

/** Whether the folder that a name goes into is one, or nothing yet: a link leads anywhere. */
function isInPlace(folder: string, name: string): boolean {
  const below = path.dirname(name);
  return below === '.' || (statOf(path.join(folder, below))?.isDirectory() ?? true);
}

function namesIn(directory: string): string[] {
  return onDisk(`reading ${directory}`, () => disk.names(directory));
}

function namesBelow(directory: string): string[] {
  try {
    return (statOf(directory)?.isDirectory() ?? true) ? disk.names(directory) : [];
  } catch (error) {
    if (isMissing(error)) return [];
    return onDisk(`reading ${directory}`, () => {
      throw error;
    });
  }
}

function find(file: string): ListedFile | undefined {
  const stat = statOf(file);
  if (!stat?.isFile()) return undefined;
  const { size, mtimeMs, ctimeMs, ino } = stat;
  return { size, mtime: Math.trunc(mtimeMs), tag: `${ino}/${mtimeMs}/${ctimeMs}` };
}

function place(folder: string, { draft, write, check, time, isFull }: Placing): string {
  const partial = partialOf(path.join(folder, draft));
  // whoever took the folder of cards away gets it back; the drive's own folder is there, or the drive is gone
  if (path.dirname(draft) !== '.') makeDirectory(path.dirname(partial));
  writePartial(partial, write, isFull);
  const name = finishPartial(folder, partial, check);
  // not before: a file without its name that is old is taken for one that nobody writes any more
  setTime(path.join(folder, name), time?.());
  return name;
}

/** A file system that keeps no times keeps this one neither: the file is there all the same. */
function setTime(file: string, at: number | undefined): void {
  if (at === undefined) return;
  try {
    disk.touch(file, at);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function clearIn(folder: string, { own, before }: Leftovers): boolean {
  if (!statOf(folder)?.isDirectory()) return false;
  let isCleared = false;
  for (const name of namesIn(folder)) {
    if (!PARTIAL.test(name)) continue;
    const file = path.join(folder, name);
    const stat = statOf(file);
    if (!stat || stat.isDirectory()) continue;
    if (!name.startsWith(`${own}-`) && stat.mtimeMs >= before) continue;
    isCleared = true;
    onDisk(`removing ${file}`, () => disk.remove(file));
  }
  return isCleared;
}
