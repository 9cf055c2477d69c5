// A file that is written under a name that does not count, and gets its own once it really is what was written (spec/drive.md,
// "Writing").
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { openFile } from '../import/source.js';
import type { Placing } from './medium.js';

/** What a file that is still being written is called. */
export const PARTIAL = /^[a-z0-9-]+\.partial$/;

const FULL = ['ENOSPC', 'EDQUOT', 'EPERM', 'EFBIG'];

/** The name of an unfinished file of this process. */
export function partialOf(draft: string): string {
  return `${draft}-${process.pid}.partial`;
}

/**
 * Writes a file through `write` under a name that does not count, and makes it durable. A medium that turns out to be full
 * is told with the bytes that found room.
 * @throws SatchelError `io`, `no-space`; then nothing is left behind where that can be helped
 */
export function writePartial(file: string, write: Placing['write'], isFull: Placing['isFull']): void {
  onDisk(`writing ${file}`, () => {
    try {
      // whatever lies there by that name goes: a link would lead the writing out of the folder
      disk.removeTree(file);
      const fd = disk.open(file, 'making', 0o644);
      try {
        asNoSpace(
          file,
          () => write(fd),
          () => isFull?.(disk.statOpen(fd).size),
        );
        disk.sync(fd);
      } finally {
        disk.close(fd);
      }
    } catch (error) {
      removeQuietly(file);
      throw error;
    }
  });
}

/**
 * Gives a partial file the name that `check` returns for it; one that does not pass is removed. It is opened anew for that:
 * some file systems answer from buffers of the handle that wrote, others answer wrongly through it.
 */
export function finishPartial(folder: string, partial: string, check: Placing['check']): string {
  return onDisk(`naming ${partial}`, () => {
    try {
      const name = checked(partial, check);
      const file = path.join(folder, name);
      disk.rename(partial, file);
      disk.syncNames(path.dirname(file));
      return name;
    } catch (error) {
      removeQuietly(partial);
      throw error;
    }
  });
}

function checked(partial: string, check: Placing['check']): string {
  const written = openFile(partial);
  try {
    return check(written);
  } finally {
    written.close();
  }
}

/** A file that could be opened but takes no more: some file systems say EPERM of a full disk, or EFBIG. */
function asNoSpace(file: string, write: () => void, isFull: () => void): void {
  try {
    write();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined || !FULL.includes(code)) throw cause;
    isFull();
    throw new SatchelError('no-space', `no space left while writing ${file}`, {
      cause,
      hint: 'free some space on the drive, then run the same command again',
    });
  }
}

function removeQuietly(file: string): void {
  try {
    disk.remove(file);
  } catch {
    // the drive is gone or read-only: the next visitor removes it
  }
}
