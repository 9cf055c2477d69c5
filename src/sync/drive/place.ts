// Putting a file on a drive so that it is there as a whole or not at all, and really is what was written
// (spec/drive.md, "Writing").

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { writeFully } from '../../repository/store/fully.js';
import { assertHolds } from './read-back.js';

/** What a file that is still being written is called. */
export const PARTIAL = /^[a-z0-9-]+\.partial$/;

const FULL = ['ENOSPC', 'EDQUOT', 'EPERM', 'EFBIG'];

/** Writes a small file under its name, read back before it counts. */
export function placeFile(file: string, bytes: Buffer): void {
  const stem = path
    .basename(file)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const partial = path.join(path.dirname(file), `${stem}-${process.pid}.partial`);
  writePartial(partial, (fd) => writeFully(fd, bytes, 0));
  finishPartial(partial, () => {
    assertHolds(partial, bytes);
    return file;
  });
}

/**
 * Writes a file through `write` under a name that does not count, and makes it durable. A drive that turns out to be full
 * is told with the bytes that found room.
 * @throws SatchelError `io`, `no-space`; then nothing is left behind where that can be helped
 */
export function writePartial(
  file: string,
  write: (fd: number) => void,
  isFull: (bytes: number) => void = () => {},
): void {
  onDisk(`writing ${file}`, () => {
    try {
      // whatever lies there by that name goes: a link would lead the writing out of the drive
      disk.removeTree(file);
      const fd = disk.open(file, 'making', 0o644);
      try {
        asNoSpace(
          file,
          () => write(fd),
          () => isFull(disk.statOpen(fd).size),
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

/** Gives a partial file the name that `check` returns once it has passed it; a file that does not pass is removed. */
export function finishPartial(partial: string, check: () => string): string {
  return onDisk(`naming ${partial}`, () => {
    try {
      const file = check();
      disk.rename(partial, file);
      disk.syncNames(path.dirname(file));
      return file;
    } catch (error) {
      removeQuietly(partial);
      throw error;
    }
  });
}

/** Removes a file on a drive; one that is gone is fine. */
export function removeFile(file: string): void {
  onDisk(`removing ${file}`, () => disk.remove(file));
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
