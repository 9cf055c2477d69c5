// The keys of one own log's messages, as a file behind the log (spec/repository.md, "Keys"). Like the index it is derived: it
// catches up from the log's end, and what a crash left of it is cut off.
//
// Blocks of {u48 from | u48 end | u32 records | u32 CRC-32 of all else}, and records of {hash 16 | u48 seq | u48 clock + 1 |
// id 32}; the blocks cover the log from its beginning without a hole.
import { hash } from 'node:crypto';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { type EntryId, idBytes, type LogId, readId } from '../../format/ids.js';
import { disk } from '../../repository/disk.js';
import { onDisk, readIfThere } from '../../repository/files.js';
import { readFully, writeFully } from '../../repository/store/fully.js';
import type { Citable } from '../order/deps.js';
import { KeyTable } from './key-table.js';

const BLOCK_HEADER_SIZE = 20;
const CRC_AT = 16;
const RECORD_SIZE = 60;
const HASH_SIZE = 16;

/** A message of the log that has a key. */
export interface Keyed extends Citable {
  readonly key: string;
}

/** The open file of one log; to be written under the repository's lock only. */
export class KeyFile {
  readonly log: LogId;
  readonly #file: string;
  #table = new KeyTable();
  #fd: number | undefined;
  #size = 0;
  #covered = 0;

  constructor(directory: string, log: LogId) {
    this.log = log;
    this.#file = path.join(directory, log);
    this.#load();
  }

  /** The log's entries below this seq are in the file. */
  get covered(): number {
    return this.#covered;
  }

  /** The message of the log with that key. */
  find(key: string): Citable | undefined {
    const wanted = hashOf(key);
    for (const offset of this.#table.candidates(wanted)) {
      const record = this.#recordAt(offset);
      if (record?.compare(wanted, 0, HASH_SIZE, 0, HASH_SIZE) === 0) return decodeRecord(this.log, record);
    }
    return undefined;
  }

  /** Looks at what another process has written. */
  refresh(): void {
    const found = disk.stat(this.#file);
    if ((found?.size ?? 0) !== this.#size) this.#load();
  }

  /** Adds that the entries up to `end` hold these keys and no others. */
  append(keyed: readonly Keyed[], end: number): void {
    const block = encodeBlock(this.#covered, end, keyed);
    onDisk(`writing ${this.#file}`, () => {
      disk.makeDirectories(path.dirname(this.#file));
      this.#fd ??= disk.open(this.#file, 'continuing', 0o600);
      writeFully(this.#fd, block, this.#size);
    });
    this.#learn(block, this.#size, block.length);
    this.#covered = end;
    this.#size += block.length;
  }

  /** Releases the file. */
  close(): void {
    if (this.#fd !== undefined) disk.close(this.#fd);
    this.#fd = undefined;
  }

  #load(): void {
    this.close();
    [this.#table, this.#size, this.#covered] = [new KeyTable(), 0, 0];
    const bytes = readIfThere(this.#file) ?? Buffer.alloc(0);
    for (let end = blockEnd(bytes, 0, 0); end !== undefined; end = blockEnd(bytes, this.#size, this.#covered)) {
      this.#learn(bytes.subarray(this.#size, end), this.#size, end - this.#size);
      this.#covered = bytes.readUIntBE(this.#size + 6, 6);
      this.#size = end;
    }
    if (bytes.length === 0) return;
    this.#fd = onDisk(`opening ${this.#file}`, () => disk.open(this.#file, 'changing'));
    if (bytes.length > this.#size) disk.cut(this.#fd, this.#size);
  }

  #learn(block: Buffer, offset: number, length: number): void {
    for (let at = BLOCK_HEADER_SIZE; at < length; at += RECORD_SIZE) this.#table.add(block.subarray(at), offset + at);
  }

  #recordAt(offset: number): Buffer | undefined {
    const record = Buffer.allocUnsafe(RECORD_SIZE);
    if (this.#fd === undefined || readFully(this.#fd, record, offset) < RECORD_SIZE) return undefined;
    return record;
  }
}

function hashOf(key: string): Buffer {
  return Buffer.from(hash('sha256', key, 'hex').slice(0, 2 * HASH_SIZE), 'hex');
}

function encodeBlock(from: number, end: number, keyed: readonly Keyed[]): Buffer {
  const bytes = Buffer.alloc(BLOCK_HEADER_SIZE + keyed.length * RECORD_SIZE);
  bytes.writeUIntBE(from, 0, 6);
  bytes.writeUIntBE(end, 6, 6);
  bytes.writeUInt32BE(keyed.length, 12);
  for (const [i, one] of keyed.entries()) {
    const at = BLOCK_HEADER_SIZE + i * RECORD_SIZE;
    hashOf(one.key).copy(bytes, at);
    bytes.writeUIntBE(one.seq, at + HASH_SIZE, 6);
    bytes.writeUIntBE(one.clock + 1, at + HASH_SIZE + 6, 6);
    idBytes(one.id).copy(bytes, at + HASH_SIZE + 12);
  }
  bytes.writeUInt32BE(crcOf(bytes), CRC_AT);
  return bytes;
}

function decodeRecord(log: LogId, record: Buffer): Citable {
  return {
    log,
    seq: record.readUIntBE(HASH_SIZE, 6),
    clock: record.readUIntBE(HASH_SIZE + 6, 6) - 1,
    id: readId<EntryId>(record, HASH_SIZE + 12),
  };
}

/** Where the whole block at `at` ends, if it goes on at `covered`. */
function blockEnd(bytes: Buffer, at: number, covered: number): number | undefined {
  if (bytes.length < at + BLOCK_HEADER_SIZE || bytes.readUIntBE(at, 6) !== covered) return undefined;
  const end = at + BLOCK_HEADER_SIZE + bytes.readUInt32BE(at + 12) * RECORD_SIZE;
  if (end > bytes.length) return undefined;
  return crcOf(bytes.subarray(at, end)) === bytes.readUInt32BE(at + CRC_AT) ? end : undefined;
}

function crcOf(block: Buffer): number {
  return crc32(block.subarray(BLOCK_HEADER_SIZE), crc32(block.subarray(0, CRC_AT)));
}
