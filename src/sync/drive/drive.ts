// A drive: the folder `satchel/` on a medium or in any directory, recognised by its marker file (spec/drive.md, "Marker").
// No marker means "not ours", never "empty".

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { jsonExcess } from '../../format/json-bounds.js';
import { isHex } from '../../identity/json-shape.js';
import { disk } from '../../repository/disk.js';
import { isMissing, onDisk } from '../../repository/files.js';
import { isLabel } from '../../topic/rendezvous.js';
import { openFile } from '../import/source.js';
import { placeFile } from './place.js';

/** Name of the folder on the medium. */
export const DRIVE_FOLDER = 'satchel';
const MARKER = 'drive.json';
const MARKER_FORMAT = 'satchel-drive/1';
const MARKER_MAX = 4_096;
const EXPLANATION = 'README.txt';
const OUR_NAMES = /^(README\.txt|people|\..*|.*\.satchel|[a-z0-9-]+\.partial)$/i;
/** Hex digits of a drive's id. */
const DRIVE_ID_DIGITS = 32;

/** A drive that is there at this moment. */
export interface Drive {
  /** 32 hex digits, written once; the same wherever it is mounted, and on every clone of it. */
  readonly id: string;
  readonly label: string;
  /** The folder that holds everything. */
  readonly folder: string;
}

/**
 * The drive at a mount point or in a directory.
 * @throws SatchelError `drive-absent` when the directory is not there, `no-drive` when it has no marker, `newer-version`
 */
export function openDrive(directory: string): Drive {
  if (!isDirectory(directory)) {
    throw new SatchelError('drive-absent', `there is no directory ${directory}`, {
      hint: 'plug the drive in, or check the path',
    });
  }
  const folder = folderIn(directory);
  const bytes = isDirectory(folder) ? readSmall(path.join(folder, MARKER)) : undefined;
  if (bytes === undefined) throw noDrive(directory);
  const marker = decodeMarker(bytes);
  if (marker === 'damaged') throw damagedMarker(directory, folder);
  if (marker === 'foreign') throw foreignMarker(folder);
  return { ...marker, folder };
}

function noDrive(directory: string): SatchelError {
  return new SatchelError('no-drive', `${directory} is not a satchel drive`, {
    hint: `run "satchel drive init ${directory}" to make it one`,
  });
}

function damagedMarker(directory: string, folder: string): SatchelError {
  return new SatchelError('no-drive', `${path.join(folder, MARKER)} is damaged`, {
    hint: `"satchel drive init ${directory}" makes a drive of it again; "satchel import ${directory}" takes what lies there`,
  });
}

function foreignMarker(folder: string): SatchelError {
  return new SatchelError('no-drive', `${path.join(folder, MARKER)} is not a satchel drive's`, {
    hint: 'look at the file; satchel does not touch this folder',
  });
}

/** The folder of a drive in a directory; the directory itself, where the user named that one. */
function folderIn(directory: string): string {
  const absolute = path.resolve(directory);
  const isFolder = path.basename(absolute) === DRIVE_FOLDER && disk.exists(path.join(absolute, MARKER));
  return isFolder ? absolute : path.join(directory, DRIVE_FOLDER);
}

/**
 * Makes a drive of the directory; an existing one is left as it is and returned. One whose marker is damaged is made anew,
 * under another id, with all that lies in it.
 * @throws SatchelError `drive-absent`, `usage` for a label that cannot be one or a folder that is something else, `io`,
 * `no-space`
 */
export function createDrive(
  directory: string,
  options: { readonly label: string; readonly random: (size: number) => Buffer; readonly now: number },
): Drive {
  const existing = tryOpenDrive(directory);
  if (existing) return existing;
  if (!isLabel(options.label)) throw new SatchelError('usage', 'a label has 1 to 64 bytes and no control characters');
  const folder = path.join(directory, DRIVE_FOLDER);
  assertFree(folder);
  onDisk(`creating ${folder}`, () => disk.makeDirectories(peopleFolder({ folder })));
  const id = options.random(DRIVE_ID_DIGITS / 2).toString('hex');
  placeFile(path.join(folder, EXPLANATION), Buffer.from(README));
  const marker = { format: MARKER_FORMAT, id, label: options.label, created: new Date(options.now).toISOString() };
  placeFile(path.join(folder, MARKER), Buffer.from(`${JSON.stringify(marker, undefined, 1)}\n`));
  onDisk(`writing ${folder}`, () => disk.syncNames(directory));
  return openDrive(directory);
}

/** Passes folders that hold nothing but what an interrupted attempt, or a lost marker, leaves behind. */
function assertFree(folder: string): void {
  const names = disk.exists(folder) ? onDisk(`reading ${folder}`, () => disk.names(folder)) : [];
  const foreign = names.find((name) => !OUR_NAMES.test(name) && !(name === MARKER && holdsDamagedMarker(folder)));
  if (foreign === undefined) return;
  throw new SatchelError('usage', `${folder} is there already and holds ${foreign}`, {
    hint: 'a drive keeps its files in a folder of this name: make it in another directory',
  });
}

function holdsDamagedMarker(folder: string): boolean {
  const bytes = readSmall(path.join(folder, MARKER));
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

/** The folder with the cards of the people it serves. */
export function peopleFolder(drive: Pick<Drive, 'folder'>): string {
  return path.join(drive.folder, 'people');
}

/** Content of a small regular file; undefined when there is none. */
export function readSmall(file: string, most = MARKER_MAX): Buffer | undefined {
  try {
    const source = openFile(file);
    try {
      return source.size <= most ? source.read(0, source.size) : undefined;
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof SatchelError && (isMissing(error.cause) || error.code === 'not-a-file')) return undefined;
    throw error;
  }
}

/** Whether a directory itself is there; a link to one on the drive does not count. */
function isDirectory(directory: string): boolean {
  try {
    const stat = path.basename(directory) === DRIVE_FOLDER ? disk.statLink(directory) : disk.stat(directory);
    return stat?.isDirectory() === true;
  } catch (error) {
    if (isMissing(error)) return false;
    return onDisk(`opening ${directory}`, () => {
      throw error;
    });
  }
}

/**
 * What the marker says; `damaged` when it is ours and tells nothing any more, `foreign` when it is somebody else's.
 * @throws SatchelError `newer-version`
 */
export function decodeMarker(bytes: Buffer): Omit<Drive, 'folder'> | 'damaged' | 'foreign' {
  const { format, id, label } = parseMarker(bytes);
  if (typeof format === 'string' && format !== MARKER_FORMAT && /^satchel-drive\/\d+$/.test(format)) {
    throw new SatchelError('newer-version', `the drive has the format ${format}`, { hint: 'update satchel' });
  }
  if (format === MARKER_FORMAT && isHex(id, DRIVE_ID_DIGITS) && typeof label === 'string' && isLabel(label)) {
    return { id, label };
  }
  return wasOurs(bytes.toString('latin1').replace(/\s/g, '')) ? 'damaged' : 'foreign';
}

const MARKER_KEYS = ['format', 'id', 'label', 'created'] as const;
/** What every marker begins with, blanks aside. */
const OPENING = `{"format":"${MARKER_FORMAT}","id":"`;

/** Nothing and zeros are what a stick that was pulled out leaves; a cut marker begins as ours do, and a rotten one has most keys. */
function wasOurs(text: string): boolean {
  if (/^\0*$/.test(text) || OPENING.startsWith(text) || text.startsWith(OPENING)) return true;
  return MARKER_KEYS.filter((key) => text.includes(`"${key}"`)).length >= 2;
}

function parseMarker(bytes: Buffer): Partial<Record<(typeof MARKER_KEYS)[number], unknown>> {
  if (jsonExcess(bytes) !== undefined) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

const README = `This folder belongs to satchel, a program that carries conversations between
computers on media like this one.

*.satchel are bundles of signed messages; people/ holds the cards of the people
they are for. Nothing here runs by itself. If you found this medium, the kindest
thing is to give it back.
`;
