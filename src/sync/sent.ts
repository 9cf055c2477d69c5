// How far housekeeping was sent to whom: it is never the only reason to send twice (spec/drive.md, "Coming to rest").
import path from 'node:path';
import type { LogId, PersonId } from '../format/ids.js';
import { readJson, writeJson } from '../repository/files.js';
import type { Repository } from '../repository/repository.js';
import type { PendingLog } from './pending.js';

/** For each log the length up to which its entries were sent to one person. */
export type Sent = ReadonlyMap<LogId, number>;

type Stored = Record<string, Record<string, number>>;

/** What was sent to a person. */
export function readSent(repository: Repository, person: PersonId): Sent {
  return new Map(Object.entries(readStored(repository)[person] ?? {})) as ReadonlyMap<unknown, number> as Sent;
}

/** Whether every pending entry was sent before. */
export function wasSent(sent: Sent, pending: readonly PendingLog[]): boolean {
  return pending.every(({ log, ranges }) => (sent.get(log) ?? 0) >= Math.max(...ranges.map((range) => range.end)));
}

/** Notes that these entries were sent; what is no longer pending is forgotten, so the note stays small. */
export function noteSent(repository: Repository, person: PersonId, pending: readonly PendingLog[]): void {
  const ends = pending.map(({ log, ranges }) => [log, Math.max(...ranges.map((range) => range.end))]);
  writeJson(sentFile(repository), { ...readStored(repository), [person]: Object.fromEntries(ends) });
}

function readStored(repository: Repository): Stored {
  const value = readJson(sentFile(repository));
  return typeof value === 'object' && value !== null ? (value as Stored) : {};
}

function sentFile(repository: Repository): string {
  return path.join(repository.layout.journal, 'sent.json');
}
