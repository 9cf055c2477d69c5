// A medium in memory: named bytes and nothing else.
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../../src/format/error.js';
import type { OpenFile } from '../../src/sync/import/source.js';
import type { Medium, Placing } from '../../src/sync/medium/medium.js';
import { scratchDirectory } from './scratch.js';
import { sha256 } from './wire.js';

/** The medium, with what it holds for tests to look at. */
export interface MemoryMedium extends Medium {
  readonly files: Map<string, Buffer>;
}

/** An empty one. */
export function memoryMedium(files: Map<string, Buffer> = new Map()): MemoryMedium {
  const bytesOf = (name: string): Buffer => {
    const bytes = files.get(name);
    if (bytes) return bytes;
    throw new SatchelError('not-a-file', `${name} is not there`);
  };
  return {
    files,
    tagsContent: true,
    where: 'memory',
    pathOf: (name) => `memory/${name}`,
    isThere: () => true,
    names: (folder = '.') =>
      [...files.keys()].filter((name) => path.posix.dirname(name) === folder).map((name) => path.posix.basename(name)),
    find(name) {
      const bytes = files.get(name);
      return bytes && { size: bytes.length, mtime: 0, tag: sha256(bytes).toString('hex') };
    },
    open: (name) => openBytes(name, bytesOf(name)),
    isFree: () => true,
    place(placing) {
      const bytes = writtenBy(placing);
      const name = placing.check(openBytes(placing.draft, bytes));
      files.set(name, bytes);
      return name;
    },
    remove: (name) => void files.delete(name),
    settle() {},
    clear: () => false,
    room: () => undefined,
  };
}

/** What is written, through an open file as on a disk. */
export function writtenBy({ write }: Pick<Placing, 'write'>): Buffer {
  const file = path.join(scratchDirectory(), 'written');
  const fd = fs.openSync(file, 'w+');
  try {
    write(fd);
    return fs.readFileSync(file);
  } finally {
    fs.closeSync(fd);
    fs.rmSync(file);
  }
}

/** Bytes as an open file. */
export function openBytes(name: string, bytes: Buffer): OpenFile {
  return {
    name,
    size: bytes.length,
    read: (offset, length) => Buffer.from(bytes.subarray(offset, offset + length)),
    pass(from, end, each) {
      if (end > from) each(Buffer.from(bytes.subarray(from, end)));
    },
    hasChanged: () => false,
    close() {},
  };
}
