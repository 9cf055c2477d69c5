// The note of how far logs were written: one file that is written in place and never replaced, so that its birth time stays
// (spec/repository.md, "The note"). Lines of one length: the first says what the file is, the others lie in a ring.

import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { EntryId, LogId } from '../../format/ids.js';
import type { LogEnd } from '../../format/log/segment-writer.js';
import { disk } from '../disk.js';
import { readIfThere } from '../files.js';
import { writeFully } from '../store/fully.js';

/** How far a log was written. */
export interface Noted {
  readonly length: number;
  readonly id: EntryId;
}

/** What a note says. */
export interface Note {
  /** Birth time, in ns, of the repository's `format` file; undefined where that has none, or the line is torn. */
  readonly formatBirth: bigint | undefined;
  readonly logs: ReadonlyMap<LogId, Noted>;
  /** Number of the next line. */
  readonly next: number;
}

/** Lines in the ring: the newest one alone would do, the others are for two who write at the same time. */
const NOTE_LINES = 64;

const LINE_BYTES = 168;
const CHECK_DIGITS = 8;
const KIND = 'satchel-note/1';

/** The note in the file; undefined when there is none. @throws SatchelError `io` */
export function readNote(file: string): Note | undefined {
  const text = readIfThere(file)?.toString('latin1');
  if (text === undefined) return undefined;
  const lines = Array.from({ length: Math.floor(text.length / LINE_BYTES) }, (_, i) => lineAt(text, i));
  const written = lines.slice(1).flatMap((line) => parseLine(line ?? '') ?? []);
  written.sort((a, b) => a.number - b.number);
  const logs = new Map(written.map(({ log, length, id }) => [log, { length, id }]));
  return { formatBirth: parseHead(lines[0] ?? ''), logs, next: (written.at(-1)?.number ?? -1) + 1 };
}

/** What a note of version 0.1 says, which was replaced at each commit; undefined when there is none. @throws SatchelError `io` */
export function readOldNote(file: string): ReadonlyMap<LogId, Noted> | undefined {
  const text = readIfThere(file)?.toString('latin1');
  if (text === undefined) return undefined;
  const noted = new Map<LogId, Noted>();
  for (const line of text.split('\n')) {
    const [, log, length, id] = /^([0-9a-f]{64}) (\d+) ([0-9a-f]{64})$/.exec(line) ?? [];
    if (log && length && id) noted.set(log as LogId, { length: Number(length), id: id as EntryId });
  }
  return noted;
}

/** Writes a note that is durable when this returns; of the ends the last ones, if there are many. */
export function createNote(file: string, formatBirth: bigint | undefined, ends: readonly LogEnd[]): void {
  const lines = ends.slice(-NOTE_LINES).map((end, number) => formatLine(number, end));
  const fd = disk.open(file, 'continuing', 0o600);
  try {
    writeFully(fd, Buffer.from([formatHead(formatBirth), ...lines].join(''), 'latin1'), 0);
    disk.sync(fd);
  } finally {
    disk.close(fd);
  }
  disk.syncNames(path.dirname(file));
}

/** Adds a line, over the oldest one if the ring is full. Not synced: what a power cut loses of a note accuses nobody. */
export function addToNote(file: string, next: number, end: LogEnd): void {
  const fd = disk.open(file, 'changing');
  try {
    writeFully(fd, Buffer.from(formatLine(next, end), 'latin1'), LINE_BYTES * (1 + (next % NOTE_LINES)));
  } finally {
    disk.close(fd);
  }
}

function formatHead(formatBirth: bigint | undefined): string {
  return sealed(`${KIND} ${formatBirth ?? '-'}`);
}

function parseHead(line: string): bigint | undefined {
  const [, birth] = /^satchel-note\/1 (\d+) *$/.exec(line) ?? [];
  return birth === undefined ? undefined : BigInt(birth);
}

function formatLine(number: number, { log, length, id }: LogEnd): string {
  return sealed(`${number} ${log} ${length} ${id}`);
}

function parseLine(line: string): ({ readonly number: number } & LogEnd) | undefined {
  const [, number, log, length, id] = /^(\d+) ([0-9a-f]{64}) (\d+) ([0-9a-f]{64}) *$/.exec(line) ?? [];
  if (!number || !log || !length || !id) return undefined;
  return { number: Number(number), log: log as LogId, length: Number(length), id: id as EntryId };
}

/** A line of full length: a write that was cut off leaves none that passes. */
function sealed(text: string): string {
  const padded = text.padEnd(LINE_BYTES - CHECK_DIGITS - 1);
  return `${padded}${checkOf(padded)}\n`;
}

function lineAt(text: string, index: number): string | undefined {
  const line = text.slice(index * LINE_BYTES, (index + 1) * LINE_BYTES);
  const padded = line.slice(0, -CHECK_DIGITS - 1);
  return line.slice(padded.length) === `${checkOf(padded)}\n` ? padded : undefined;
}

function checkOf(text: string): string {
  return crc32(text).toString(16).padStart(CHECK_DIGITS, '0');
}
