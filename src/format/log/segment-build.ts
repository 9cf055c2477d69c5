// Writing segments: from fresh entries, by cutting and by merging (spec/log.md, "Segments", "Cutting and merging").
import { type EntryId, idBytes, type LogId } from '../ids.js';
import { RAW_MAX, SEGMENT_ENTRIES_WRITTEN } from '../limits.js';
import { compress, compressBeside, sha256 } from '../platform.js';
import { type BodyEntry, BodyReader, encodeBody } from './body.js';
import { Chain } from './chain.js';
import type { Head } from './head.js';
import {
  CHECKSUM_SIZE,
  CODEC_BROTLI,
  CODEC_NONE,
  HEAD_SIZE,
  SEGMENT_HEADER_SIZE,
  SEGMENT_MAGIC,
  SEGMENT_VERSION,
  type Segment,
  walkSegment,
} from './segment.js';

/** Below this a block does not get smaller by compression. */
const COMPRESS_FROM = 64;

/** Of brotli, 0 to 11. */
const USUAL_QUALITY = 5;
const URGENT_QUALITY = 4;
const LASTING_QUALITY = 7;

/** A run ready to be written. */
export interface Run {
  readonly log: LogId;
  readonly first: number;
  readonly count: number;
  readonly previous: EntryId;
  /** The entries back to back, uncompressed. */
  readonly raw: Buffer;
  /** Ascending; the last one at the end of the run. */
  readonly heads: readonly Head[];
}

/** How to store the body. */
export interface StoreOptions {
  /** Codec none, so that a guard can scan what crosses. */
  readonly uncompressed?: boolean;
  /** Compressed in half the time, to some three percent more: for who waits until it is stored. */
  readonly isUrgent?: boolean;
  /** Compressed for half as long again, to two percent less: it will be kept, and passed on, for long. */
  readonly isLasting?: boolean;
}

/**
 * The segment's bytes. The caller answers for the limits; a body that shrinks by less than an eighth is stored as it is:
 * acknowledgements are mostly ids, and whoever asks what was acknowledged reads many of them.
 */
export function encodeSegment(run: Run, options: StoreOptions = {}): Buffer {
  const isPlain = options.uncompressed || run.raw.length < COMPRESS_FROM;
  return segmentBytes(run, isPlain ? undefined : compress(run.raw, qualityOf(options)));
}

/** The same, compressed by another thread. */
export async function encodeSegmentBeside(run: Run, options: StoreOptions = {}): Promise<Buffer> {
  return segmentBytes(run, await compressBeside(run.raw, qualityOf(options)));
}

function segmentBytes(run: Run, packed: Buffer | undefined): Buffer {
  const body = packed && packed.length * 8 <= run.raw.length * 7 ? packed : run.raw;
  const codec = body === run.raw ? CODEC_NONE : CODEC_BROTLI;
  const length = SEGMENT_HEADER_SIZE + body.length + run.heads.length * HEAD_SIZE + CHECKSUM_SIZE;
  const bytes = Buffer.alloc(length);
  writeHeader(bytes, run, codec, body.length);
  body.copy(bytes, SEGMENT_HEADER_SIZE);
  writeHeads(bytes, SEGMENT_HEADER_SIZE + body.length, run.heads);
  const end = length - CHECKSUM_SIZE;
  bytes.write(sha256(bytes.subarray(0, end)).slice(0, 2 * CHECKSUM_SIZE), end, 'hex');
  return bytes;
}

/** The run that a list of entries makes. */
export function runOf(
  place: { log: LogId; first: number; previous: EntryId },
  entries: readonly BodyEntry[],
  heads: readonly Head[],
): Run {
  return { ...place, count: entries.length, raw: encodeBody(entries), heads };
}

/**
 * The part [from, end) of a verified segment, or as much of it as its heads allow: the front can be cut anywhere, the
 * back only at a head, so the result ends at the first head at or behind `end`.
 */
export function cutSegment(segment: Segment, from: number, end: number): Run {
  if (from === segment.first && end >= segment.first + segment.count) return segment;
  const heads = segment.heads.filter((head) => head.length > from);
  const last = heads.findIndex((head) => head.length >= end);
  const kept = last < 0 ? heads : heads.slice(0, last + 1);
  const until = kept[kept.length - 1]?.length ?? segment.first + segment.count;
  let previous = segment.previous;
  let startAt = 0;
  let endAt = segment.raw.length;
  walkSegment(segment, (seq, entry, chain) => {
    if (seq === from - 1) previous = chain.id;
    if (seq === from) startAt = entry.start;
    if (seq === until - 1) endAt = entry.end;
  });
  const raw = segment.raw.subarray(startAt, endAt);
  return { log: segment.log, first: from, count: until - from, previous, raw, heads: kept };
}

/** Whether two neighbouring runs of one log fit into one segment. */
export function canMerge(
  a: Pick<Run, 'count'> & { rawLength: number },
  b: Pick<Run, 'count'> & { rawLength: number },
): boolean {
  return a.count + b.count <= SEGMENT_ENTRIES_WRITTEN && a.rawLength + b.rawLength <= RAW_MAX;
}

/** Neighbouring runs of one log as one; every head is kept, so it can be cut again where it was joined. */
export function mergeRuns(runs: readonly [Run, ...Run[]]): Run {
  return {
    ...runs[0],
    count: runs.reduce((sum, run) => sum + run.count, 0),
    raw: Buffer.concat(runs.map((run) => run.raw)),
    heads: runs.flatMap((run) => run.heads),
  };
}

/** The run with the payloads of some entries dropped: their hash stays, so the chain stays verifiable. */
export function dropPayloads(run: Run, shouldDrop: (seq: number) => boolean): Run {
  const reader = new BodyReader(run.raw);
  const entries: BodyEntry[] = [];
  for (let seq = run.first; reader.next(); seq++) {
    const { meta, payloadLength, payloadHash } = reader;
    const payload = shouldDrop(seq) ? undefined : reader.payload;
    entries.push({ meta, payloadLength, payload, payloadHash });
  }
  return { ...run, raw: encodeBody(entries) };
}

/** The id of the last entry of a run. */
export function endOfRun(run: Run): EntryId {
  const chain = new Chain(run.log, run.previous);
  const reader = new BodyReader(run.raw);
  for (let seq = run.first; reader.next(); seq++) {
    chain.add(seq, reader.payloadLength, reader.payloadHash, reader.meta);
  }
  return chain.id;
}

function writeHeader(bytes: Buffer, run: Run, codec: number, bodyLength: number): void {
  bytes.write(SEGMENT_MAGIC, 0);
  bytes.writeUInt32BE(SEGMENT_VERSION, 8);
  bytes.writeUInt32BE(bytes.length, 12);
  idBytes(run.log).copy(bytes, 16);
  bytes.writeBigUInt64BE(BigInt(run.first), 48);
  bytes.writeUInt32BE(run.count, 56);
  idBytes(run.previous).copy(bytes, 60);
  bytes.writeUInt8(codec, 92);
  bytes.writeUIntBE(run.heads.length, 93, 3);
  bytes.writeUInt32BE(run.raw.length, 96);
  bytes.writeUInt32BE(bodyLength, 100);
}

function writeHeads(bytes: Buffer, offset: number, heads: readonly Head[]): void {
  let at = offset;
  for (const head of heads) {
    bytes.writeBigUInt64BE(BigInt(head.length), at);
    head.signature.copy(bytes, at + 8);
    at += HEAD_SIZE;
  }
}

function qualityOf({ isUrgent, isLasting }: StoreOptions): number {
  if (isLasting) return LASTING_QUALITY;
  return isUrgent ? URGENT_QUALITY : USUAL_QUALITY;
}
