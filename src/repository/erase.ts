// Overwriting a file before it is removed, so that what was in it does not stay in blocks that nothing names any more
// (spec/repository.md, "Forgetting"). What a file system or a flash disk keeps elsewhere no program can reach.
import { disk } from './disk.js';
import { writeFully } from './store/fully.js';

const CHUNK_SIZE = 1_048_576;

/**
 * Fills the file with zeros, durably, and removes it; fine when it is not there. Its directory is left to the caller.
 * @returns false of a file that has a further name, under which all of it stays
 */
export function eraseFile(file: string): boolean {
  const stat = disk.statLink(file);
  overwriteFile(file);
  disk.remove(file);
  return !(stat?.isFile() && stat.nlink > 1);
}

/**
 * Fills the file with zeros where it lies, durably. What is no regular file stays as it is, and so does what has a further name,
 * as in a backup by hard links: nothing elsewhere is changed.
 */
export function overwriteFile(file: string): void {
  const stat = disk.statLink(file);
  if (!stat?.isFile() || stat.nlink > 1) return;
  const { size } = stat;
  const handle = disk.open(file, 'changing');
  try {
    const zeros = Buffer.alloc(Math.min(size, CHUNK_SIZE));
    for (let at = 0; at < size; at += CHUNK_SIZE)
      writeFully(handle, zeros.subarray(0, Math.min(CHUNK_SIZE, size - at)), at);
    disk.syncContent(handle);
  } finally {
    disk.close(handle);
  }
}
