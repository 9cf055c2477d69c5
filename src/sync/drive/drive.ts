// A drive: the folder `satchel/` on a medium or in any directory, recognised by its marker file (spec/drive.md, "Marker").
// No marker means "not ours", never "empty".

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { isMissing } from '../../repository/files.js';
import { isLabel } from '../../topic/rendezvous.js';
import {
  DRIVE_FOLDER,
  driveFolderIn,
  isDirectoryThere,
  keepDriveFolder,
  makeDriveFolder,
} from '../medium/drive-folder.js';
import { folderMedium } from '../medium/folder.js';
import type { Medium } from '../medium/medium.js';
import { EXPLANATION, README } from './explanation.js';
import { DRIVE_ID_DIGITS, decodeMarker, encodeMarker, MARKER, MARKER_MAX, type Marker, markedOpen } from './marker.js';
import type { DriveMemory } from './memory.js';
import { placeSmall, readSmall } from './small-file.js';

/** Name of the folder on a drive that holds the cards of the people it serves. */
export const PEOPLE = 'people';
const OUR_NAMES = /^(README\.txt|reader\.html|people|\..*|.*\.satchel|[a-z0-9-]+\.partial)$/i;

/** A drive that is there at this moment. */
export interface Drive extends Marker {
  /** What it lies on. */
  readonly medium: Medium;
}

/**
 * The drive at a mount point or in a directory.
 * @throws SatchelError `drive-absent` when the directory is not there, `no-drive` when it has no marker, `newer-version`
 */
export function openDrive(directory: string): Drive {
  if (!isDirectoryThere(directory)) {
    throw new SatchelError('drive-absent', `there is no directory ${directory}`, {
      hint: 'plug the drive in, or check the path; "satchel drive status" lists the drives that are known, with their labels',
    });
  }
  const medium = folderMedium(driveFolderIn(directory, MARKER));
  const marker = markerOn(medium);
  if (marker === undefined) throw noDrive(directory);
  if (marker === 'damaged') throw damagedMarker(directory, medium);
  if (marker === 'foreign') throw foreignMarker(medium);
  return { ...marker, medium };
}

/** The drive that lies on a medium. @throws SatchelError `no-drive`, `newer-version` */
export function driveOn<M extends Medium>(medium: M): Drive & { readonly medium: M } {
  const marker = markerOn(medium);
  if (typeof marker === 'object') return { ...marker, medium };
  throw new SatchelError('no-drive', `${medium.where} is not a satchel drive`);
}

/**
 * Whether the drive is an open one to its visitor: its marker says so, and so did the user, now (`saysOpen`) or before. A marker
 * alone is the word of whoever had the medium: it makes nobody write in the open.
 */
export function isOpenFor(
  { isOpen = false }: Pick<Drive, 'isOpen'>,
  memory: DriveMemory | undefined,
  saysOpen = false,
): boolean {
  return isOpen && (saysOpen || memory?.open === true);
}

/** Whether the drive can still be read, and is no other one by now. */
export function isThere({ id, medium }: Drive): boolean {
  try {
    const marker = markerOn(medium);
    return typeof marker === 'object' && marker.id === id;
  } catch (error) {
    if (error instanceof SatchelError) return false;
    throw error;
  }
}

/** What the marker on a medium says; undefined when there is none. @throws SatchelError `newer-version`, `io` */
function markerOn(medium: Medium): ReturnType<typeof decodeMarker> | undefined {
  const bytes = medium.isThere() ? readSmall(medium, MARKER, MARKER_MAX) : undefined;
  return bytes && decodeMarker(bytes);
}

function noDrive(directory: string): SatchelError {
  return new SatchelError('no-drive', `${directory} is not a satchel drive`, {
    hint: `run "satchel drive init ${directory}" to make it one`,
  });
}

function damagedMarker(directory: string, medium: Medium): SatchelError {
  return new SatchelError('no-drive', `${medium.pathOf(MARKER)} is damaged`, {
    hint: `"satchel drive init ${directory}" makes a drive of it again; "satchel import ${directory}" takes what lies there`,
  });
}

function foreignMarker(medium: Medium): SatchelError {
  return new SatchelError('no-drive', `${medium.pathOf(MARKER)} is not a satchel drive's`, {
    hint: 'look at the file; satchel does not touch this folder',
  });
}

/**
 * Makes a drive of the directory; an existing one is left as it is and returned. One whose marker is damaged is made anew,
 * under another id, with all that lies in it.
 * @throws SatchelError `drive-absent`, `usage` for a label that cannot be one or a folder that is something else, `io`,
 * `no-space`
 */
export function createDrive(
  directory: string,
  options: Pick<Marker, 'label' | 'isOpen'> & { readonly random: (size: number) => Buffer; readonly now: number },
): Drive {
  const existing = tryOpenDrive(directory);
  if (existing) return existing;
  const medium = folderMedium(path.join(directory, DRIVE_FOLDER));
  const marker = newMarker(medium, options);
  makeDriveFolder(directory, PEOPLE);
  markDrive(medium, marker, options.now);
  keepDriveFolder(directory);
  return openDrive(directory);
}

/**
 * What the marker of a new drive on a medium says.
 * @throws SatchelError `usage` for a label that cannot be one, or a medium that is something else
 */
export function newMarker(
  medium: Medium,
  { label, isOpen = false, random }: Pick<Marker, 'label' | 'isOpen'> & { readonly random: (size: number) => Buffer },
): Marker {
  if (!isLabel(label)) throw new SatchelError('usage', 'a label has 1 to 64 bytes and no control characters');
  assertFree(medium);
  return { id: random(DRIVE_ID_DIGITS / 2).toString('hex'), label, isOpen };
}

/** Makes a drive of what lies on a medium, or of nothing. */
export function markDrive(medium: Medium, marker: Marker, now: number): void {
  placeSmall(medium, EXPLANATION, Buffer.from(README));
  placeSmall(medium, MARKER, encodeMarker(marker, now));
}

/** Says on the drive that what is added to it is open. */
export function openToAll(drive: Drive): Drive {
  const { medium, isOpen } = drive;
  if (isOpen) return drive;
  const bytes = readSmall(medium, MARKER, MARKER_MAX);
  if (bytes) placeSmall(medium, MARKER, markedOpen(bytes));
  medium.settle();
  return driveOn(medium);
}

/** Passes folders that hold nothing but what an interrupted attempt, or a lost marker, leaves behind. */
function assertFree(medium: Medium): void {
  const isOurs = (name: string): boolean => OUR_NAMES.test(name) || (name === MARKER && holdsDamagedMarker(medium));
  const foreign = namesOn(medium).find((name) => !isOurs(name));
  if (foreign === undefined) return;
  throw new SatchelError('usage', `${medium.pathOf('.')} is there already and holds ${foreign}`, {
    hint: 'a drive keeps its files in a folder of this name: make it in another directory',
  });
}

function namesOn(medium: Medium): string[] {
  try {
    return medium.names();
  } catch (error) {
    if (error instanceof SatchelError && isMissing(error.cause)) return [];
    throw error;
  }
}

function holdsDamagedMarker(medium: Medium): boolean {
  const bytes = readSmall(medium, MARKER, MARKER_MAX);
  return bytes !== undefined && decodeMarker(bytes) === 'damaged';
}

/** The drive, or undefined where none is. */
export function tryOpenDrive(directory: string): Drive | undefined {
  try {
    return openDrive(directory);
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'no-drive') return undefined;
    throw error;
  }
}
