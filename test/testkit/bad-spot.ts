// A disk that cannot read a part of a file: every read that touches it fails with EIO, as long as `work` runs.
import fs from 'node:fs';
import type { Part } from './rotting.js';

/** Runs `work` with a bad spot below that part of a file; everything else can be read. */
export async function withBadSpot<T>({ file, from, end }: Part, work: () => T | Promise<T>): Promise<T> {
  const { openSync, readSync } = fs;
  // the disk is bad, not the name: what is written anew lies elsewhere
  const { ino } = fs.statSync(file);
  const opened = new Set<number>();
  fs.openSync = (...args: Parameters<typeof fs.openSync>) => {
    const fd = openSync(...args);
    if (fs.fstatSync(fd).ino === ino) opened.add(fd);
    else opened.delete(fd);
    return fd;
  };
  const failing = (fd: number, target: NodeJS.ArrayBufferView, ...rest: readonly unknown[]): number => {
    const [, length, position] = rest as readonly [number, number, number | null];
    if (opened.has(fd) && position !== null && position < end && from < position + length) {
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read', errno: -5 });
    }
    return (readSync as (...args: readonly unknown[]) => number)(fd, target, ...rest);
  };
  fs.readSync = failing as typeof fs.readSync;
  try {
    return await work();
  } finally {
    Object.assign(fs, { openSync, readSync });
  }
}
