// Vectors of the chain: entry ids, heads, varints (spec/log.md, "The chain", "Heads", "Entries in the body").
import { ADA_LOG, PLAIN } from './cast.js';
import { type Compact, compact } from './compact.js';
import type { BytesVector, Vector } from './vector.js';
import { bytesOf, flip, join, sha256, u64, varint, wireKey, wireSign, ZERO_ID } from './wire.js';
import { headSignature, type WireEntry, wireEntryId } from './wire-segment.js';

/** An entry and its id. */
export interface EntryIdVector extends Vector {
  readonly log: string;
  readonly seq: number;
  readonly previous: string;
  readonly payload: Compact;
  readonly meta: Compact;
  readonly payloadHash: string;
  readonly id: string;
}

/** A head and whether the log key said so. */
export interface HeadVector extends Vector {
  readonly log: string;
  readonly length: number;
  readonly id: string;
  readonly signature: string;
  readonly valid: boolean;
}

/** A varint at offset 1 of `bytes`, behind a byte that must not be looked at. */
export interface VarintVector extends BytesVector {
  readonly value?: number;
  readonly size?: number;
}

/** Ids of single entries. */
export function entryIdVectors(): EntryIdVector[] {
  const [first = ZERO_ID, second = ZERO_ID] = PLAIN.ids;
  return [
    entryIdOf('first-entry', 'the id before entry 0 is 32 zero bytes', 0, ZERO_ID, { payload: Buffer.from('a') }),
    entryIdOf('next-entry', 'chained to the entry before', 1, first, { payload: Buffer.from('bb') }),
    entryIdOf('no-payload', 'an entry may be empty', 2, second, {}),
    entryIdOf('metadata', 'metadata is hashed as it stands, here two SHA-256 blocks in all', 2, second, {
      payload: Buffer.from('x'),
      meta: bytesOf(10, 0xaa),
    }),
    entryIdOf('longer-metadata', 'one byte more makes it three blocks', 2, second, {
      payload: Buffer.from('x'),
      meta: bytesOf(11, 0xaa),
    }),
    entryIdOf('payload-and-metadata-not-confused', 'what is payload in one entry is metadata here', 2, second, {
      meta: Buffer.from('x'),
    }),
    entryIdOf('largest-entry', 'payload and metadata at their limits', 2, second, {
      payload: bytesOf(65_536, 0x61),
      meta: bytesOf(512, 0x62),
    }),
    entryIdOf('seq-above-32-bits', 'seq is 64 bits wide', 2 ** 32 + 1, second, { payload: Buffer.from('a') }),
    entryIdOf('id-highest-seq', 'the last entry a log can have', 2 ** 48 - 2, second, { payload: Buffer.from('a') }),
  ];
}

/** Signatures of heads. */
export function headVectors(): HeadVector[] {
  const { key, ids } = PLAIN;
  const [one = ZERO_ID, two = ZERO_ID] = ids;
  const honest = headSignature(key, 2, two);
  const other = wireKey('another log');
  const head = (name: string, comment: string, lies: Partial<HeadVector>): HeadVector => {
    const fields = { log: hex(key.id), length: 2, id: hex(two), signature: hex(honest), valid: false };
    return { name, comment, ...fields, ...lies };
  };
  return [
    head('honest', 'length 2 is the number of entries, the id is that of entry 1', { valid: true }),
    head('first', 'a head over entry 0 alone', {
      length: 1,
      id: hex(one),
      signature: hex(headSignature(key, 1, one)),
      valid: true,
    }),
    head('highest', 'the last length a log can have', {
      length: 2 ** 48 - 1,
      signature: hex(headSignature(key, 2 ** 48 - 1, two)),
      valid: true,
    }),
    head('other-length', 'the signature binds the length', { length: 3 }),
    head('other-id', 'the signature binds the id', { id: hex(one) }),
    head('other-log', 'the signature binds the log, and another key verifies it', { log: hex(other.id) }),
    head('other-signer', 'signed by a key that is not the log', {
      signature: hex(headSignature({ ...other, id: key.id }, 2, two)),
    }),
    head('no-domain', 'signed without the domain string', { signature: hex(wireSign(key, '', key.id, u64(2), two)) }),
    head('domain-without-nul', 'the NUL belongs to the domain string', {
      signature: hex(wireSign(key, 'satchel/head/v1', key.id, u64(2), two)),
    }),
    head('foreign-domain', 'signed as a manifest', {
      signature: hex(wireSign(key, 'satchel/manifest/v1\0', key.id, u64(2), two)),
    }),
    head('small-endian-length', 'the length is big-endian', {
      signature: hex(wireSign(key, 'satchel/head/v1\0', key.id, u64(2).reverse(), two)),
    }),
    head('bit-flipped', 'one bit of the signature turned over', { signature: hex(flip(honest, 40)) }),
    head('zero-signature', '64 zero bytes', { signature: '00'.repeat(64) }),
    head('short-signature', '63 bytes', { signature: hex(honest.subarray(0, 63)) }),
    head('long-signature', '65 bytes', { signature: `${hex(honest)}00` }),
    head('head-small-order-log', 'a log id that is a point of small order verifies almost anything', {
      log: `01${'00'.repeat(31)}`,
      signature: `01${'00'.repeat(63)}`,
    }),
  ];
}

/** Varints, each behind one byte that belongs to something else. */
export function varintVectors(): VarintVector[] {
  const good = [0, 1, 127, 128, 300, 16_383, 16_384, 65_536, 2 ** 21 - 1];
  return [
    ...good.map((value) => varintOf(`value-${value}`, 'shortest form', varint(value), { value })),
    varintOf('more-follows', 'what stands behind is not part of it', join(varint(300), '\xff'), {
      value: 300,
      size: 2,
    }),
    badVarint('nothing', 'cut off before the first byte', Buffer.alloc(0)),
    badVarint('one-of-two', 'cut off behind the first byte', varint(128).subarray(0, 1)),
    badVarint('two-of-three', 'cut off behind the second byte', varint(16_384).subarray(0, 2)),
    badVarint('zero-in-two', '0 in two bytes', varint(0, 2)),
    badVarint('127-in-two', '127 in two bytes', varint(127, 2)),
    badVarint('zero-in-three', '0 in three bytes', varint(0, 3)),
    badVarint('16383-in-three', '16383 in three bytes', varint(16_383, 3)),
    badVarint('four-bytes', '2^21 takes four bytes', varint(2 ** 21)),
    badVarint('one-in-four', '1 in four bytes', varint(1, 4)),
    badVarint('never-ends', 'continuation bytes only', bytesOf(10, 0xff)),
  ];
}

function entryIdOf(name: string, comment: string, seq: number, previous: Buffer, entry: WireEntry): EntryIdVector {
  const log = ADA_LOG.key.id;
  const payload = entry.payload ?? new Uint8Array();
  return {
    name,
    comment,
    log: hex(log),
    seq,
    previous: hex(previous),
    payload: compact(payload),
    meta: compact(entry.meta ?? new Uint8Array()),
    payloadHash: hex(sha256(payload)),
    id: hex(wireEntryId(log, seq, previous, entry)),
  };
}

function varintOf(
  name: string,
  comment: string,
  bytes: Buffer,
  { value, size = bytes.length }: { value: number; size?: number },
): VarintVector {
  return { name: `varint-${name}`, comment, bytes: hex(join(Buffer.of(0xff), bytes)), code: 'ok', value, size };
}

function badVarint(name: string, comment: string, bytes: Buffer): VarintVector {
  return { name: `varint-${name}`, comment, bytes: hex(join(Buffer.of(0xff), bytes)), code: 'bad-segment' };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
