// Entries that were read lately from the ends of conversations, and those they quote, so that they need not be decompressed
// with thousands of others each time (spec/repository.md, "Index"). Each is kept under the id at the end of its run: that id
// vouches for everything in the run, so what is kept is what the packs hold, wherever in them it lies by now.

import path from 'node:path';
import { crc32 } from 'node:zlib';
import { type EntryId, idBytes, type LogId, readId } from '../../format/ids.js';
import { disk } from '../disk.js';
import { overwriteFile } from '../erase.js';
import { couldWrite, onDisk, readIfThere } from '../files.js';
import { writeFully } from '../store/fully.js';
import type { StoredEntry } from '../store/open-segment.js';
import { OPENS_NOTHING, type OpenSealed } from '../store/open-segment.js';
import type { RunRecord } from './run-record.js';

/** Bytes of the file, at most. */
export const RECENT_MAX = 262_144;
const MAGIC = 'recent/2';
const CHECKSUM_AT = 8;
const LENGTH_AT = 12;
const ENTRIES_AT = 16;
// one entry: ids at the end of its run, of its log, its own and the one before it; seq, lengths, metadata, payload
const LOG_AT = 32;
const ID_AT = 64;
const PREVIOUS_AT = 96;
const SEQ_AT = 128;
const META_LENGTH_AT = 134;
const PAYLOAD_LENGTH_AT = 136;
const META_AT = 140;
/** Added to the length of a payload that was dropped. */
const DROPPED = 0x80000000;
const NOTHING = Buffer.alloc(0);

/** What the index knows of a run, as far as entries in it are told apart by it. */
type Within = Pick<RunRecord, 'log' | 'id'>;

/** Entries that were kept by an earlier command, and those this one has asked for. */
export class RecentEntries {
  readonly #file: string;
  readonly #open: OpenSealed;
  readonly #kept: ReadonlyMap<string, Buffer>;
  readonly #asked = new Map<string, Buffer>();
  #room = RECENT_MAX - ENTRIES_AT;
  #isNews = false;

  /** Those kept in an index's directory; none when they are not readable. */
  constructor(directory: string, open: OpenSealed = OPENS_NOTHING) {
    this.#open = open;
    this.#file = recentFile(directory);
    this.#kept = readKept(this.#file);
  }

  /** The entry of a run at `seq`: as it was kept, else as `read` finds it in the packs. */
  find(run: Within, seq: number, read: (seq: number) => StoredEntry | undefined): StoredEntry | undefined {
    const name = nameOf(run.id, seq);
    const kept = this.#kept.get(name) ?? this.#asked.get(name);
    const entry = kept ? decodeEntry(kept, this.#open) : read(seq);
    if (!entry || this.#asked.has(name) || sizeOf(entry) > this.#room) return entry;
    // a copy: what it was read from is large
    const bytes = kept ?? encodeEntry(run.id, entry);
    this.#room -= bytes.length;
    this.#isNews ||= !kept;
    this.#asked.set(name, bytes);
    return entry;
  }

  /** Whether something was asked for that is not kept yet, and can be. */
  get isNews(): boolean {
    return this.#isNews;
  }

  /** Keeps what was asked for, and as much of what was kept before as there is room for. */
  save(): void {
    for (const [name, bytes] of this.#kept) {
      if (this.#asked.has(name) || bytes.length > this.#room) continue;
      this.#room -= bytes.length;
      this.#asked.set(name, bytes);
    }
    writeKept(this.#file, [...this.#asked.values()]);
    this.#isNews = false;
  }
}

/**
 * Takes what is kept out of the way while entries get other runs, and forgets those whose payloads go; returns what puts it
 * back, each entry under its new run. `runAt` asks the index as it is when it is called.
 */
export function takeAside(
  directory: string,
  runAt: (log: LogId, seq: number) => Within | undefined,
  goes: (log: LogId, seq: number) => boolean,
): () => void {
  const file = recentFile(directory);
  const staying = [...readKept(file).values()].filter((bytes) => {
    const { log, seq } = placeIn(bytes);
    return !goes(log, seq) && runAt(log, seq)?.id === readId(bytes);
  });
  onDisk(`writing ${file}`, () => overwriteFile(file));
  return () => {
    const moved = staying.flatMap((bytes) => {
      const { log, seq } = placeIn(bytes);
      const run = runAt(log, seq);
      return run ? [Buffer.concat([idBytes(run.id), bytes.subarray(LOG_AT)])] : [];
    });
    if (moved.length > 0) writeKept(file, moved);
  };
}

/** What is kept in an index's directory, each with the id at the end of its run. */
export function recentEntries(directory: string): { readonly runId: EntryId; readonly entry: StoredEntry }[] {
  return [...readKept(recentFile(directory)).values()].map((bytes) => ({
    runId: readId<EntryId>(bytes),
    entry: decodeEntry(bytes),
  }));
}

/** Where they are kept in an index's directory. */
export function recentFile(directory: string): string {
  return path.join(directory, 'recent');
}

function nameOf(runId: EntryId, seq: number): string {
  return `${runId}${seq}`;
}

function readKept(file: string): Map<string, Buffer> {
  const bytes = keptIn(readIfThere(file) ?? NOTHING);
  const kept = new Map<string, Buffer>();
  for (let at = ENTRIES_AT; at < bytes.length; ) {
    const end = at + META_AT + bytes.readUInt16BE(at + META_LENGTH_AT) + payloadBytes(bytes, at);
    kept.set(nameOf(readId<EntryId>(bytes, at), bytes.readUIntBE(at + SEQ_AT, 6)), bytes.subarray(at, end));
    at = end;
  }
  return kept;
}

/** What counts of the file; nothing when it is not as it was written. */
function keptIn(bytes: Buffer): Buffer {
  if (bytes.length < ENTRIES_AT || bytes.toString('latin1', 0, CHECKSUM_AT) !== MAGIC) return NOTHING;
  const kept = bytes.subarray(0, ENTRIES_AT + bytes.readUInt32BE(LENGTH_AT));
  return bytes.readUInt32BE(CHECKSUM_AT) === crc32(kept.subarray(LENGTH_AT)) ? kept : NOTHING;
}

function writeKept(file: string, entries: readonly Buffer[]): void {
  couldWrite(() => {
    disk.makeDirectories(path.dirname(file));
    fill(file, encodeKept(entries));
  });
}

function encodeKept(entries: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(ENTRIES_AT), ...entries]);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32BE(bytes.length - ENTRIES_AT, LENGTH_AT);
  bytes.writeUInt32BE(crc32(bytes.subarray(LENGTH_AT)), CHECKSUM_AT);
  return bytes;
}

/**
 * Writes it in place and never shorter: texts in a file that is replaced, or cut, would stay in blocks that nothing names any
 * more. What is torn by that counts as lost.
 */
function fill(file: string, bytes: Buffer): void {
  const handle = disk.open(file, 'continuing', 0o644);
  try {
    const { size } = disk.statOpen(handle);
    writeFully(handle, Buffer.concat([bytes, Buffer.alloc(Math.max(0, size - bytes.length))]), 0);
  } finally {
    disk.close(handle);
  }
}

function placeIn(bytes: Buffer): { readonly log: LogId; readonly seq: number } {
  return { log: readId<LogId>(bytes, LOG_AT), seq: bytes.readUIntBE(SEQ_AT, 6) };
}

function sizeOf({ meta, payload }: StoredEntry): number {
  return META_AT + meta.length + (payload?.length ?? 0);
}

function encodeEntry(runId: EntryId, entry: StoredEntry): Buffer {
  const { log, seq, previous, id, meta, payload, payloadLength } = entry;
  const bytes = Buffer.alloc(sizeOf(entry));
  for (const [at, one] of [runId, log, id, previous].entries()) idBytes(one).copy(bytes, at * LOG_AT);
  bytes.writeUIntBE(seq, SEQ_AT, 6);
  bytes.writeUInt16BE(meta.length, META_LENGTH_AT);
  bytes.writeUInt32BE(payloadLength + (payload ? 0 : DROPPED), PAYLOAD_LENGTH_AT);
  meta.copy(bytes, META_AT);
  payload?.copy(bytes, META_AT + meta.length);
  return bytes;
}

function decodeEntry(bytes: Buffer, open: OpenSealed = OPENS_NOTHING): StoredEntry {
  const payloadAt = META_AT + bytes.readUInt16BE(META_LENGTH_AT);
  const stated = bytes.readUInt32BE(PAYLOAD_LENGTH_AT);
  const place = placeIn(bytes);
  const payload = stated < DROPPED ? bytes.subarray(payloadAt) : undefined;
  let said: Buffer | undefined;
  return {
    ...place,
    get said() {
      said ??= open(place, { payload });
      return said;
    },
    // most are not asked for theirs
    get id() {
      return readId<EntryId>(bytes, ID_AT);
    },
    get previous() {
      return readId<EntryId>(bytes, PREVIOUS_AT);
    },
    meta: bytes.subarray(META_AT, payloadAt),
    payload,
    payloadLength: stated % DROPPED,
  };
}

/** Bytes that the payload of the entry at `at` takes here. */
function payloadBytes(bytes: Buffer, at: number): number {
  const stated = bytes.readUInt32BE(at + PAYLOAD_LENGTH_AT);
  return stated < DROPPED ? stated : 0;
}
