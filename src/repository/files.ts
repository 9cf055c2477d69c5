// Small files written whole, directories that stay, and the one place where failures of the disk become errors of ours (spec/repository.md).

import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { disk } from './disk.js';
import { writeFully } from './store/fully.js';

/**
 * Runs an operation on the disk and translates its failure once.
 * @throws SatchelError `no-space`, or `io` with the system's words
 */
export function onDisk<T>(what: string, operation: () => T): T {
  try {
    return operation();
  } catch (cause) {
    throw diskError(what, cause);
  }
}

/** The error that a failed system call means to the user; our own errors pass through. */
export function diskError(what: string, cause: unknown): unknown {
  if (cause instanceof SatchelError || !isSystemError(cause)) return cause;
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT') {
    return new SatchelError('no-space', `no space left while ${what}`, {
      cause,
      hint: 'free some space, then run the same command again',
    });
  }
  const { reason, hint } = SYSTEM_WORDS[cause.code ?? ''] ?? { reason: cause.message, hint: CHECK_PATH };
  return new SatchelError('io', `${what} failed: ${reason}`, { cause, hint });
}

const CHECK_PATH = 'check the path and its permissions';

/** What the usual failures are called; their own messages name the system call, and the path once more. */
const SYSTEM_WORDS: Readonly<Record<string, { readonly reason: string; readonly hint: string }>> = {
  ENOENT: { reason: 'there is no such file or directory', hint: 'check the path; one with spaces in it needs quotes' },
  ENOTDIR: { reason: 'a part of the path is no directory', hint: 'check the path' },
  EACCES: { reason: 'permission denied', hint: CHECK_PATH },
  EPERM: { reason: 'the system does not permit it', hint: CHECK_PATH },
  EROFS: { reason: 'it is read-only', hint: 'is a write protection on?' },
};

/** Whether the operation failed because nothing is there. */
export function isMissing(error: unknown): boolean {
  return isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** The file's bytes, or undefined when there is no such file. */
export function readIfThere(file: string): Buffer | undefined {
  try {
    // an exception costs a hundred times as much, and many of these files are mostly not there
    if (!disk.stat(file)) return undefined;
    return disk.content(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw diskError(`reading ${file}`, error);
  }
}

/** Names in a directory; none when it is not there. @throws SatchelError `io` */
export function namesIn(directory: string): string[] {
  return onDisk(`reading ${directory}`, () => {
    try {
      return disk.names(directory);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  });
}

/** What a file is called until it takes the place of another one. */
export const UNFINISHED = /\.\d+\.tmp$/;

/**
 * Replaces the file as a whole: a crash leaves the old or the new content, durable when this returns. With
 * `durable: false` a power cut may leave nothing readable instead: for what may be lost.
 */
export function writeAtomic(
  file: string,
  content: Buffer | string,
  options: { readonly mode?: number; readonly durable?: boolean } = {},
): void {
  const temporary = `${file}.${process.pid}.tmp`;
  onDisk(`writing ${file}`, () => {
    if (options.durable === false) disk.makeDirectories(path.dirname(file));
    else makeDirectory(path.dirname(file));
    const fd = disk.open(temporary, 'replacing', options.mode ?? 0o644);
    try {
      writeFully(fd, Buffer.from(content as Buffer), 0);
      if (options.durable !== false) disk.sync(fd);
    } finally {
      disk.close(fd);
    }
    disk.rename(temporary, file);
    if (options.durable !== false) disk.syncNames(path.dirname(file));
  });
}

/**
 * Makes the directory and what is missing above it, durably; the mode is that of the last. One by one: Node's own recursive
 * way never comes back from places such as /proc, where nothing can be made and the system says that the parent is missing.
 * @throws SatchelError `io`, `no-space`, `not-a-file` when something else has its name
 */
export function makeDirectory(directory: string, mode?: number): void {
  const stat = onDisk(`looking at ${directory}`, () => disk.stat(directory));
  if (stat?.isDirectory()) return;
  if (stat) throw new SatchelError('not-a-file', `${directory} is not a directory`, { hint: 'choose another place' });
  const parent = path.dirname(directory);
  if (parent !== directory) makeDirectory(parent);
  onDisk(`creating ${directory}`, () => {
    disk.makeDirectory(directory, mode);
    syncIfAllowed(parent);
  });
}

/** Who may write in a directory need not be allowed to read it: then the system does it in its own time. */
function syncIfAllowed(directory: string): void {
  try {
    disk.syncNames(directory);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
  }
}

/** Writes what is derived and may be missing; false when the disk did not let it: so be it. */
export function couldWrite(write: () => void): boolean {
  try {
    onDisk('writing the index', write);
    return true;
  } catch (error) {
    if (error instanceof SatchelError && DISK_EXITS.has(error.exit)) return false;
    throw error;
  }
}

/** Exit statuses of a disk that fails, or is full. */
const DISK_EXITS: ReadonlySet<number> = new Set([30, 31]);

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error;
}
