// What was lost here to rot, as far as it is known, so that it is told as such, asked for, and never claimed
// (spec/repository.md, "Rot"). It can't be derived once the packs are rewritten without it, and may be lost: then what is
// missing looks like any other gap.
import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { subtractRanges, unionRanges } from '../index/held.js';
import type { IntroductionRecord } from '../index/introduction-record.js';
import type { Layout } from '../layout.js';
import { readState, type Stored, writeState } from '../state.js';

/** What is known of it. */
export interface Damage {
  /** When some was found last, ms. */
  readonly at: number;
  /** The newest commit there was then: later ones get higher numbers. */
  readonly arrival: number;
  /** Entries of each log that were held, and could not be read any more. */
  readonly lost: ReadonlyMap<LogId, readonly Range[]>;
  /** Those of them that their user had read before: they are not unread when they come again. */
  readonly read: ReadonlyMap<LogId, readonly Range[]>;
  /** Bytes of packs of which nobody knows what they held, because there was no index. */
  readonly unknownBytes: number;
  /** Whose logs they are whose introductions were lost. */
  readonly introductions: readonly IntroductionRecord[];
  /** Names of the packs that were set aside, in the quarantine. */
  readonly setAside: readonly string[];
  /** Its user was told what to do about it, by `repair`. */
  readonly isTold: boolean;
}

const NONE: Damage = {
  ...{ at: 0, arrival: 0, lost: new Map(), read: new Map(), unknownBytes: 0 },
  ...{ introductions: [], setAside: [], isTold: false },
};

/** The note; of a repository without damage, one that says nothing. */
export function readDamage(layout: Layout): Damage {
  const stored = readState(layout, 'damage');
  return stored ? decode(stored) : NONE;
}

/** Adds what was found now to the note, durably. Only under the repository's lock. */
export function addDamage(layout: Layout, found: Omit<Damage, 'isTold'>): void {
  const before = readDamage(layout);
  const known = new Map(before.introductions.map((one) => [one.log, one]));
  for (const one of found.introductions) known.set(one.log, one);
  writeDamage(layout, {
    at: found.at,
    arrival: Math.max(before.arrival, found.arrival),
    lost: merged(before.lost, found.lost),
    read: merged(before.read, found.read),
    unknownBytes: before.unknownBytes + found.unknownBytes,
    introductions: [...known.values()],
    setAside: [...new Set([...before.setAside, ...found.setAside])],
    isTold: false,
  });
}

/** Replaces the note, durably. Only under the repository's lock. */
export function writeDamage(layout: Layout, { lost, read, introductions, setAside, ...rest }: Damage): void {
  const lists = { introductions: [...introductions], setAside: [...setAside] };
  writeState(layout, 'damage', { ...rest, ...lists, lost: listed(lost), read: listed(read) });
}

/** What of the ranges lost of a log is not among the held ones. */
export function stillLost(lost: readonly Range[], held: readonly Range[]): Range[] {
  return subtractRanges(unionRanges(lost), held);
}

function decode({ lost, read, ...rest }: Stored<'damage'>): Damage {
  return { ...rest, lost: byLog(lost), read: byLog(read) };
}

function byLog(list: Stored<'damage'>['lost']): Damage['lost'] {
  return new Map(list.map(({ log, ranges }) => [log, ranges]));
}

function listed(lost: Damage['lost']): Stored<'damage'>['lost'] {
  return [...lost].map(([log, list]) => ({ log, ranges: [...list] }));
}

function merged(a: Damage['lost'], b: Damage['lost']): Damage['lost'] {
  const all = new Map(a);
  for (const [log, ranges] of b) all.set(log, unionRanges([...(all.get(log) ?? []), ...ranges]));
  return all;
}
