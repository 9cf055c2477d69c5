// An entry's clear metadata, which carriers without keys can honour (spec/log.md, "Metadata").
import { asBytes, asInteger, asList, asMap, type Cbor, decodeCbor, encodeCbor, hasCriticalKey } from '../cbor/cbor.js';
import { type Digest, type EntryId, idBytes, type LogId, readId } from '../ids.js';
import { LENGTH_LIMIT } from '../limits.js';

const KEY_EXPIRES = 1;
const KEY_BLOBS = 2;
const KEY_RETRACTS = 3;
const KEY_HOUSEKEEPING = 4;
const KEY_RETRACTS_IN = 5;
const HOUSEKEEPING_ONLY = Buffer.from([0xa1, KEY_HOUSEKEEPING, 0xf5]);

/** A half-open range of seqs. */
export interface Range {
  readonly from: number;
  readonly end: number;
}

/** A range of seqs with the id of its last entry: no other past is meant. */
export interface EndedRange extends Range {
  readonly id: EntryId;
}

/** Entries of an older log that are retracted. */
export interface RetractsIn {
  readonly log: LogId;
  readonly ranges: readonly EndedRange[];
}

/** An attachment's content: root hash and size in bytes. */
export interface BlobRef {
  readonly root: Digest;
  readonly size: number;
}

/** What the metadata says; a field that is absent was not said, or not in a form that counts. */
export interface Meta {
  /** Unix day on whose beginning (UTC) the entry expires. */
  readonly expires?: number;
  readonly blobs?: readonly BlobRef[];
  /** Ranges of the log's own seqs whose payloads every replica is asked to drop. */
  readonly retracts?: readonly Range[];
  /** Acknowledgements and the like: never a reason to travel again. */
  readonly housekeeping?: true;
  /** The same as `retracts` for a log that the entry's own continues. */
  readonly retractsIn?: RetractsIn;
  /** It has a critical key that nobody here knows: nothing else of it counts. */
  readonly newer?: true;
}

/** The metadata of almost every entry: none. */
export const EMPTY_META: Meta = Object.freeze({});
const HOUSEKEEPING_META: Meta = Object.freeze({ housekeeping: true });
const NEWER_META: Meta = Object.freeze({ newer: true });

/** The metadata's meaning; anything that is not a deterministic map of known fields counts as empty. */
export function decodeMeta(bytes: Buffer): Meta {
  if (bytes.length === 0) return EMPTY_META;
  if (bytes.equals(HOUSEKEEPING_ONLY)) return HOUSEKEEPING_META;
  const map = asMap(decodeCbor(bytes));
  if (!map) return EMPTY_META;
  if (hasCriticalKey(map)) return NEWER_META;
  const expires = asInteger(map.get(KEY_EXPIRES));
  const blobs = allOf(map.get(KEY_BLOBS), blobOf);
  const retracts = allOf(map.get(KEY_RETRACTS), rangeOf);
  const retractsIn = retractsInOf(map.get(KEY_RETRACTS_IN));
  return {
    ...(expires !== undefined && { expires }),
    ...(blobs && { blobs }),
    ...(retracts && { retracts }),
    ...(map.get(KEY_HOUSEKEEPING) === true && { housekeeping: true }),
    ...(retractsIn && { retractsIn }),
  };
}

/** The bytes that say it; empty for empty metadata. */
export function encodeMeta(meta: Meta): Buffer {
  const map = new Map<number, Cbor>();
  if (meta.expires !== undefined) map.set(KEY_EXPIRES, meta.expires);
  if (meta.blobs)
    map.set(
      KEY_BLOBS,
      meta.blobs.map(({ root, size }) => [idBytes(root), size]),
    );
  if (meta.retracts)
    map.set(
      KEY_RETRACTS,
      meta.retracts.map(({ from, end }) => [from, end]),
    );
  if (meta.housekeeping) map.set(KEY_HOUSEKEEPING, true);
  if (meta.retractsIn) map.set(KEY_RETRACTS_IN, retractsInItem(meta.retractsIn));
  return map.size === 0 ? Buffer.alloc(0) : encodeCbor(map);
}

function allOf<T>(value: Cbor | undefined, each: (item: Cbor) => T | undefined): readonly T[] | undefined {
  const items = asList(value)?.map(each);
  return items?.every((item) => item !== undefined) ? (items as T[]) : undefined;
}

function blobOf(item: Cbor): BlobRef | undefined {
  const [root, size] = pairOf(item);
  const bytes = asBytes(root, 32);
  const length = asInteger(size);
  return bytes && length !== undefined ? { root: readId<Digest>(bytes), size: length } : undefined;
}

function rangeOf(item: Cbor): Range | undefined {
  const [start, stop] = pairOf(item);
  const from = asInteger(start, 1);
  const end = asInteger(stop);
  return from !== undefined && end !== undefined && from < end && end < LENGTH_LIMIT ? { from, end } : undefined;
}

function retractsInItem({ log, ranges }: RetractsIn): Cbor {
  return [idBytes(log), ranges.map(({ from, end, id }) => [from, end, idBytes(id)])];
}

function retractsInOf(item: Cbor | undefined): RetractsIn | undefined {
  const [first, second] = item === undefined ? [] : pairOf(item);
  const log = asBytes(first, 32);
  const ranges = allOf(second, endedRangeOf);
  return log && ranges ? { log: readId<LogId>(log), ranges } : undefined;
}

function endedRangeOf(item: Cbor): EndedRange | undefined {
  const items = asList(item) ?? [];
  const range = items.length === 3 ? rangeOf(items.slice(0, 2)) : undefined;
  const id = asBytes(items[2], 32);
  return range && id ? { ...range, id: readId<EntryId>(id) } : undefined;
}

/** The two items of a list of exactly two. */
function pairOf(item: Cbor): readonly Cbor[] {
  const items = asList(item);
  return items?.length === 2 ? items : [];
}
