// When entries arrived: which ranges each commit brought, and when that was (spec/repository.md, "Journal"). Beside the
// packs, so that whoever merges segments need not keep apart what came apart. It may be lost.

import path from 'node:path';
import { crc32 } from 'node:zlib';
import { idBytes, type LogId, readId } from '../format/ids.js';
import { CLOCK_LIMIT } from '../format/limits.js';
import type { Range } from '../format/log/meta.js';
import { disk } from './disk.js';
import { onDisk, readIfThere } from './files.js';
import type { RunRecord } from './index/run-record.js';
import type { Layout } from './layout.js';
import { noteUnwritten } from './state/unwritten.js';
import { fillFile } from './store/fully.js';

const RECORD_SIZE = 60;
const CRC_AT = 56;
/** A file that has grown to this many bytes is put aside; the one put aside before goes. */
const FILE_MAX = 2 * 1_048_576;

/** What one commit brought of one log. */
export interface Arrival extends Range {
  readonly log: LogId;
  /** Number of the commit. */
  readonly commit: number;
  /** When it was made, ms on the own clock. */
  readonly at: number;
}

/** Notes what a commit brought, if the disk lets it be written. Only under the repository's lock. */
export function noteArrivals(layout: Layout, runs: readonly RunRecord[], at: number): void {
  if (runs.length === 0) return;
  const file = fileOf(layout);
  const bytes = Buffer.concat(runs.map((run) => encodeArrival(run, at)));
  const append = (): void => {
    disk.makeDirectories(layout.journal);
    const size = disk.stat(file)?.size ?? 0;
    if (size > FILE_MAX) disk.rename(file, `${file}.1`);
    // what a crash left of a record would shift all that follow
    else if (size % RECORD_SIZE !== 0) cutFile(file, size - (size % RECORD_SIZE));
    fillFile(file, 'adding', bytes);
  };
  noteUnwritten(file, () => onDisk(`writing ${file}`, append));
}

/** The arrivals that are still known, oldest first; a record that has rotten is passed over. @throws SatchelError `io` */
export function readArrivals(layout: Layout): Arrival[] {
  const file = fileOf(layout);
  return [`${file}.1`, file].flatMap((one) => decodeArrivals(readIfThere(one) ?? Buffer.alloc(0)));
}

function encodeArrival({ log, first, end, arrival, unheld }: RunRecord, at: number): Buffer {
  if (unheld) return Buffer.alloc(0);
  const bytes = Buffer.alloc(RECORD_SIZE);
  idBytes(log).copy(bytes);
  // whatever the clock says
  const time = Math.min(Math.max(0, Math.floor(at)), CLOCK_LIMIT - 1);
  for (const [i, value] of [first, end, arrival, time].entries()) bytes.writeUIntBE(value, 32 + 6 * i, 6);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, CRC_AT)), CRC_AT);
  return bytes;
}

function decodeArrivals(bytes: Buffer): Arrival[] {
  const found: Arrival[] = [];
  for (let at = 0; at + RECORD_SIZE <= bytes.length; at += RECORD_SIZE) {
    if (crc32(bytes.subarray(at, at + CRC_AT)) !== bytes.readUInt32BE(at + CRC_AT)) continue;
    const [from = 0, end = 0, commit = 0, time = 0] = [0, 1, 2, 3].map((i) => bytes.readUIntBE(at + 32 + 6 * i, 6));
    found.push({ log: readId<LogId>(bytes, at), from, end, commit, at: time });
  }
  return found;
}

function cutFile(file: string, length: number): void {
  const handle = disk.open(file, 'changing');
  try {
    disk.cut(handle, length);
  } finally {
    disk.close(handle);
  }
}

function fileOf(layout: Layout): string {
  return path.join(layout.journal, 'arrivals');
}
