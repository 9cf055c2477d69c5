// Making directories one by one: Node's own recursive way never comes back from places such as /proc, where nothing can
// be made and the system says that the parent is missing.

import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { disk } from './disk.js';
import { onDisk } from './files.js';

/**
 * Makes the directory and what is missing above it.
 * @throws SatchelError `io`, `no-space`, `not-a-file` when something else has its name
 */
export function makeDirectory(directory: string): void {
  const stat = onDisk(`looking at ${directory}`, () => disk.stat(directory));
  if (stat?.isDirectory()) return;
  if (stat) throw new SatchelError('not-a-file', `${directory} is not a directory`, { hint: 'choose another place' });
  const parent = path.dirname(directory);
  if (parent !== directory) makeDirectory(parent);
  onDisk(`creating ${directory}`, () => disk.makeDirectory(directory));
  syncIfAllowed(parent);
}

/** The new name is to survive a power cut; who may write in a directory need not be allowed to read it. */
function syncIfAllowed(directory: string): void {
  try {
    disk.syncNames(directory);
  } catch {
    // so be it: the system does it in its own time
  }
}
