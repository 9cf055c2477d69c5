// The member `contents`: one fixed-size record for each segment, so that nobody has to scan (spec/bundle.md, "Contents").
import { SatchelError } from '../error.js';
import { type EntryId, idBytes, type LogId } from '../ids.js';
import { LENGTH_LIMIT } from '../limits.js';
import { SEGMENT_PREFIX_SIZE } from '../log/segment.js';

/** Bytes of one record. */
export const CONTENTS_RECORD_SIZE = 96;

/** What the signer says about one segment; a claim until the segment was verified. */
export interface ContentsRecord {
  readonly log: LogId;
  /** Seq of its first entry. */
  readonly first: number;
  /** One more than the seq of its last entry. */
  readonly end: number;
  /** Id of its last entry. */
  readonly id: EntryId;
  /** Where it begins in the member `segments`. */
  readonly offset: number;
  /** Its bytes. */
  readonly length: number;
}

/** Where a segment lies in its log and in the member `segments`. */
export type ContentsPlace = Pick<ContentsRecord, 'first' | 'end' | 'offset' | 'length'>;

/** The records' bytes, in order. */
export function encodeContents(records: readonly ContentsRecord[]): Buffer {
  const bytes = Buffer.alloc(records.length * CONTENTS_RECORD_SIZE);
  for (const [index, record] of records.entries()) writeRecord(bytes, index * CONTENTS_RECORD_SIZE, record);
  return bytes;
}

/**
 * The record at `offset`.
 * @throws SatchelError `bad-member` for a range or place that cannot be
 */
export function decodeContentsRecord(bytes: Buffer, offset = 0): ContentsRecord {
  return withIds(decodeContentsPlace(bytes, offset), bytes, offset);
}

/**
 * What the record at `offset` says but for its ids, which take longer to read than all the rest.
 * @throws SatchelError as {@link decodeContentsRecord}
 */
export function decodeContentsPlace(bytes: Buffer, offset = 0): ContentsPlace {
  const place = {
    first: readNumber(bytes, offset + 32),
    end: readNumber(bytes, offset + 40),
    offset: readNumber(bytes, offset + 80),
    length: readNumber(bytes, offset + 88),
  };
  if (place.first < place.end && place.end < LENGTH_LIMIT && place.length >= SEGMENT_PREFIX_SIZE) return place;
  throw new SatchelError('bad-member', 'contents has a record with an impossible range or length');
}

/** The record whose place was read before. */
export function withIds({ first, end, offset, length }: ContentsPlace, bytes: Buffer, at = 0): ContentsRecord {
  const log = bytes.toString('hex', at, at + 32) as LogId;
  return { log, first, end, id: bytes.toString('hex', at + 48, at + 80) as EntryId, offset, length };
}

/** Not exact above 2^53, where nothing can be. Through a bigint each of a record's four would cost what its ids do. */
function readNumber(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

function writeRecord(bytes: Buffer, at: number, record: ContentsRecord): void {
  idBytes(record.log).copy(bytes, at);
  bytes.writeBigUInt64BE(BigInt(record.first), at + 32);
  bytes.writeBigUInt64BE(BigInt(record.end), at + 40);
  idBytes(record.id).copy(bytes, at + 48);
  bytes.writeBigUInt64BE(BigInt(record.offset), at + 80);
  bytes.writeBigUInt64BE(BigInt(record.length), at + 88);
}
