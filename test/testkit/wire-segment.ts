// Logs and segments by hand (spec/log.md). A run is honest: its chain and heads are computed. What stands in the
// segment's bytes may be anything else: every field can be overridden.
import { join, sha256, u8, u24, u32, u64, varint, WIRE_DOMAINS, type WireKey, wireSign, ZERO_ID } from './wire.js';

/** One entry; what is overridden lies in the body only, the chain is that of the honest entry. */
export interface WireEntry {
  readonly payload?: Uint8Array;
  readonly meta?: Uint8Array;
  /** Travels as its hash. */
  readonly dropped?: boolean;
  /** Stands in the body in place of the first varint. */
  readonly lengthBytes?: Uint8Array;
  /** Stands in the body in place of the second varint. */
  readonly flagsBytes?: Uint8Array;
  /** Stands in the body in place of payload or hash. */
  readonly content?: Uint8Array;
}

/** Consecutive entries of one log. */
export interface WireRun {
  readonly key: WireKey;
  readonly first?: number;
  /** The id before the first entry. */
  readonly previous?: Uint8Array;
  readonly entries: readonly WireEntry[];
  /** Lengths at which the author signed; by default at the end only. */
  readonly headsAt?: readonly number[];
}

/** What stands in the segment's bytes in place of what the run says. The checksum is right unless it is overridden. */
export interface SegmentLies {
  readonly magic?: string;
  readonly version?: number;
  readonly total?: number;
  readonly log?: Uint8Array;
  readonly first?: number | bigint;
  readonly count?: number;
  readonly previous?: Uint8Array;
  readonly codec?: number;
  readonly headCount?: number;
  readonly rawLength?: number;
  readonly bodyLength?: number;
  /** The body as stored: compressed bytes, or any others. */
  readonly body?: Uint8Array;
  readonly heads?: readonly Uint8Array[];
  readonly checksum?: Uint8Array;
}

/** A whole log with the id of each entry. */
export interface WireLog {
  readonly key: WireKey;
  readonly entries: readonly WireEntry[];
  readonly ids: readonly Buffer[];
}

/** The log that `key` writes with these entries from 0. */
export function wireLog(key: WireKey, entries: readonly WireEntry[]): WireLog {
  return { key, entries, ids: chainOf({ key, entries }) };
}

/** The part [from, end) of a log. */
export function runOf(log: WireLog, from = 0, end = log.entries.length, headsAt: readonly number[] = [end]): WireRun {
  const previous = log.ids[from - 1] ?? ZERO_ID;
  return { key: log.key, first: from, previous, entries: log.entries.slice(from, end), headsAt };
}

/** The id of one entry. */
export function wireEntryId(log: Uint8Array, seq: number | bigint, previous: Uint8Array, entry: WireEntry): Buffer {
  const payload = entry.payload ?? new Uint8Array();
  const meta = entry.meta ?? new Uint8Array();
  return sha256(u8(1), log, u64(seq), u32(payload.length), previous, sha256(payload), meta);
}

/** The id of every entry of the run. */
export function chainOf(run: WireRun): Buffer[] {
  const ids: Buffer[] = [];
  let previous = run.previous ?? ZERO_ID;
  for (const entry of run.entries) {
    previous = wireEntryId(run.key.id, (run.first ?? 0) + ids.length, previous, entry);
    ids.push(previous as Buffer);
  }
  return ids;
}

/** The id at the end of the run. */
export function endOf(run: WireRun): Buffer {
  return chainOf(run).at(-1) ?? ZERO_ID;
}

/** The signature of a head. */
export function headSignature(key: WireKey, length: number | bigint, id: Uint8Array): Buffer {
  return wireSign(key, WIRE_DOMAINS.head, key.id, u64(length), id);
}

/** One head as it stands in a segment. */
export function wireHead(key: WireKey, length: number | bigint, id: Uint8Array): Buffer {
  return join(u64(length), headSignature(key, length, id));
}

/** The honest heads of a run at the given lengths. */
export function headsOf(run: WireRun, lengths: readonly number[]): Buffer[] {
  const ids = chainOf(run);
  const first = run.first ?? 0;
  return lengths.map((length) => wireHead(run.key, length, ids[length - first - 1] ?? ZERO_ID));
}

/** The entries back to back. */
export function wireBody(entries: readonly WireEntry[]): Buffer {
  return join(...entries.map(entryBytes));
}

/** The segment of a run. */
export function segment(run: WireRun, lies: SegmentLies = {}): Buffer {
  const raw = wireBody(run.entries);
  const body = lies.body ?? raw;
  const end = (run.first ?? 0) + run.entries.length;
  const heads = join(...(lies.heads ?? headsOf(run, run.headsAt ?? [end])));
  const total = HEADER_SIZE + body.length + heads.length + CHECKSUM_SIZE;
  const bytes = join(header(run, { rawLength: raw.length, bodyLength: body.length, total, ...lies }), body, heads);
  return join(bytes, lies.checksum ?? sha256(bytes).subarray(0, CHECKSUM_SIZE));
}

/** The same bytes under a checksum that is right for them. */
export function reseal(bytes: Buffer): Buffer {
  const content = bytes.subarray(0, bytes.length - CHECKSUM_SIZE);
  return join(content, sha256(content).subarray(0, CHECKSUM_SIZE));
}

function header(run: WireRun, lies: SegmentLies & { rawLength: number; bodyLength: number; total: number }): Buffer {
  const headCount = lies.headCount ?? lies.heads?.length ?? run.headsAt?.length ?? 1;
  return join(
    lies.magic ?? 'satchseg',
    u32(lies.version ?? 1),
    u32(lies.total),
    lies.log ?? run.key.id,
    u64(lies.first ?? run.first ?? 0),
    u32(lies.count ?? run.entries.length),
    lies.previous ?? run.previous ?? ZERO_ID,
    u8(lies.codec ?? 0),
    u24(headCount),
    u32(lies.rawLength),
    u32(lies.bodyLength),
  );
}

function entryBytes(entry: WireEntry): Buffer {
  const payload = entry.payload ?? new Uint8Array();
  const meta = entry.meta ?? new Uint8Array();
  const flags = meta.length * 2 + (entry.dropped ? 1 : 0);
  const content = entry.content ?? (entry.dropped ? sha256(payload) : payload);
  return join(entry.lengthBytes ?? varint(payload.length), entry.flagsBytes ?? varint(flags), meta, content);
}

const HEADER_SIZE = 104;
const CHECKSUM_SIZE = 16;
