// Removing what interrupted visits left on a drive (spec/drive.md, "A visit").

import path from 'node:path';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import type { Session } from '../session.js';
import { partialStem } from './add.js';
import { type Drive, peopleFolder } from './drive.js';
import { PARTIAL, removeFile } from './place.js';

/** A partial file of somebody else is taken for abandoned after this long. */
const ABANDONED_MS = 3_600_000;

/** Removes our own at once, since no other visit of ours is going on, and others' when old; true when there was any. */
export function clearPartials(session: Session, drive: Drive): boolean {
  const folders = [drive.folder, peopleFolder(drive)].filter(isDirectory);
  return folders.map((folder) => clearIn(folder, session)).includes(true);
}

/** A link on a drive leads anywhere. */
function isDirectory(folder: string): boolean {
  return onDisk(`reading ${folder}`, () => disk.statLink(folder))?.isDirectory() === true;
}

function clearIn(folder: string, session: Session): boolean {
  const own = partialStem(session);
  const now = session.repository.world.now();
  let isCleared = false;
  for (const name of onDisk(`reading ${folder}`, () => disk.names(folder))) {
    if (!PARTIAL.test(name)) continue;
    const file = path.join(folder, name);
    const stat = onDisk(`reading ${file}`, () => disk.statLink(file));
    if (!stat || stat.isDirectory()) continue;
    if (!name.startsWith(own) && now - stat.mtimeMs <= ABANDONED_MS) continue;
    isCleared = true;
    removeFile(file);
  }
  return isCleared;
}
