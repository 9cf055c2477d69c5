// How far housekeeping was sent to whom: it is never the only reason to send twice (spec/drive.md, "Coming to rest").
import path from 'node:path';
import type { LogId } from '../format/ids.js';
import { readJsonIfGood, writeJsonLoosely } from '../repository/files.js';
import type { Repository } from '../repository/repository.js';
import type { PendingLog } from './pending.js';

/** For each log the length up to which its entries were sent to one person. */
export type Sent = ReadonlyMap<LogId, number>;

type Stored = Record<string, Record<string, number>>;

/** What was sent to a destination: a person, or a person by way of a drive. */
export function readSent(repository: Repository, destination: string): Sent {
  return new Map(Object.entries(readStored(repository)[destination] ?? {})) as ReadonlyMap<unknown, number> as Sent;
}

/** Whether every pending entry was sent before. */
export function wasSent(sent: Sent, pending: readonly PendingLog[]): boolean {
  return pending.every(({ log, ranges }) => (sent.get(log) ?? 0) >= Math.max(...ranges.map((range) => range.end)));
}

/** Notes what was sent to whom; what is no longer pending is forgotten, so the note stays small. */
export function noteSent(repository: Repository, sent: ReadonlyMap<string, readonly PendingLog[]>): void {
  const stored = readStored(repository);
  for (const [destination, logs] of sent) {
    stored[destination] = Object.fromEntries(
      logs.map(({ log, ranges }) => [log, Math.max(...ranges.map((range) => range.end))]),
    );
  }
  writeJsonLoosely(sentFile(repository), stored);
}

function readStored(repository: Repository): Stored {
  const value = readJsonIfGood(sentFile(repository));
  return typeof value === 'object' && value !== null ? (value as Stored) : {};
}

function sentFile(repository: Repository): string {
  return path.join(repository.layout.journal, 'sent.json');
}
