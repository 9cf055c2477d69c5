// How far housekeeping was sent to whom: it is never the only reason to send twice (spec/drive.md, "Coming to rest").
import path from 'node:path';
import type { LogId } from '../format/ids.js';
import { readJsonIfGood, writeJsonLoosely } from '../repository/files.js';
import type { Repository } from '../repository/repository.js';
import type { PendingLog } from './pending.js';

/** For each log the length up to which its entries were sent to one person. */
export type Sent = ReadonlyMap<LogId, number>;

/** Beside the destinations: no person and no drive is called so. */
const STATED = 'stated';

type Stored = Record<string, Record<string, number>>;

/** What was sent to a destination: a person, or a person by way of a drive. */
export function readSent(repository: Repository, destination: string): Sent {
  return new Map(Object.entries(readStored(repository)[destination] ?? {})) as ReadonlyMap<unknown, number> as Sent;
}

/** Whether every pending entry was sent before. */
export function wasSent(sent: Sent, pending: readonly PendingLog[]): boolean {
  return pending.every(({ log, ranges }) => (sent.get(log) ?? 0) >= Math.max(...ranges.map((range) => range.end)));
}

/** How many messages of others our latest statement to a destination covered, in topics without acknowledgements. */
export function readStated(repository: Repository, destination: string): number {
  return readStored(repository)[STATED]?.[destination] ?? 0;
}

/** Notes what was sent to whom; what is no longer pending is forgotten, so the note stays small. */
export function noteSent(
  repository: Repository,
  sent: ReadonlyMap<string, readonly PendingLog[]>,
  statedMessages: number,
): void {
  const stored = readStored(repository);
  const stated = { ...stored[STATED] };
  for (const [destination, logs] of sent) {
    stated[destination] = statedMessages;
    stored[destination] = Object.fromEntries(
      logs.map(({ log, ranges }) => [log, Math.max(...ranges.map((range) => range.end))]),
    );
  }
  writeJsonLoosely(sentFile(repository), { ...stored, [STATED]: stated });
}

function readStored(repository: Repository): Stored {
  const value = readJsonIfGood(sentFile(repository));
  return typeof value === 'object' && value !== null ? (value as Stored) : {};
}

function sentFile(repository: Repository): string {
  return path.join(repository.layout.journal, 'sent.json');
}
