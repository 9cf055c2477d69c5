// Messages hidden here, and nowhere else (spec/repository.md, "refs/hidden.json").
import path from 'node:path';
import type { EntryId } from '../../format/ids.js';
import { fieldsOf, isId, malformed } from '../../identity/json-shape.js';
import { readJson, writeJson } from '../../repository/files.js';
import { layoutOf } from '../../repository/layout.js';

/**
 * The messages this user does not want to see.
 * @throws SatchelError `damaged` when the file is malformed
 */
export function readHidden(dir: string): ReadonlySet<EntryId> {
  const file = hiddenFile(dir);
  const value = readJson(file);
  if (value === undefined) return new Set();
  const { hidden } = fieldsOf(value);
  if (!Array.isArray(hidden) || !hidden.every(isId<EntryId>)) throw malformed(file, 'has no list of message ids');
  return new Set(hidden);
}

/** Replaces the list, durably. */
export function writeHidden(dir: string, hidden: ReadonlySet<EntryId>): void {
  writeJson(hiddenFile(dir), { hidden: [...hidden] });
}

function hiddenFile(dir: string): string {
  return path.join(layoutOf(dir).refs, 'hidden.json');
}
