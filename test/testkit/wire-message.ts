// Payloads of topic logs by hand (spec/message.md). Only the order of keys is kept for honest calls.

import { WIRE_TIME } from './wire.js';
import { cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from './wire-cbor.js';

/** A cited entry: by its id, or by the seq of the entry that covers it. */
export type WireDep = readonly [log: Uint8Array, seq: number, id: Uint8Array | number];

/** A file that a message brings. */
export type WireAttachment = readonly [root: Uint8Array, size: number, name: string, mediaType: string];

/** What a message says; absent fields are left out of the map. */
export interface WireMessage {
  readonly time?: number;
  /** How far the logical clock is ahead of `time`. */
  readonly lead?: number;
  readonly type?: string;
  /** An encoded item, or text. */
  readonly body?: string | Buffer;
  readonly deps?: readonly WireDep[];
  readonly reply?: number;
  /** An encoded item. */
  readonly attachments?: Buffer;
  readonly salt?: Uint8Array;
  readonly key?: string;
  /** Further pairs, behind all others. */
  readonly extra?: Pairs;
}

/** One log's line in an acknowledgement. */
export type WireAckLine = readonly [
  log: Uint8Array,
  ranges: readonly (readonly [from: number, end: number, id: Uint8Array])[],
];

/** The payload. */
export function message(fields: WireMessage = {}): Buffer {
  const { type, body, deps, reply, attachments, salt, key } = fields;
  const pairs: [number, Buffer][] = [
    [1, cborInt(fields.time ?? WIRE_TIME)],
    [2, cborInt(fields.lead ?? 0)],
  ];
  if (type !== undefined) pairs.push([3, cborText(type)]);
  if (body !== undefined) pairs.push([4, typeof body === 'string' ? cborText(body) : body]);
  if (deps) pairs.push([5, cborList(deps.map(depItem))]);
  if (reply !== undefined) pairs.push([6, cborInt(reply)]);
  if (attachments) pairs.push([7, attachments]);
  if (salt) pairs.push([8, cborBytes(salt)]);
  if (key !== undefined) pairs.push([9, cborText(key)]);
  return cborMap([...pairs, ...(fields.extra ?? [])]);
}

/** One cited entry as it stands in the list. */
export function depItem([log, seq, id]: WireDep): Buffer {
  return cborList([cborBytes(log), cborInt(seq), typeof id === 'number' ? cborInt(id) : cborBytes(id)]);
}

/** One attachment as it stands in the list. */
export function attachmentItem([root, size, name, mediaType]: WireAttachment): Buffer {
  return cborList([cborBytes(root), cborInt(size), cborText(name), cborText(mediaType)]);
}

/** The body of an acknowledgement. */
export function ackBody(lines: readonly WireAckLine[], { full = false, extra = [] as Pairs } = {}): Buffer {
  const items = lines.map(([log, ranges]) => cborList([cborBytes(log), cborList(ranges.map(rangeItem))]));
  return cborMap([[1, cborList(items)], ...(full ? ([[2, Buffer.of(0xf5)]] as const) : []), ...extra]);
}

/** Metadata of an acknowledgement: housekeeping. */
export const HOUSEKEEPING: Buffer = cborMap([[4, Buffer.of(0xf5)]]);

function rangeItem([from, end, id]: readonly [number, number, Uint8Array]): Buffer {
  return cborList([cborInt(from), cborInt(end), cborBytes(id)]);
}
