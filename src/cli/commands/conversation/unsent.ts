// What somebody wrote for a message that could not be posted.
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import { writeFully } from '../../../repository/store/fully.js';

/** Puts the text into a new file that its owner alone can read, and returns where that is. */
export function keepUnsent(text: string): string {
  const file = path.join(os.tmpdir(), `satchel-unsent-${randomBytes(4).toString('hex')}.txt`);
  writeOwn(file, text);
  return file;
}

/** Makes a file that its owner alone can read. */
export function writeOwn(file: string, text: string): void {
  onDisk(`writing ${file}`, () => {
    const handle = disk.open(file, 'making', 0o600);
    try {
      writeFully(handle, Buffer.from(text), 0);
    } finally {
      disk.close(handle);
    }
  });
}
