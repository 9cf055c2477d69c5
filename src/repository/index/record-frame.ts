// What all records of the index have in common: a fixed size, a kind, the log they are about, a CRC-32 (spec/repository.md,
// "Index").
import { crc32 } from 'node:zlib';
import { idBytes, type LogId, readId } from '../../format/ids.js';

/** Bytes of one record. */
export const RECORD_SIZE = 160;
/** What a record is about; 2 were the ids at heads, in an earlier layout. */
export const KIND = { run: 0, introduction: 1, milestones: 3, housekeeping: 4, waiting: 5 };
/** Two bytes for what is told in bits. */
export const FLAGS_AT = 1;
const SEAL_AT = 4;
const BODY_AT = 8;
const FRAME_END_AT = 150;
/** What records mean, and how they are laid out: those of another version count as rotten, and are made anew. */
const LAYOUT = 7;

/** A record about a log, to be filled in and sealed. */
export function newRecord(kind: number, log: LogId): Buffer {
  const bytes = Buffer.alloc(RECORD_SIZE);
  bytes[0] = kind;
  idBytes(log).copy(bytes, BODY_AT);
  return bytes;
}

/** The record with its checksum; `frameEnd` as {@link frameEndOf} tells it. */
export function seal(bytes: Buffer, frameEnd = 0): Buffer {
  bytes.writeUIntBE(frameEnd, FRAME_END_AT, 6);
  bytes.writeUInt32BE(checksum(bytes, 0), SEAL_AT);
  return bytes;
}

/** Whether the record at `at` is whole. */
export function isIntact(bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at + SEAL_AT) === checksum(bytes, at);
}

function checksum(bytes: Buffer, at: number): number {
  return crc32(bytes.subarray(at + BODY_AT, at + RECORD_SIZE), (bytes.readUInt32BE(at) ^ LAYOUT) >>> 0);
}

/** The log the record at `at` is about. */
export function logOf(bytes: Buffer, at: number): LogId {
  return readId<LogId>(bytes, at + BODY_AT);
}

/** Where the packs are covered to if this record is the last of its commit, else 0. */
export function frameEndOf(bytes: Buffer, at: number): number {
  return bytes.readUIntBE(at + FRAME_END_AT, 6);
}
