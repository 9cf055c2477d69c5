// The folder that is a drive, in a directory (spec/drive.md, "Marker").
import path from 'node:path';
import { disk } from '../../repository/disk.js';
import { isMissing, onDisk } from '../../repository/files.js';

/** Name of the folder on the medium. */
export const DRIVE_FOLDER = 'satchel';

/** Whether a directory itself is there. @throws SatchelError `io` */
export function isDirectoryThere(directory: string): boolean {
  try {
    // a link to somebody's mount point is fine, one in the place of the drive's own folder is not
    const isItself = path.basename(directory) === DRIVE_FOLDER;
    return (isItself ? disk.statLink(directory) : disk.stat(directory))?.isDirectory() === true;
  } catch (error) {
    if (isMissing(error)) return false;
    return onDisk(`opening ${directory}`, () => {
      throw error;
    });
  }
}

/** The folder of a drive in a directory; the directory itself, where the user named that one, which holds the marker. */
export function driveFolderIn(directory: string, marker: string): string {
  const absolute = path.resolve(directory);
  const isFolder = path.basename(absolute) === DRIVE_FOLDER && disk.exists(path.join(absolute, marker));
  return isFolder ? absolute : path.join(directory, DRIVE_FOLDER);
}

/** Makes the folder, with one in it. @throws SatchelError `io`, `no-space` */
export function makeDriveFolder(directory: string, below: string): string {
  const folder = path.join(directory, DRIVE_FOLDER);
  onDisk(`creating ${folder}`, () => disk.makeDirectories(path.join(folder, below)));
  return folder;
}

/** Makes durable that the folder is in the directory. @throws SatchelError `io` */
export function keepDriveFolder(directory: string): void {
  onDisk(`writing ${path.join(directory, DRIVE_FOLDER)}`, () => disk.syncNames(directory));
}
