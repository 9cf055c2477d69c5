// How far housekeeping was sent to whom: it is never the only reason to send twice (spec/drive.md, "Coming to rest").
import path from 'node:path';
import type { LogId, PersonId } from '../format/ids.js';
import { readJsonIfGood, writeJsonLoosely } from '../repository/files.js';
import type { Repository } from '../repository/repository.js';
import type { Pending, PendingLog } from './pending.js';

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

/** Notes what was sent to whom; what is no longer pending is forgotten, so the note stays small. */
export function noteSent(repository: Repository, sent: Iterable<Pending>): void {
  const stored = readStored(repository);
  for (const { person, logs } of sent) {
    stored[person] = Object.fromEntries(
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
