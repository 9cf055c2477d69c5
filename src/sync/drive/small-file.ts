// Small files on a drive: the marker, cards, and what explains the folder to whoever finds it (spec/drive.md).
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { isMissing } from '../../repository/files.js';
import { writeFully } from '../../repository/store/fully.js';
import type { Medium } from '../medium/medium.js';
import { assertHolds } from './read-back.js';

/** Content of a regular file of at most so many bytes; undefined when there is none. */
export function readSmall(medium: Medium, name: string, most: number): Buffer | undefined {
  try {
    const source = medium.open(name);
    try {
      return source.size <= most ? source.read(0, source.size) : undefined;
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof SatchelError && (isMissing(error.cause) || error.code === 'not-a-file')) return undefined;
    throw error;
  }
}

/** Puts a small file there, read back before it counts. */
export function placeSmall(medium: Medium, name: string, bytes: Buffer): void {
  const stem = path.posix
    .basename(name)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  medium.place({
    draft: path.posix.join(path.posix.dirname(name), stem),
    write: (fd) => writeFully(fd, bytes, 0),
    check(written) {
      assertHolds(written, bytes);
      return name;
    },
  });
}
