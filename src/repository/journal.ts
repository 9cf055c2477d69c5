// What happened here and can't be derived from the logs: local, append-only, bounded (spec/repository.md, "Journal").
// Losing it loses the history of visits, never a message.

import path from 'node:path';
import { disk } from './disk.js';
import { diskError, isMissing, onDisk } from './files.js';
import type { Layout } from './layout.js';
import { noteUnwritten } from './state/unwritten.js';
import { fillFile } from './store/fully.js';

/** An event file that has grown to this many bytes is put aside; the one put aside before goes. */
const EVENTS_MAX = 4 * 1_048_576;

/** One thing that happened: `at` in ms, a type word, and what belongs to it. */
export interface JournalEvent {
  readonly at: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The type of an event: something was lost here to rot. */
export const DAMAGE = 'damage';

/** Own exports stand apart, so that no number of bundles from strangers pushes them out. */
export type JournalName = 'events' | 'exports';

/** Adds an event, if the disk lets it be written. Not synced: the journal may lose its last lines in a power cut. */
export function appendEvent(layout: Layout, event: JournalEvent, name: JournalName = 'events'): void {
  const file = path.join(layout.journal, name);
  const append = (): void => {
    disk.makeDirectories(layout.journal);
    if ((disk.stat(file)?.size ?? 0) > EVENTS_MAX) disk.rename(file, `${file}.1`);
    fillFile(file, 'adding', `${JSON.stringify(event)}\n`);
  };
  noteUnwritten(file, () => onDisk(`writing ${file}`, append));
}

/** The events that are left, oldest first; a torn line is passed over. */
export function readEvents(layout: Layout, name: JournalName = 'events'): JournalEvent[] {
  const file = path.join(layout.journal, name);
  return [`${file}.1`, file].flatMap(linesOf).flatMap(parseEvent);
}

function linesOf(file: string): string[] {
  try {
    return disk.content(file).toString('utf8').split('\n');
  } catch (error) {
    if (isMissing(error)) return [];
    throw diskError(`reading ${file}`, error);
  }
}

function parseEvent(line: string): JournalEvent[] {
  try {
    const event: unknown = JSON.parse(line);
    return isEvent(event) ? [event] : [];
  } catch {
    return [];
  }
}

function isEvent(value: unknown): value is JournalEvent {
  const { at, type } = (value ?? {}) as Partial<JournalEvent>;
  return Number.isFinite(at) && typeof type === 'string';
}
