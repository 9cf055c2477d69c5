// How often each file below a directory is opened while something is done.
import path from 'node:path';
import { disk, useDisk } from '../../src/repository/disk.js';
import { wrapDisk } from './wrapped-disk.js';

/** Names of the bundles, unfinished ones too, that `work` opened for reading in a drive's folder, as often as it did. */
export async function bundlesOpened(directory: string, work: () => Promise<unknown>): Promise<string[]> {
  const folder = path.join(directory, 'satchel');
  const opened: string[] = [];
  const restore = useDisk(
    wrapDisk(disk, ({ name, args }, make) => {
      const [file, purpose] = args;
      const isBundle =
        name === 'open' && path.dirname(String(file)) === folder && /\.(satchel|partial)$/.test(String(file));
      if (isBundle && String(purpose).startsWith('reading')) opened.push(path.basename(String(file)));
      return make(...args);
    }),
  );
  try {
    await work();
    return opened;
  } finally {
    restore();
  }
}
