// What of a repository goes into a backup, by paths below `.satchel` (spec/backup.md, "Members").
import path from 'node:path';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import type { Layout } from '../../repository/layout.js';

/** Folders all of whose files go along, with what is in them; of the keys those of private topics, which sign nothing. */
const FOLDERS = ['refs', 'objects', 'journal', 'proofs', 'pasts', 'quarantine', 'keys/topics'];
/** What is about this device and this place alone, or of work that was under way. */
const LEFT_OUT = new Set([
  'refs/self.json',
  'refs/state',
  'refs/notes.json',
  'refs/renewal.json',
  'journal/pending-statements.json',
  'objects/packs/exchange.json',
]);
const NAME_MAX = 255;
const DEPTH_MAX = 4;
/** No name leads elsewhere, and each may stand on any file system. */
const PART = /^[0-9A-Za-z][0-9A-Za-z.-]*$/;

/** Whether a member of that name may be part of a backup, and be restored. */
export function isBackupName(name: string): boolean {
  const parts = name.split('/');
  const isWellFormed = name.length <= NAME_MAX && parts.length <= DEPTH_MAX && parts.every((part) => PART.test(part));
  if (!isWellFormed || name.endsWith('.tmp') || name.endsWith('.lock') || LEFT_OUT.has(name)) return false;
  return name === 'HEAD' || FOLDERS.some((folder) => name.startsWith(`${folder}/`));
}

/** The files of a repository that go into a backup, sorted. @throws SatchelError `io` */
export function backupNames({ root }: Layout): string[] {
  const found = FOLDERS.flatMap((folder) => namesBelow(root, folder));
  return ['HEAD', ...found].filter((name) => isBackupName(name) && isFile(path.join(root, name))).sort();
}

function namesBelow(root: string, folder: string): string[] {
  const directory = path.join(root, folder);
  return onDisk(`reading ${directory}`, () => {
    if (disk.statLink(directory)?.isDirectory() !== true) return [folder];
    return disk.names(directory).flatMap((name) => namesBelow(root, `${folder}/${name}`));
  });
}

function isFile(file: string): boolean {
  return onDisk(`reading ${file}`, () => disk.statLink(file)?.isFile() === true);
}
