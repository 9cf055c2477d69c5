// Changes in folders as the operating system tells of them. The one owner of chokidar; loaded when first needed.
import path from 'node:path';
import { DRIVE_FOLDER } from '../medium/drive-folder.js';

/** Stops the events; nothing is held open afterwards. */
export type Stop = () => void;

/**
 * Calls `changed` whenever something in a drive's folder may have changed, until it is stopped. Where the system tells
 * nothing (network folders, too many watches) nothing is heard: somebody has to look now and then.
 */
export function watchDrive(directory: string, changed: () => void): Promise<Stop> {
  // the drive's own folder may have been given as well
  const folder = path.basename(directory) === DRIVE_FOLDER ? directory : path.join(directory, DRIVE_FOLDER);
  const isOurs = (file: string): boolean => file === directory || file === folder || file.startsWith(folder + path.sep);
  return watchFolders([directory], { depth: 2, isOurs, changed });
}

/** Calls `changed` whenever something directly in one of the directories may have changed, until it is stopped. */
export function watchDirectories(directories: readonly string[], changed: () => void): Promise<Stop> {
  return watchFolders(directories, { depth: 0, isOurs: () => true, changed });
}

interface FolderOptions {
  readonly depth: number;
  isOurs(file: string): boolean;
  changed(): void;
}

async function watchFolders(directories: readonly string[], options: FolderOptions): Promise<Stop> {
  const { watch } = await import('chokidar');
  const { depth, isOurs, changed } = options;
  const watcher = watch([...directories], {
    depth,
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    // one watch for each folder, and none for each file: what happens to the files is told by their folder
    ignored: (file, stats) => !isOurs(file) || (stats !== undefined && !stats.isDirectory()),
  });
  watcher.on('raw', (_event, file) => {
    if (!/\.partial$/.test(String(file))) changed();
  });
  watcher.on('all', changed);
  watcher.on('error', () => void watcher.close());
  return () => void watcher.close();
}
