// By which freezes the index was derived, so that it can be derived anew when proofs came or went without it
// (spec/repository.md, "Storing a segment"). The note lies in the index and goes with it.
import path from 'node:path';
import type { LogId } from '../../format/ids.js';
import { couldWrite, readJsonIfGood, writeJsonLoosely } from '../files.js';

type Frozen = ReadonlyMap<LogId, number>;

/** Whether the index in a directory was derived by these freezes. */
export function isNotedFrozen(directory: string, frozen: Frozen): boolean {
  return movedLogs(directory, frozen).length === 0;
}

/** The logs that were frozen elsewhere, or not at all, when the index was derived. */
export function movedLogs(directory: string, frozen: Frozen): LogId[] {
  const noted = readNote(directory);
  return [...new Set([...noted.keys(), ...frozen.keys()])].filter((log) => noted.get(log) !== frozen.get(log));
}

/** Replaces the note; without room for it the index is derived once more. Only under the repository's lock. */
export function noteFrozen(directory: string, frozen: Frozen): void {
  if (isNotedFrozen(directory, frozen)) return;
  couldWrite(() => writeJsonLoosely(fileIn(directory), Object.fromEntries(frozen)));
}

function readNote(directory: string): Frozen {
  const value = readJsonIfGood(fileIn(directory));
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).filter(([, freeze]) => Number.isSafeInteger(freeze)) as [LogId, number][]);
}

function fileIn(directory: string): string {
  return path.join(directory, 'frozen.json');
}
