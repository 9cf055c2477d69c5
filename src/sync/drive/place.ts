// Putting a file on a drive so that it is there as a whole or not at all, and really is what was written
// (spec/drive.md, "Writing").
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import { onDisk, syncDirectory } from '../../repository/files.js';
import { readFully, writeFully } from '../../repository/packs.js';

/** What a file that is still being written is called. */
export const PARTIAL = /^[a-z0-9-]+\.partial$/;

const COPY_SIZE = 1_048_576;

/** A finished file under a name that does not count yet. */
export interface PartialFile {
  readonly file: string;
  readonly size: number;
  readonly digest: Digest;
}

/** Writes a small file under its name, read back before it counts. */
export function placeFile(file: string, bytes: Buffer): void {
  const stem = path
    .basename(file)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const partial = writePartial(path.join(path.dirname(file), `${stem}-${process.pid}.partial`), (fd) => {
    writeFully(fd, bytes, 0);
  });
  reveal(partial, file);
}

/**
 * Writes a file through `write`, makes it durable and compares what the medium gives back with what was written.
 * @throws SatchelError `io` when they differ, `no-space`; then nothing is left behind where that can be helped
 */
export function writePartial(file: string, write: (fd: number) => void): PartialFile {
  return onDisk(`writing ${file}`, () => {
    try {
      const fd = fs.openSync(file, 'w+', 0o644);
      let written: string;
      let size: number;
      try {
        write(fd);
        fs.fsyncSync(fd);
        size = fs.fstatSync(fd).size;
        written = digestOf(fd, size);
      } finally {
        fs.closeSync(fd);
      }
      if (readBack(file) !== written)
        throw new SatchelError('io', `${file} does not read back as it was written`, {
          hint: 'the medium may be failing: use another one',
        });
      return { file, size, digest: written as Digest };
    } catch (error) {
      removeQuietly(file);
      throw error;
    }
  });
}

/** Gives a partial file its name. */
export function reveal(partial: PartialFile, file: string): void {
  onDisk(`naming ${file}`, () => {
    fs.renameSync(partial.file, file);
    syncDirectory(path.dirname(file));
  });
}

/** Removes a file on a drive; one that is gone is fine. */
export function removeFile(file: string): void {
  onDisk(`removing ${file}`, () => fs.rmSync(file, { force: true }));
}

/** Opened anew, so that what is compared comes from the file system under its name. */
function readBack(file: string): string {
  const fd = fs.openSync(file, 'r');
  try {
    return digestOf(fd, fs.fstatSync(fd).size);
  } finally {
    fs.closeSync(fd);
  }
}

function digestOf(fd: number, size: number): string {
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += COPY_SIZE) {
    const bytes = Buffer.allocUnsafe(Math.min(COPY_SIZE, size - at));
    hash.update(bytes.subarray(0, readFully(fd, bytes, at)));
  }
  return hash.digest('hex');
}

function removeQuietly(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // the drive is gone or read-only: the next visitor removes it
  }
}
