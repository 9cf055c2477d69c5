// A segment: a contiguous run of entries of one log with its heads, the one unit of storage, transfer and verification
// (spec/log.md, "Segments"). This file reads; segment-build.ts writes.
import { SatchelError } from '../error.js';
import { type EntryId, type LogId, readId } from '../ids.js';
import { BODY_MAX, LENGTH_LIMIT, RAW_MAX, SEGMENT_ENTRIES_MAX } from '../limits.js';
import { decompress, decompressFront, sha256 } from '../platform.js';
import { BodyReader } from './body.js';
import { Chain } from './chain.js';
import { type Head, verifyHead } from './head.js';

/** The first eight bytes of every segment, of every version. */
export const SEGMENT_MAGIC = 'satchseg';
/** Bytes that never change across versions: magic, version, total length. */
export const SEGMENT_PREFIX_SIZE = 16;
/** Bytes before the body. */
export const SEGMENT_HEADER_SIZE = 104;
/** Bytes of one head: length and signature. */
export const HEAD_SIZE = 72;
/** Bytes of the truncated SHA-256 at the end. */
export const CHECKSUM_SIZE = 16;
/** Bytes of the shortest segment with a head; what is shorter is none. */
export const SEGMENT_SIZE_MIN = SEGMENT_HEADER_SIZE + HEAD_SIZE + CHECKSUM_SIZE;
/** The version this program writes. */
export const SEGMENT_VERSION = 1;
/** Body stored as it is. */
export const CODEC_NONE = 0;
/** Body compressed with brotli as one block. */
export const CODEC_BROTLI = 1;
/** A front that takes more than this share of a body is not worth a second look. */
const FRONT_MAX = 0.75;

/** What the first bytes say without decompressing anything. */
export interface SegmentHeader {
  /** Total bytes, from magic to checksum. */
  readonly length: number;
  readonly log: LogId;
  /** Seq of the first entry. */
  readonly first: number;
  /** Number of entries, at least 1. */
  readonly count: number;
  /** Id of the entry before the first one; zeros when `first` is 0. */
  readonly previous: EntryId;
  readonly codec: number;
  readonly headCount: number;
  /** Bytes of the body before compression. */
  readonly rawLength: number;
  /** Bytes of the body as stored. */
  readonly bodyLength: number;
}

/** A segment whose structure and checksum are right; its chain and heads are still to be verified. */
export interface Segment extends SegmentHeader {
  /** The whole segment as received. */
  readonly bytes: Buffer;
  /** Ascending by length; the last one closes the run. */
  readonly heads: readonly Head[];
  /** The body, decompressed. */
  readonly raw: Buffer;
}

/**
 * Version and total length of whatever segment begins at `offset`, so that an unknown version can be skipped.
 * @throws SatchelError `bad-segment` when no segment begins there or it does not fit into `bytes`
 */
export function peekSegment(bytes: Buffer, offset = 0): { version: number; length: number } {
  if (bytes.length - offset < SEGMENT_PREFIX_SIZE) throw bad('cut off inside its first 16 bytes');
  if (bytes.toString('latin1', offset, offset + 8) !== SEGMENT_MAGIC)
    throw bad('no segment magic where a segment must begin');
  const length = bytes.readUInt32BE(offset + 12);
  if (length < SEGMENT_PREFIX_SIZE) throw bad(`says it is ${length} bytes long`);
  return { version: bytes.readUInt32BE(offset + 8), length };
}

/**
 * The header of the segment at `offset`, every field within its limits. The checksum is not looked at.
 * @throws SatchelError `bad-segment` for impossible values, `newer-version` for another version or codec
 */
export function decodeSegmentHeader(bytes: Buffer, offset = 0): SegmentHeader {
  const { version, length } = peekSegment(bytes, offset);
  if (version !== SEGMENT_VERSION) throw newer(`segment version ${version}`);
  if (bytes.length - offset < SEGMENT_HEADER_SIZE) throw bad('cut off inside its header');
  const first = Number(bytes.readBigUInt64BE(offset + 48));
  const header: SegmentHeader = {
    length,
    log: readId<LogId>(bytes, offset + 16),
    first,
    count: bytes.readUInt32BE(offset + 56),
    previous: readId<EntryId>(bytes, offset + 60),
    codec: bytes.readUInt8(offset + 92),
    headCount: bytes.readUIntBE(offset + 93, 3),
    rawLength: bytes.readUInt32BE(offset + 96),
    bodyLength: bytes.readUInt32BE(offset + 100),
  };
  checkHeader(header);
  return header;
}

/**
 * The whole segment, checksum compared and body decompressed within its limits.
 * @throws SatchelError `bad-segment`, `bad-checksum`, `newer-version`
 */
export function decodeSegment(bytes: Buffer): Segment {
  const header = checkSegment(bytes);
  return segmentOf(header, { bytes, heads: decodeHeads(bytes, header), raw: rawBody(bytes, header) });
}

/**
 * Like {@link decodeSegment}, but of the raw body perhaps only a front that most likely holds the entries before `end`:
 * for a reader who wants one of a segment that was verified before.
 * @throws SatchelError as {@link decodeSegment}
 */
export function decodeFront(bytes: Buffer, end: number): Segment {
  const header = checkSegment(bytes);
  const raw = front(bytes, header, (end - header.first) / header.count) ?? rawBody(bytes, header);
  return segmentOf(header, { bytes, heads: decodeHeads(bytes, header), raw });
}

/** Field by field: a spread gives several shapes inside the engine, for each of which all that walks segments is compiled anew. */
function segmentOf(header: SegmentHeader, { bytes, heads, raw }: Pick<Segment, 'bytes' | 'heads' | 'raw'>): Segment {
  const { length, log, first, count, previous, codec, headCount, rawLength, bodyLength } = header;
  return { length, log, first, count, previous, codec, headCount, rawLength, bodyLength, bytes, heads, raw };
}

/**
 * The header of a whole segment whose checksum is right; its body is not looked at.
 * @throws SatchelError as {@link decodeSegment}
 */
export function checkSegment(bytes: Buffer): SegmentHeader {
  const header = decodeSegmentHeader(bytes);
  if (bytes.length !== header.length) throw bad(`is ${bytes.length} bytes, its header says ${header.length}`);
  const end = header.length - CHECKSUM_SIZE;
  if (sha256(bytes.subarray(0, end)).slice(0, 2 * CHECKSUM_SIZE) !== bytes.toString('hex', end)) {
    throw new SatchelError('bad-checksum', 'segment does not match its checksum');
  }
  return header;
}

/** Called for each entry in turn: its seq, the reader standing on it, and the chain that ends with it. */
export type Visit = (seq: number, entry: BodyReader, chain: Chain) => void;

/**
 * Walks the run entry by entry and returns the id of its last entry. The heads are not looked at.
 * @throws SatchelError `bad-segment` when the body does not hold exactly `count` entries
 */
export function walkSegment(segment: Segment, visit?: Visit): EntryId {
  const chain = new Chain(segment.log, segment.previous);
  const reader = new BodyReader(segment.raw);
  const end = segment.first + segment.count;
  for (let seq = segment.first; seq < end; seq++) {
    if (!reader.next()) throw bad(`body holds ${seq - segment.first} entries, its header says ${segment.count}`);
    chain.add(seq, reader.payloadLength, reader.payloadHash, reader.meta);
    visit?.(seq, reader, chain);
  }
  if (reader.next()) throw bad(`body holds more than the ${segment.count} entries its header says`);
  return chain.id;
}

/**
 * Verifies chain and last head, which vouches for the whole run; returns the id of the last entry.
 * @throws SatchelError `bad-segment`, or `bad-chain` when the head is not the log key's
 */
export function verifySegment(segment: Segment, visit?: Visit): EntryId {
  const id = walkSegment(segment, visit);
  const head = segment.heads[segment.heads.length - 1];
  if (!head || !verifyHead(segment.log, head, id)) {
    throw new SatchelError('bad-chain', 'the head of the run is not signed by the log key for these entries');
  }
  return id;
}

function checkHeader(header: SegmentHeader): void {
  const { first, count, codec, headCount, rawLength, bodyLength } = header;
  if (count < 1 || count > SEGMENT_ENTRIES_MAX)
    throw limit(`${count} entries, allowed are 1 to ${SEGMENT_ENTRIES_MAX}`);
  if (first + count >= LENGTH_LIMIT) throw limit('a seq of 2^48 or more');
  if (codec !== CODEC_NONE && codec !== CODEC_BROTLI) throw newer(`codec ${codec}`);
  if (rawLength > RAW_MAX) throw limit(`a raw body of ${rawLength} bytes, allowed are ${RAW_MAX}`);
  if (bodyLength > BODY_MAX) throw limit(`a body of ${bodyLength} bytes, allowed are ${BODY_MAX}`);
  if (codec === CODEC_NONE && bodyLength !== rawLength) throw bad('uncompressed body with two different lengths');
  if (headCount < 1 || headCount > count) throw bad(`${headCount} heads for ${count} entries`);
  if (first === 0 && /[^0]/.test(header.previous)) throw bad('starts at seq 0 but names an entry before it');
  if (header.length !== SEGMENT_HEADER_SIZE + bodyLength + headCount * HEAD_SIZE + CHECKSUM_SIZE) {
    throw bad('its total length does not match its parts');
  }
}

function decodeHeads(bytes: Buffer, header: SegmentHeader): Head[] {
  const heads: Head[] = [];
  let last = header.first;
  for (let i = 0; i < header.headCount; i++) {
    const at = SEGMENT_HEADER_SIZE + header.bodyLength + i * HEAD_SIZE;
    const length = Number(bytes.readBigUInt64BE(at));
    if (length <= last) throw bad('heads are not in ascending order');
    heads.push({ length, signature: bytes.subarray(at + 8, at + HEAD_SIZE) });
    last = length;
  }
  if (last !== header.first + header.count) throw bad('the last head is not at the end of the run');
  return heads;
}

function rawBody(bytes: Buffer, header: SegmentHeader): Buffer {
  const body = bytes.subarray(SEGMENT_HEADER_SIZE, SEGMENT_HEADER_SIZE + header.bodyLength);
  if (header.codec === CODEC_NONE) return body;
  const raw = inflate(body, header.rawLength);
  if (raw.length !== header.rawLength)
    throw bad(`decompresses to ${raw.length} bytes, its header says ${header.rawLength}`);
  return raw;
}

/** What the first part of the compressed body holds; undefined when it would have to be nearly all. */
function front(bytes: Buffer, { codec, bodyLength, rawLength }: SegmentHeader, share: number): Buffer | undefined {
  // entries are of different lengths, and compress differently
  const length = Math.ceil(bodyLength * share * 1.15) + 1_024;
  if (codec === CODEC_NONE || length > bodyLength * FRONT_MAX) return undefined;
  const body = bytes.subarray(SEGMENT_HEADER_SIZE, SEGMENT_HEADER_SIZE + length);
  try {
    // what this share is likely to hold, in one piece
    return decompressFront(body, rawLength, Math.min(rawLength, Math.ceil(rawLength * share * 1.3)) + 4_096);
  } catch {
    return undefined;
  }
}

function inflate(body: Buffer, rawLength: number): Buffer {
  try {
    const { raw, consumed } = decompress(body, rawLength);
    // some decoders pass over bytes behind the stream, others do not: replicas must not differ about a segment
    if (consumed === body.length) return raw;
  } catch (cause) {
    throw new SatchelError('bad-segment', 'segment body does not decompress to its stated length', { cause });
  }
  throw bad('has bytes behind its compressed body');
}

function bad(what: string): SatchelError {
  return new SatchelError('bad-segment', `segment ${what}`);
}

function limit(what: string): SatchelError {
  return new SatchelError('over-limit', `segment has ${what}`);
}

function newer(what: string): SatchelError {
  return new SatchelError('newer-version', `${what} is unknown here`, { hint: 'update satchel to read it' });
}
