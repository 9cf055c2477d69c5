// The bytes of every format, built by hand from spec/ and from nothing in src/: an encoder can't be tested by itself.
// Here are the pieces all wire-*.ts share. Keys come from labels and times are fixed: same call, same bytes.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** What every signature starts with, by what is signed. */
export const WIRE_DOMAINS = {
  head: 'satchel/head/v1\0',
  manifest: 'satchel/manifest/v1\0',
  founding: 'satchel/founding/v1\0',
  founding2: 'satchel/founding/v2\0',
  card: 'satchel/card/v1\0',
  introduction: 'satchel/introduction/v1\0',
  authority: 'satchel/authority/v1\0',
  device: 'satchel/device/v1\0',
  devices: 'satchel/devices/v1\0',
  request: 'satchel/request/v1\0',
  statement: 'satchel/statement/v1\0',
  letter: 'satchel/letter/v1\0',
  stream: 'satchel/stream/v1\0',
} as const;

/** The moment at which everything in the fixtures was made, in milliseconds. */
export const WIRE_TIME = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** 32 zero bytes: the id before a log's first entry. */
export const ZERO_ID = Buffer.alloc(32);

/** A signing key that grows from a label. */
export interface WireKey {
  /** 32 bytes, the secret. */
  readonly seed: Buffer;
  /** 32 bytes, the verifying key. */
  readonly id: Buffer;
  readonly secret: KeyObject;
}

/** The key of that label. */
export function wireKey(label: string): WireKey {
  return wireKeyOf(sha256(`satchel fixture key: ${label}`));
}

/** The key of 32 secret bytes. */
export function wireKeyOf(seed: Buffer): WireKey {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const id = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX_SIZE);
  return { seed, id, secret };
}

/** 64 bytes over domain and parts, back to back. */
export function wireSign(key: WireKey, domain: string, ...parts: readonly (string | Uint8Array)[]): Buffer {
  return sign(null, join(domain, ...parts), key.secret);
}

/** SHA-256 over the parts, back to back. */
export function sha256(...parts: readonly (string | Uint8Array)[]): Buffer {
  return createHash('sha256')
    .update(join(...parts))
    .digest();
}

/** The parts back to back; text as UTF-8. */
export function join(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

/** One byte. */
export function u8(value: number): Buffer {
  return Buffer.of(value);
}

/** Two bytes, big-endian. */
export function u16(value: number): Buffer {
  return unsigned(value, 2);
}

/** Three bytes, big-endian. */
export function u24(value: number): Buffer {
  return unsigned(value, 3);
}

/** Four bytes, big-endian. */
export function u32(value: number): Buffer {
  return unsigned(value, 4);
}

/** Eight bytes, big-endian; a bigint where a number is not exact. */
export function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** LEB128 in as few bytes as it takes, or padded to `size` bytes with continuation bytes that add nothing. */
export function varint(value: number, size = 1): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length < size; rest = Math.floor(rest / 128))
    bytes.push((rest % 128) | 0x80);
  bytes.push((bytes.pop() ?? 0) & 0x7f);
  return Buffer.from(bytes);
}

/** A copy with the bits of `mask` turned over in one byte; `at` below zero counts from the end. */
export function flip(bytes: Uint8Array, at: number, mask = 0x01): Buffer {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ mask;
  return copy;
}

/** A copy with `patch` written over it at `at`; `at` below zero counts from the end. */
export function patch(bytes: Uint8Array, at: number, content: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(content, at < 0 ? copy.length + at : at);
  return copy;
}

/** `count` times the same byte. */
export function bytesOf(count: number, value = 0): Buffer {
  return Buffer.alloc(count, value);
}

function unsigned(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}

// The DER around a bare Ed25519 key (RFC 8410).
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX_SIZE = 12;
