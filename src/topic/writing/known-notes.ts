// What the repository knows of its notes: which are its own, when their files were made, and how far accusations by that
// alone are believed (spec/repository.md, "Restored and copied repositories"). It may be lost: then copies go unnoticed by it.
import type { Layout } from '../../repository/layout.js';
import { fileOfState, readState, type Stored, writeState } from '../../repository/state.js';

/** A note on this or another host. */
export interface KnownNote {
  /** The epoch in which it was made. */
  readonly name: string;
  /** Birth time of its file, ns; undefined where there is none to go by. */
  readonly birth: bigint | undefined;
}

/** When birth times alone were last believed to tell a copy, and how many own logs contradicted themselves by then. */
export interface Belief {
  readonly at: number;
  readonly contradicted: number;
}

/** All that is known of notes. */
export interface KnownNotes {
  /** The newest last. */
  readonly notes: readonly KnownNote[];
  readonly belief: Belief | undefined;
  /** When birth times were last found to tell nothing here; undefined when they never were. */
  readonly offSince: number | undefined;
}

/** A repository on a stick has a note on each host; of so many it keeps the birth time. */
const NOTES_MAX = 32;
/** What is synchronised between machines tells of a copy each day. */
const BELIEF_MS = 30 * 86_400_000;

/** What is known; nothing when the file is missing or not readable. */
export function readKnownNotes(layout: Layout): KnownNotes {
  const { notes = [], belief, offSince } = readState(layout, 'notes') ?? ({} as Partial<Stored<'notes'>>);
  return {
    notes: notes.map(({ name, birth }) => ({ name, birth: birth === undefined ? birth : BigInt(birth) })),
    belief,
    offSince,
  };
}

/** Replaces it, durably. Only under the repository's lock. */
export function writeKnownNotes(layout: Layout, { notes, belief, offSince }: KnownNotes): void {
  const list = notes.slice(-NOTES_MAX).map(({ name, birth }) => ({ name, birth: birth?.toString() }));
  writeState(layout, 'notes', { notes: list, belief, offSince });
}

/** Until when birth times are not believed; undefined when they are. */
export function disbelievedUntil({ offSince }: KnownNotes, now: number): number | undefined {
  return offSince === undefined || isOver(offSince, now) ? undefined : offSince + BELIEF_MS;
}

/** Whether what was found about birth times at a moment counts no longer, whichever way the clock went. */
export function isOver(moment: number, now: number): boolean {
  return Math.abs(now - moment) >= BELIEF_MS;
}

/** The file; without it birth times count again. */
export function fileOfKnownNotes(layout: Layout): string {
  return fileOfState(layout, 'notes');
}
