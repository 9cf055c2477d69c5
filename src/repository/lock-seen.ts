// For how long this machine has seen a lock unchanged, where nobody can tell whether its owner is still there: by the time
// that the machine runs, which no wrong clock moves (spec/repository.md, "Lock").
import { hash } from 'node:crypto';
import os from 'node:os';
import { disk } from './disk.js';
import { thisProcess } from './lock-owner.js';
import { fillFile } from './store/fully.js';

interface Seen {
  /** What the lock looked like. */
  readonly look: string;
  readonly boot: string;
  /** Seconds since the machine started, when it was seen so first. */
  readonly since: number;
}

/** What a lock file looks like: its bytes and times; undefined when there is none. */
export function lookOf(file: string): { readonly bytes: Buffer; readonly look: string } | undefined {
  try {
    const bytes = disk.content(file);
    const stat = disk.stat(file);
    if (!stat) return undefined;
    return { bytes, look: `${hash('sha256', bytes, 'hex')} ${stat.size} ${stat.mtimeMs}` };
  } catch {
    // gone, or not to be read at this moment
    return undefined;
  }
}

/** Seconds for which the lock was seen as it looks now; notes that it was seen. */
export function secondsUnchanged(file: string, look: string): number {
  const note = noteFile(file);
  const { boot } = thisProcess();
  const now = os.uptime();
  const before = readSeen(note);
  if (before?.look === look && before.boot === boot && before.since !== undefined && before.since <= now)
    return now - before.since;
  try {
    fillFile(note, 'replacing', JSON.stringify({ look, boot, since: now } satisfies Seen));
  } catch {
    // whoever cannot write here takes no lock either
  }
  return 0;
}

/** Forgets what was seen. */
export function forgetSeen(file: string): void {
  disk.remove(noteFile(file));
}

/** What was noted before; a note that is torn says nothing. */
function readSeen(note: string): Partial<Seen> | undefined {
  try {
    return JSON.parse(disk.content(note).toString('utf8')) as Partial<Seen>;
  } catch {
    return undefined;
  }
}

/** Each machine that uses the repository has its own. */
function noteFile(file: string): string {
  return `${file}.seen-${hash('sha256', os.hostname(), 'hex').slice(0, 10)}`;
}
