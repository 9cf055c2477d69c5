// What garbage collection noted for the next time: how far it has looked, and the packs that get no further commits, so
// that what is old and merged lies apart from what comes (spec/repository.md, "Garbage collection"). It lies in the index
// and goes with it: then more is looked at than need be.
import path from 'node:path';
import { readJsonIfGood, writeJsonLoosely } from '../files.js';

/** The note. */
export interface Tidied {
  /** Commits up to this number were looked at. */
  readonly arrival: number;
  /** What is still to be merged of these, in units of garbage collection. */
  readonly units: number;
  /** Packs up to this number get no further commits. */
  readonly sealed: number;
}

const NOTHING: Tidied = { arrival: 0, units: 0, sealed: 0 };

/** The latest note in an index's directory. */
export function readTidied(directory: string): Tidied {
  const value = readJsonIfGood(fileIn(directory));
  return isTidied(value) ? value : NOTHING;
}

/** Replaces the note. Only under the repository's lock. */
export function writeTidied(directory: string, tidied: Tidied): void {
  writeJsonLoosely(fileIn(directory), tidied);
}

function isTidied(value: unknown): value is Tidied {
  if (typeof value !== 'object' || value === null) return false;
  const { arrival, units, sealed } = value as Partial<Tidied>;
  return [arrival, units, sealed].every((one) => Number.isSafeInteger(one) && (one ?? -1) >= 0);
}

function fileIn(directory: string): string {
  return path.join(directory, 'tidied.json');
}
