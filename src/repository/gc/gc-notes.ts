// What garbage collection noted for the next time: how far it has looked, and the packs that get no further commits, so
// that what is old and merged lies apart from what comes (spec/repository.md, "Garbage collection"). It lies in the index
// and goes with it: then more is looked at than need be.
import type { Layout } from '../layout.js';
import { readState, writeState } from '../state.js';

/** The note. */
export interface GcNotes {
  /** Commits up to this number were looked at. */
  readonly arrival: number;
  /** What is still to be merged of these, in units of garbage collection. */
  readonly units: number;
  /** Packs up to this number get no further commits. */
  readonly sealed: number;
}

const NOTHING: GcNotes = { arrival: 0, units: 0, sealed: 0 };

/** The latest note. */
export function readGcNotes(layout: Layout): GcNotes {
  return readState(layout, 'tidied') ?? NOTHING;
}

/** Replaces the note. Only under the repository's lock. */
export function writeGcNotes(layout: Layout, tidied: GcNotes): void {
  writeState(layout, 'tidied', tidied);
}
