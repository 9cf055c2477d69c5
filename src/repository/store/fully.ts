// Reading and writing that goes on until all of it is done: a system call may do less than it was asked to.
import { disk, type Handle, type Purpose } from '../disk.js';

/** Reads until the buffer is full or the file ends, without an offset from where it stands; returns the bytes read. */
export function readFully(handle: Handle, target: Buffer, offset?: number): number {
  let done = 0;
  while (done < target.length) {
    const got = disk.read(handle, target.subarray(done), offset === undefined ? null : offset + done);
    if (got === 0) break;
    done += got;
  }
  return done;
}

/** Writes the whole buffer at `offset`; without one, where the file stands. */
export function writeFully(handle: Handle, bytes: Buffer, offset?: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += disk.write(handle, bytes.subarray(done), offset === undefined ? null : offset + done);
  }
}

/** Opens a file, writes the content where it stands then, and closes it. Not durable. */
export function fillFile(file: string, purpose: Purpose, content: Buffer | string, mode?: number): void {
  const handle = disk.open(file, purpose, mode);
  try {
    writeFully(handle, Buffer.from(content as Buffer));
  } finally {
    disk.close(handle);
  }
}
