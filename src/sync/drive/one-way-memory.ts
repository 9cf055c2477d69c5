// What was written to a destination that never answers, and when (spec/drive.md, "One way"): part of the journal. When it is
// lost, everything is new once more.

import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import type { Layout } from '../../repository/layout.js';
import { fileOfState, readState, type Stored, writeState } from '../../repository/state.js';
import { type LogRanges, unionOf } from './log-ranges.js';

/** What was written for the first time by one visit. */
export interface SentBlock {
  /** When, ms. */
  readonly at: number;
  readonly ranges: LogRanges;
}

/** All that is remembered of such a destination. */
export interface OneWayMemory {
  /** Oldest first; no entry is in two. */
  readonly blocks: readonly SentBlock[];
  /** Own bundles that were left there, with all they hold. */
  readonly files: ReadonlyMap<string, LogRanges>;
}

/** Visits told apart; of what was written before them only the latest moment is known. */
const BLOCKS_MAX = 1_000;

/** What is remembered; nothing when the journal was lost. */
export function readOneWay(layout: Layout, drive: string): OneWayMemory {
  const { blocks = [], files } = readState(layout, 'oneWay', drive) ?? ({} as Partial<Stored<'oneWay'>>);
  return {
    blocks: blocks.map(({ at, ranges }) => ({ at, ranges: decode(ranges) })),
    files: new Map(Object.entries(files ?? {}).map(([name, ranges]) => [name, decode(ranges)])),
  };
}

/** Replaces what is remembered. */
export function writeOneWay(layout: Layout, drive: string, { blocks, files }: OneWayMemory): void {
  const stored: Stored<'oneWay'> = {
    blocks: bounded(blocks).map(({ at, ranges }) => ({ at, ranges: encode(ranges) })),
    files: Object.fromEntries([...files].map(([name, ranges]) => [name, encode(ranges)])),
  };
  writeState(layout, 'oneWay', stored, drive);
}

/** Forgets what was written there. */
export function forgetOneWay(layout: Layout, drive: string): void {
  onDisk('writing the journal', () => disk.remove(fileOfState(layout, 'oneWay', drive)));
}

function bounded(blocks: readonly SentBlock[]): readonly SentBlock[] {
  if (blocks.length <= BLOCKS_MAX) return blocks;
  const old = blocks.slice(0, blocks.length - BLOCKS_MAX + 1);
  return [{ at: old.at(-1)?.at ?? 0, ranges: unionOf(old.map(({ ranges }) => ranges)) }, ...blocks.slice(old.length)];
}

type StoredRanges = Readonly<Record<string, readonly (readonly [number, number])[]>>;

function encode(ranges: LogRanges): StoredRanges {
  return Object.fromEntries([...ranges].map(([log, list]) => [log, list.map(({ from, end }) => [from, end] as const)]));
}

function decode(ranges: StoredRanges): LogRanges {
  const entries = Object.entries(ranges).map(([log, list]) => [log, list.map(([from, end]) => ({ from, end }))]);
  return new Map(entries as [LogId, Range[]][]);
}
