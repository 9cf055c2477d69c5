// Which small files are bad: what `check` reports, and what can be set aside (spec/repository.md, "Check").

import path from 'node:path';
import { disk } from '../disk.js';
import { namesIn, onDisk } from '../files.js';
import type { Layout } from '../layout.js';
import { findState, isSealed, misfitOf, readState } from '../state.js';
import { entryOf, type StateKind, type StateName, stateAt } from './table.js';

/** A small file that is bad, or gone. */
export interface BadState {
  /** What it is called in the program. */
  readonly name: StateName;
  /** Its path below `.satchel`, with slashes. */
  readonly at: string;
  readonly file: string;
  readonly kind: StateKind;
  /** In words, lower case, to stand behind the file. */
  readonly problem: string;
  /** Something was decided in it, and it is not there any more: what was decided counts no longer. */
  readonly isGone: boolean;
  /** What its user can do. */
  readonly wayOn: string;
}

/** Directories with small files, and how deep they lie below. */
const PLACES: readonly (readonly [string, number])[] = [
  ['', 0],
  ['refs', 1],
  ['objects/packs', 0],
  ['journal', 2],
  ['index', 1],
  ['quarantine', 0],
];

/**
 * Every bad small file; those that were decided can only be restored or decided anew, derived ones may be removed.
 * `loadShapes` must have been awaited.
 * @throws SatchelError `io`
 */
export function badStateFiles(layout: Layout): BadState[] {
  const names = PLACES.flatMap(([place, depth]) => filesBelow(layout, place, depth));
  const bad = names.flatMap((at) => badAt(layout, at));
  const there = new Set(names);
  const gone = (readState(layout, 'written')?.decided ?? []).filter((at) => !there.has(at));
  return [...bad, ...gone.flatMap((at) => describe(layout, at, GONE))];
}

const GONE = 'is not there any more: what was decided in it counts no longer';

function badAt(layout: Layout, at: string): BadState[] {
  const name = stateAt(at);
  // version 0.1 had it in another form, which counts as absent
  if (name === 'acks' && !isSealed(layout)) return [];
  const found = name && findState(layout, name, at);
  if (!found) return [];
  const problem = 'value' in found ? misfitOf(name, found.value) : found.problem;
  return problem === undefined ? [] : describe(layout, at, problem);
}

function describe(layout: Layout, at: string, problem: string): BadState[] {
  const name = stateAt(at);
  if (!name) return [];
  const { kind, wayOn } = entryOf(name);
  return [{ name, at, file: path.join(layout.root, at), kind, problem, isGone: problem === GONE, wayOn }];
}

/** Paths below `.satchel` of the files in a directory and so many levels below it. */
function filesBelow(layout: Layout, place: string, depth: number): string[] {
  return namesIn(path.join(layout.root, place)).flatMap((name) => {
    const at = place === '' ? name : `${place}/${name}`;
    if (isDirectory(path.join(layout.root, at))) return depth > 0 ? filesBelow(layout, at, depth - 1) : [];
    return [at];
  });
}

/** Paths below `.satchel` of every small file that is there. */
export function stateFiles(layout: Layout): string[] {
  return PLACES.flatMap(([place, depth]) => filesBelow(layout, place, depth)).filter((at) => stateAt(at));
}

function isDirectory(place: string): boolean {
  return onDisk(`looking at ${place}`, () => disk.statLink(place))?.isDirectory() === true;
}
