// A file of others' content, written where the user said and nowhere else: under a name of its own until it is whole, and
// never over anything (spec/cli.md, "get").
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import type { ByteSource } from '../../../format/source.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import { writeFully } from '../../../repository/store/fully.js';
import { type OpenFile, openFile } from '../../../sync/import/source.js';
import { numberedName } from './file-name.js';

/** What is written, and where to. */
export interface Saving {
  readonly directory: string;
  /** A safe name; if it is taken, a number is added. */
  readonly name: string;
  /** The content, piece by piece; nothing stays if it throws. */
  readonly chunks: Iterable<Buffer>;
  /** Compares a file that has the name already, piece by piece. */
  compare(source: ByteSource): Iterable<boolean>;
  /** Asked between pieces; true ends it without a file. */
  isStopped(): boolean;
}

/** The file as it is now. */
export interface Saved {
  readonly file: string;
  /** It was there already, and has the same content. */
  readonly known: boolean;
}

/** More files of one name than that are no accident. */
const NUMBER_MAX = 10_000;
/** What file systems without links answer. */
const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'];

/**
 * Writes the file; undefined when it was stopped.
 * @throws SatchelError `io`, `no-space`, `not-a-file` when there is no such directory, and what `chunks` throws
 */
export async function saveFile(saving: Saving): Promise<Saved | undefined> {
  const { directory } = saving;
  const taken = await firstTaken(saving);
  if (taken !== undefined) return { file: taken, known: true };
  const temporary = path.join(directory, `.satchel-${randomBytes(6).toString('hex')}.part`);
  try {
    if (!(await writeWhole(temporary, saving))) return undefined;
    const file = onDisk(`writing into ${directory}`, () => giveName(temporary, saving));
    onDisk(`writing into ${directory}`, () => disk.syncNames(directory));
    return { file, known: false };
  } finally {
    removeIfPossible(temporary);
  }
}

/** A part that cannot be removed is no reason to say that the file was not saved. */
function removeIfPossible(file: string): void {
  try {
    disk.remove(file);
  } catch {
    // it stays, under a name that says what it is
  }
}

/** The path under which the same content is there already, below the first name that is free. */
async function firstTaken(saving: Saving): Promise<string | undefined> {
  for (let number = 1; number <= NUMBER_MAX; number++) {
    const file = pathOf(saving, number);
    const stat = onDisk(`looking at ${file}`, () => disk.statLink(file));
    if (!stat) return undefined;
    if (stat.isFile() && (await hasContent(file, saving))) return file;
  }
  return undefined;
}

async function hasContent(file: string, { compare, isStopped }: Saving): Promise<boolean> {
  let source: OpenFile | undefined;
  try {
    source = openFile(file);
    for (const isSame of compare(source)) {
      if (!isSame || isStopped()) return false;
      await nextTurn();
    }
    return true;
  } catch (error) {
    // what cannot be read is not overwritten either
    if (error instanceof SatchelError && (error.code === 'io' || error.code === 'not-a-file')) return false;
    throw error;
  } finally {
    source?.close();
  }
}

async function writeWhole(temporary: string, { directory, chunks, isStopped }: Saving): Promise<boolean> {
  const doing = `writing into ${directory}`;
  const fd = onDisk(doing, () => disk.open(temporary, 'making'));
  try {
    for (const chunk of chunks) {
      onDisk(doing, () => writePiece(fd, chunk));
      await nextTurn();
      if (isStopped()) return false;
    }
    onDisk(doing, () => disk.sync(fd));
    return true;
  } finally {
    disk.close(fd);
  }
}

/** Some file systems say EPERM of a full disk; EFBIG is what FAT says at 4 GiB, and some when they are full. */
function writePiece(fd: number, bytes: Buffer): void {
  try {
    writeFully(fd, bytes);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'EFBIG') throw cause;
    throw new SatchelError('no-space', 'the disk takes no more of the file', {
      cause,
      hint: 'free some space, or choose another place with -o; FAT holds no file of 4 GiB or more',
    });
  }
}

/** Gives the file the first name that nothing has at this moment, a link that leads nowhere included. */
function giveName(temporary: string, saving: Saving): string {
  for (let number = 1; number <= NUMBER_MAX; number++) {
    const file = pathOf(saving, number);
    if (nameIfFree(temporary, file)) return file;
  }
  throw new SatchelError('io', `there are ${NUMBER_MAX} files called ${saving.name}`, {
    hint: 'name another place with -o',
  });
}

function pathOf({ directory, name }: Saving, number: number): string {
  return path.join(directory, number === 1 ? name : numberedName(name, number));
}

/** Lets a signal be noticed. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Gives a whole file its name unless something has that already; the temporary name may stay beside it. */
export function nameIfFree(temporary: string, file: string): boolean {
  try {
    disk.link(temporary, file);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.includes(code)) throw error;
    return renameIfFree(temporary, file);
  }
}

/** Without links, as on FAT: an empty file takes the name, if it is free, and then the whole one its place. */
function renameIfFree(temporary: string, file: string): boolean {
  try {
    disk.close(disk.open(file, 'making'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  disk.rename(temporary, file);
  return true;
}
