// By which freezes the index was derived, so that it can be derived anew when proofs came or went without it
// (spec/repository.md, "Storing a segment"). The note lies in the index and goes with it.
import type { LogId } from '../../format/ids.js';
import type { Layout } from '../layout.js';
import { readState, writeState } from '../state.js';

type Frozen = ReadonlyMap<LogId, number>;

/** Whether the index was derived by these freezes. */
export function isNotedFrozen(layout: Layout, frozen: Frozen): boolean {
  return movedLogs(layout, frozen).length === 0;
}

/** The logs that were frozen elsewhere, or not at all, when the index was derived. */
export function movedLogs(layout: Layout, frozen: Frozen): LogId[] {
  const noted = readNote(layout);
  return [...new Set([...noted.keys(), ...frozen.keys()])].filter((log) => noted.get(log) !== frozen.get(log));
}

/** Replaces the note; without room for it the index is derived once more. Only under the repository's lock. */
export function noteFrozen(layout: Layout, frozen: Frozen): void {
  if (isNotedFrozen(layout, frozen)) return;
  writeState(layout, 'frozen', Object.fromEntries(frozen));
}

function readNote(layout: Layout): Frozen {
  return new Map(Object.entries(readState(layout, 'frozen') ?? {}) as [LogId, number][]);
}
