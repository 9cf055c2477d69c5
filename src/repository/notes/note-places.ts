// Where the notes of what was written are kept: state of this user on this machine, never inside a repository, and a copy
// where backups of homes do not reach (spec/repository.md, "Restored and copied repositories").

import os from 'node:os';
import path from 'node:path';
import { disk } from '../disk.js';

/** The directory for the notes; it need not be there. */
export function stateDirectory(env: NodeJS.ProcessEnv): string {
  const own = env['SATCHEL_STATE_DIR'];
  if (own) return own;
  const base = env['XDG_STATE_HOME'] || env['LOCALAPPDATA'] || path.join(os.homedir(), '.local', 'state');
  return path.join(base, 'satchel');
}

/** The directory for the second copies; undefined where there is to be none. */
export function stateCopyDirectory(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['SATCHEL_STATE_COPY'];
  if (named !== undefined) return named || undefined;
  // who says where the notes are to be wants none elsewhere: it may be on a stick, in somebody else's computer
  if (env['SATCHEL_STATE_DIR']) return undefined;
  if (process.platform === 'win32') return env['ProgramData'] ? path.join(env['ProgramData'], 'satchel') : undefined;
  const user = process.getuid?.();
  return user === undefined || !isDirectory(SHARED) ? undefined : path.join(SHARED, `satchel-${user}`);
}

/** Whether nobody else can have put anything into the directory; what the system cannot tell is believed. */
export function isOurOwn(directory: string): boolean {
  try {
    const stat = disk.statLink(directory);
    if (!stat?.isDirectory()) return false;
    return process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o077) === 0);
  } catch {
    return false;
  }
}

function isDirectory(place: string): boolean {
  try {
    return disk.stat(place)?.isDirectory() === true;
  } catch {
    return false;
  }
}

/** Kept when the machine starts anew, and left out of backups of homes. */
const SHARED = '/var/tmp';
