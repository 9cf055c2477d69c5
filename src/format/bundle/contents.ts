// The member `contents`: one fixed-size record for each segment, so that nobody has to scan (spec/bundle.md, "Contents").
import { SatchelError } from '../error.js';
import { type EntryId, idBytes, type LogId, readId } from '../ids.js';
import { LENGTH_LIMIT } from '../limits.js';

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
  const record = {
    log: readId<LogId>(bytes, offset),
    first: Number(bytes.readBigUInt64BE(offset + 32)),
    end: Number(bytes.readBigUInt64BE(offset + 40)),
    id: readId<EntryId>(bytes, offset + 48),
    offset: Number(bytes.readBigUInt64BE(offset + 80)),
    length: Number(bytes.readBigUInt64BE(offset + 88)),
  };
  if (record.first < record.end && record.end < LENGTH_LIMIT && record.length > 0) return record;
  throw new SatchelError('bad-member', 'contents has a record with an impossible range or length');
}

function writeRecord(bytes: Buffer, at: number, record: ContentsRecord): void {
  idBytes(record.log).copy(bytes, at);
  bytes.writeBigUInt64BE(BigInt(record.first), at + 32);
  bytes.writeBigUInt64BE(BigInt(record.end), at + 40);
  idBytes(record.id).copy(bytes, at + 48);
  bytes.writeBigUInt64BE(BigInt(record.offset), at + 80);
  bytes.writeBigUInt64BE(BigInt(record.length), at + 88);
}
