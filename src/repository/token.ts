// A small note outside the repository of how far this device has written its logs: a repository that is behind its note
// was restored from a copy, one without its note was cloned (spec/repository.md, "Restored and cloned repositories").
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { EntryId, LogId } from '../format/ids.js';
import type { LogEnd } from '../format/segment-writer.js';
import { readIfThere, writeAtomic } from './files.js';
import { makeDirectory } from './make-directory.js';

/** What the note says of one log. */
export interface Noted {
  readonly length: number;
  readonly id: EntryId;
}

/** Directory for the notes: state of this user on this machine, never inside a repository. */
export function stateDirectory(env: NodeJS.ProcessEnv): string {
  const own = env['SATCHEL_STATE_DIR'];
  if (own) return own;
  const base = env['XDG_STATE_HOME'] ?? env['LOCALAPPDATA'] ?? path.join(os.homedir(), '.local', 'state');
  return path.join(base, 'satchel');
}

/** The note of this epoch; undefined when there is none. */
export function readToken(directory: string, epoch: string): ReadonlyMap<LogId, Noted> | undefined {
  const text = readIfThere(tokenFile(directory, epoch))?.toString('utf8');
  if (text === undefined) return undefined;
  const noted = new Map<LogId, Noted>();
  for (const line of text.split('\n')) {
    const [, log, length, id] = /^([0-9a-f]{64}) (\d+) ([0-9a-f]{64})$/.exec(line) ?? [];
    if (log && length && id) noted.set(log as LogId, { length: Number(length), id: id as EntryId });
  }
  return noted;
}

/** Notes how far the logs are written. False where no such place can be written: then restored copies go unnoticed. */
export function writeToken(directory: string, epoch: string, ends: Iterable<LogEnd>): boolean {
  const noted = new Map(readTokenOrNone(directory, epoch));
  for (const { log, length, id } of ends) noted.set(log, { length, id });
  const lines = [...noted].map(([log, { length, id }]) => `${log} ${length} ${id}\n`);
  const file = tokenFile(directory, epoch);
  try {
    makeDirectory(path.dirname(directory));
    if (!fs.existsSync(directory)) fs.mkdirSync(directory, { mode: 0o700 });
    // the first one is made durable; after a power cut a later one is at worst behind, and that accuses nobody
    writeAtomic(file, lines.join(''), { mode: 0o600, durable: !fs.existsSync(file) });
    return true;
  } catch {
    return false;
  }
}

function readTokenOrNone(directory: string, epoch: string): ReadonlyMap<LogId, Noted> {
  try {
    return readToken(directory, epoch) ?? new Map();
  } catch {
    return new Map();
  }
}

function tokenFile(directory: string, epoch: string): string {
  return path.join(directory, epoch);
}
