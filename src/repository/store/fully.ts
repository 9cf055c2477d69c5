// Reading and writing that goes on until all of it is done: a system call may do less than it was asked to.
import fs from 'node:fs';

/** Reads until the buffer is full or the file ends, without an offset from where it stands; returns the bytes read. */
export function readFully(fd: number, target: Buffer, offset?: number): number {
  let done = 0;
  while (done < target.length) {
    const got = fs.readSync(fd, target, done, target.length - done, offset === undefined ? null : offset + done);
    if (got === 0) break;
    done += got;
  }
  return done;
}

/** Writes the whole buffer at `offset`. */
export function writeFully(fd: number, bytes: Buffer, offset: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += fs.writeSync(fd, bytes, done, bytes.length - done, offset + done);
  }
}
