// A disk that cannot read a part of a file: every read that touches it fails with EIO, as long as `work` runs.
import { disk, useDisk } from '../../src/repository/disk.js';
import type { Part } from './rotting.js';
import { wrapDisk } from './wrapped-disk.js';

/** Runs `work` with a bad spot below that part of a file; everything else can be read. */
export async function withBadSpot<T>({ file, from, end }: Part, work: () => T | Promise<T>): Promise<T> {
  const sound = disk;
  // the disk is bad, not the name: what is written anew lies elsewhere
  const bad = sound.stat(file)?.ino;
  const restore = useDisk(
    wrapDisk(sound, ({ name, args }, make) => {
      if (name === 'read') {
        const [handle, target, at] = args as [number, Buffer, number | null];
        const touches = at !== null && at < end && from < at + target.length;
        if (touches && sound.statOpen(handle).ino === bad)
          throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read', errno: -5 });
      }
      return make(...args);
    }),
  );
  try {
    return await work();
  } finally {
    restore();
  }
}
