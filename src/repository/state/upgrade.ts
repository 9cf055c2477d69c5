// Small files of version 0.1 become files with a checksum, before anything is written that 0.1 could misread
// (spec/repository.md, "Small files"). Whoever is killed in the middle leaves the rest to the next command.

import path from 'node:path';
import { disk } from '../disk.js';
import { onDisk, readIfThere, writeAtomic } from '../files.js';
import { renewFormat } from '../format.js';
import type { Layout } from '../layout.js';
import {
  fileOfState,
  findState,
  hasShapes,
  isSealed,
  misfitOf,
  type Stored,
  writeState,
  writeWritten,
} from '../state.js';
import { stateFiles } from './bad-state.js';
import { sealState, unsealState } from './checksum.js';
import { entryOf, STATE_TABLE, type StateEntry, stateAt } from './table.js';

/** Of version 0.1, and written anew in another form. */
const OLD = ['journal/sent.json', 'journal/owed.json', 'index/acks'];

/**
 * Gives every small file of the repository a checksum, durably; from then on one without is bad. What is bad already stays
 * as it is. Only under the repository's lock.
 */
export function sealStateFiles(layout: Layout): void {
  if (isSealed(layout) || !hasShapes()) return;
  renewFormat(layout);
  moveFiles(layout);
  mergePending(layout);
  for (const at of OLD) onDisk(`removing ${at}`, () => disk.removeTree(path.join(layout.root, at)));
  const files = stateFiles(layout);
  for (const at of files) seal(layout, at);
  writeWritten(
    layout,
    files.filter((at) => isDecided(at)),
  );
}

/** Also what is bad: it stays bad in its new place. */
function moveFiles(layout: Layout): void {
  for (const { at, before } of Object.values<StateEntry>(STATE_TABLE)) {
    const [from, to] = [path.join(layout.root, before ?? at), path.join(layout.root, at)];
    if (from !== to && disk.exists(from)) onDisk(`renaming ${from}`, () => disk.rename(from, to));
  }
}

function seal(layout: Layout, at: string): void {
  const name = stateAt(at);
  const bytes = readIfThere(path.join(layout.root, at));
  if (!name || !bytes || !('problem' in unsealState(at, bytes))) return;
  const found = findState(layout, name, at);
  if (!found || 'problem' in found) return;
  writeAtomic(path.join(layout.root, at), sealState(at, bytes), { durable: entryOf(name).isDurable ?? false });
}

function isDecided(at: string): boolean {
  const name = stateAt(at);
  return name !== undefined && entryOf(name).kind === 'decided';
}

/** What was sent, and what was owed, lay apart. */
function mergePending(layout: Layout): void {
  const [sent, owed] = [readOld(layout, 'sent.json'), readOld(layout, 'owed.json')];
  if ((!sent && !owed) || disk.exists(fileOfState(layout, 'pendingStatements'))) return;
  const { stated = {}, wanted = {}, ...destinations } = (sent ?? {}) as Record<string, Record<string, number>>;
  const merged = { sent: destinations, stated, wanted, owed: owed ?? {} } as Stored<'pendingStatements'>;
  if (misfitOf('pendingStatements', merged) === undefined) writeState(layout, 'pendingStatements', merged);
}

function readOld(layout: Layout, name: string): object | undefined {
  const bytes = readIfThere(path.join(layout.journal, name));
  try {
    const value: unknown = bytes && JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
