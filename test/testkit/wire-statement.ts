// The small members of a bundle by hand (spec/bundle.md): contents, frontier, wants, proofs.

import { join, sha256, u16, u32, u64, type WireKey, ZERO_ID } from './wire.js';
import { chainOf, headSignature, type WireEntry, type WireRun } from './wire-segment.js';

/** The end of an open-ended range: "send me no more of this". */
export const OPEN_END = 2n ** 64n - 1n;

/** One record of `contents`. */
export interface WireRecord {
  readonly log: Uint8Array;
  readonly first: number | bigint;
  readonly end: number | bigint;
  readonly id: Uint8Array;
  readonly offset: number | bigint;
  readonly length: number | bigint;
}

/** One log's ranges in a frontier. */
export interface WireFrontierLog {
  readonly log: Uint8Array;
  readonly ranges: readonly (readonly [from: number | bigint, end: number | bigint, id: Uint8Array])[];
  /** Stands for the number of ranges. */
  readonly count?: number;
}

/** What is lacked of one blob; no chunks: all of it. */
export interface WireWant {
  readonly root: Uint8Array;
  readonly chunks?: readonly (readonly [from: number, end: number])[];
  /** Stands for the number of ranges. */
  readonly count?: number;
}

/** One side of a contradiction: what the log is said to be at length s, and from there to a head. */
export interface WireBranch {
  readonly key: WireKey;
  readonly s: number;
  /** Id at length s: that of entry s - 1. */
  readonly id: Uint8Array;
  /** The entries from s on, up to the head. */
  readonly links?: readonly WireEntry[];
  /** Stands for the number of links. */
  readonly count?: number;
  readonly signature?: Uint8Array;
}

/** 96 bytes. */
export function contentsRecord(record: WireRecord): Buffer {
  const { log, first, end, id, offset, length } = record;
  return join(log, u64(first), u64(end), id, u64(offset), u64(length));
}

/** The frontier member. */
export function frontier(logs: readonly WireFrontierLog[]): Buffer {
  return join(...logs.map(frontierLog));
}

/** The wants member. */
export function wants(blobs: readonly WireWant[]): Buffer {
  return join(...blobs.map(want));
}

/** One contradiction proof behind its length; `length` lies about it. */
export function proof(
  log: Uint8Array,
  s: number | bigint,
  branches: readonly Uint8Array[],
  { length }: { length?: number } = {},
): Buffer {
  const content = join(log, u64(s), ...branches);
  return join(u32(length ?? content.length), content);
}

/** One side of a contradiction. */
export function branch(side: WireBranch): Buffer {
  const links = side.links ?? [];
  const run: WireRun = { key: side.key, first: side.s, previous: side.id, entries: links };
  const end = chainOf(run).at(-1) ?? side.id;
  const signature = side.signature ?? headSignature(side.key, side.s + links.length, end);
  return join(side.id, u32(side.count ?? links.length), ...links.map(link), signature);
}

/** One entry of a branch, its payload as a hash. */
function link(entry: WireEntry): Buffer {
  const payload = entry.payload ?? new Uint8Array();
  const meta = entry.meta ?? new Uint8Array();
  return join(u32(payload.length), sha256(payload), u16(meta.length), meta);
}

/** An id for ranges whose ids nobody checks. */
export function anyId(label: string): Buffer {
  return label === '' ? ZERO_ID : sha256(`satchel fixture id: ${label}`);
}

function frontierLog({ log, ranges, count }: WireFrontierLog): Buffer {
  return join(log, u32(count ?? ranges.length), ...ranges.map(([from, end, id]) => join(u64(from), u64(end), id)));
}

function want({ root, chunks = [], count }: WireWant): Buffer {
  return join(root, u32(count ?? chunks.length), ...chunks.map(([from, end]) => join(u32(from), u32(end))));
}
