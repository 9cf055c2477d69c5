// The member `frontier`: what the bundle's signer holds (spec/bundle.md, "Frontier"). A log that is absent is unknown,
// not empty; a log with no ranges is known and not held at all.
import { SatchelError } from '../error.js';
import { type EntryId, idBytes, type LogId, NO_ENTRY, readId } from '../ids.js';
import { FRONTIER_MAX, LENGTH_LIMIT } from '../limits.js';

/** A run of seqs that the signer holds, or, open-ended, wants no more of. */
export interface FrontierRange {
  readonly from: number;
  /** Exclusive; Infinity for "send me no more of this". */
  readonly end: number;
  /** Id of the last entry; `NO_ENTRY` for an open-ended range. */
  readonly id: EntryId;
}

/** Ranges of each log, ascending and disjoint; the logs in order of importance. */
export type Frontier = ReadonlyMap<LogId, readonly FrontierRange[]>;

const LOG_SIZE = 36;
const RANGE_SIZE = 48;
const OPEN_END = 2n ** 64n - 1n;

/** Bytes that a log with so many ranges takes, so that a writer can fill the limit. */
export function frontierLogSize(rangeCount: number): number {
  return LOG_SIZE + rangeCount * RANGE_SIZE;
}

/** Bytes that a frontier takes. */
export function frontierSize(frontier: Frontier): number {
  let size = 0;
  for (const ranges of frontier.values()) size += frontierLogSize(ranges.length);
  return size;
}

/**
 * The frontier's bytes.
 * @throws SatchelError `over-limit` when they are more than 64 KiB
 */
export function encodeFrontier(frontier: Frontier): Buffer {
  const size = frontierSize(frontier);
  checkSize(size);
  const bytes = Buffer.alloc(size);
  let at = 0;
  for (const [log, ranges] of frontier) {
    idBytes(log).copy(bytes, at);
    bytes.writeUInt32BE(ranges.length, at + 32);
    for (const [index, range] of ranges.entries()) writeRange(bytes, at + LOG_SIZE + index * RANGE_SIZE, range);
    at += frontierLogSize(ranges.length);
  }
  return bytes;
}

/**
 * The frontier.
 * @throws SatchelError `bad-member` when it is cut off, names a log twice or has ranges out of order; `over-limit`
 */
export function decodeFrontier(bytes: Buffer): Frontier {
  checkSize(bytes.length);
  const frontier = new Map<LogId, readonly FrontierRange[]>();
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < LOG_SIZE) throw bad('is cut off');
    const log = readId<LogId>(bytes, at);
    if (frontier.has(log)) throw bad('names a log twice');
    const ranges = readRanges(bytes, at + LOG_SIZE, bytes.readUInt32BE(at + 32));
    frontier.set(log, ranges);
    at += frontierLogSize(ranges.length);
  }
  return frontier;
}

function writeRange(bytes: Buffer, at: number, range: FrontierRange): void {
  bytes.writeBigUInt64BE(BigInt(range.from), at);
  bytes.writeBigUInt64BE(range.end === Number.POSITIVE_INFINITY ? OPEN_END : BigInt(range.end), at + 8);
  idBytes(range.id).copy(bytes, at + 16);
}

function readRanges(bytes: Buffer, offset: number, count: number): readonly FrontierRange[] {
  if (count * RANGE_SIZE > bytes.length - offset) throw bad('is cut off');
  const ranges: FrontierRange[] = [];
  let least = 0;
  for (let i = 0; i < count; i++) {
    const range = readRange(bytes, offset + i * RANGE_SIZE);
    // behind an open-ended range `least` is infinite, so nothing can follow it
    if (range.from < least || range.from >= LENGTH_LIMIT) throw bad('has ranges that are not ascending and disjoint');
    ranges.push(range);
    least = range.end;
  }
  return ranges;
}

function readRange(bytes: Buffer, at: number): FrontierRange {
  const from = Number(bytes.readBigUInt64BE(at));
  const end = bytes.readBigUInt64BE(at + 8);
  const id = readId<EntryId>(bytes, at + 16);
  if (end === OPEN_END) {
    if (id !== NO_ENTRY) throw bad('has an open-ended range with an id');
    return { from, end: Number.POSITIVE_INFINITY, id };
  }
  if (Number(end) <= from || Number(end) >= LENGTH_LIMIT) throw bad('has a range that is empty or out of bounds');
  return { from, end: Number(end), id };
}

function checkSize(size: number): void {
  if (size > FRONTIER_MAX)
    throw new SatchelError('over-limit', `frontier has ${size} bytes, allowed are ${FRONTIER_MAX}`);
}

function bad(what: string): SatchelError {
  return new SatchelError('bad-member', `frontier ${what}`);
}
