// Files that were fetched from a store, until the visit is over.
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { writeFully } from '../../repository/store/fully.js';

/** Empties the folder, with what an interrupted visit left in it. */
export function clearSpool(folder: string): void {
  onDisk(`removing ${folder}`, () => disk.removeTree(folder));
}

/** A file that is filled piece by piece. */
export interface Fetched {
  readonly size: number;
  /** It would have had more bytes than it may. */
  readonly isTooLong: boolean;
  add(bytes: Buffer): void;
  close(): void;
}

/**
 * Begins one that may have so many bytes.
 * @throws SatchelError `io`, `no-space`; `add` throws `changed` for a byte more
 */
export function openFetched(file: string, { name, most }: { readonly name: string; readonly most: number }): Fetched {
  const handle = onDisk(`writing ${file}`, () => {
    disk.makeDirectories(path.dirname(file));
    return disk.open(file, 'replacing');
  });
  let size = 0;
  let isTooLong = false;
  return {
    get size() {
      return size;
    },
    get isTooLong() {
      return isTooLong;
    },
    add(bytes) {
      isTooLong ||= size + bytes.length > most;
      if (isTooLong) throw new SatchelError('changed', `${name} has more bytes there than were listed`);
      onDisk(`writing ${file}`, () => writeFully(handle, bytes, size));
      size += bytes.length;
    },
    close: () => disk.close(handle),
  };
}

/** Keeps a small file that is known already. */
export function keepFetched(file: string, bytes: Buffer): void {
  const kept = openFetched(file, { name: file, most: bytes.length });
  try {
    kept.add(bytes);
  } finally {
    kept.close();
  }
}

/** All of a small one. */
export function readFetched(file: string): Buffer {
  return onDisk(`reading ${file}`, () => disk.content(file));
}
