// Messages hidden here, and nowhere else (spec/repository.md, "refs/hidden.json").
import type { EntryId } from '../../format/ids.js';
import { layoutOf } from '../../repository/layout.js';
import { readState, writeState } from '../../repository/state.js';

/**
 * The messages this user does not want to see.
 * @throws SatchelError `damaged` when the file is malformed
 */
export function readHidden(dir: string): ReadonlySet<EntryId> {
  return new Set(readState(layoutOf(dir), 'hidden')?.hidden);
}

/** Replaces the list, durably. */
export function writeHidden(dir: string, hidden: ReadonlySet<EntryId>): void {
  writeState(layoutOf(dir), 'hidden', { hidden: [...hidden] });
}
