// Whom we owe word: whoever sent us messages that we held already does not know that we hold them, because the bundle
// that said so was lost or had no room for it (spec/bundle.md, "Coming to rest").
import path from 'node:path';
import type { DeviceKey, LogId } from '../../format/ids.js';
import { readJsonIfGood, writeJsonLoosely } from '../../repository/files.js';
import type { Repository } from '../../repository/repository.js';

/** Logs owed to one device, at most; for more it sends again. */
const LOGS_MAX = 4_096;

type Stored = Record<string, readonly LogId[]>;

/** Logs of which the device is to hear what we hold, the latest first. */
export function readOwed(repository: Repository, device: DeviceKey): readonly LogId[] {
  return readStored(repository)[device] ?? [];
}

/** Notes that the device does not know what we hold of these logs. */
export function noteOwed(repository: Repository, device: DeviceKey, logs: readonly LogId[]): void {
  if (logs.length === 0) return;
  const stored = readStored(repository);
  const owed = [...new Set([...logs, ...(stored[device] ?? [])])].slice(0, LOGS_MAX);
  writeJsonLoosely(owedFile(repository), { ...stored, [device]: owed });
}

/** Notes that a bundle for the devices says what we hold of some logs. */
export function noteTold(repository: Repository, devices: readonly DeviceKey[], isTold: (log: LogId) => boolean): void {
  const stored = readStored(repository);
  const told = devices.filter((device) => stored[device]);
  if (told.length === 0) return;
  for (const device of told) {
    const rest = (stored[device] ?? []).filter((log) => !isTold(log));
    if (rest.length > 0) stored[device] = rest;
    else delete stored[device];
  }
  writeJsonLoosely(owedFile(repository), stored);
}

function readStored(repository: Repository): Stored {
  const value = readJsonIfGood(owedFile(repository));
  return typeof value === 'object' && value !== null ? (value as Stored) : {};
}

function owedFile(repository: Repository): string {
  return path.join(repository.layout.journal, 'owed.json');
}
