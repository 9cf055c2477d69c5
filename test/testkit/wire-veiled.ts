// Entries of veiled logs by hand (spec/veiled.md): sealed with the platform alone, padded as it says or otherwise.
import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import { join, sha256, u8, u16, u64 } from './wire.js';

/** What is sealed, and where it stands. */
export interface WireSealed {
  readonly secret: Uint8Array;
  readonly log: Uint8Array;
  readonly kind: number;
  readonly n?: number;
  readonly seq: number | bigint;
}

/** A secret of 32 bytes that grows from a label. */
export function wireSecret(label: string): Buffer {
  return sha256(`satchel fixture secret: ${label}`);
}

/** The item with its length and zeros, as many as there have to be, or `padded` bytes in all. */
export function wirePlain(
  item: Uint8Array,
  { padded = wirePadded(2 + item.length), length = item.length } = {},
): Buffer {
  return join(u16(length), item, Buffer.alloc(padded - 2 - item.length));
}

/** Multiples of 32 up to 512; then those lengths whose lowest bits are zero. */
export function wirePadded(size: number): number {
  if (size <= 512) return 32 * Math.ceil(size / 32);
  const e = BigInt(size).toString(2).length - 1;
  const s = BigInt(e).toString(2).length;
  const unit = 1 << (e - s);
  return unit * Math.ceil(size / unit);
}

/** These bytes sealed as they are. */
export function wireSealPlain({ secret, log, kind, n = 0, seq }: WireSealed, plain: Uint8Array): Buffer {
  const info = join('satchel/entry/v1\0', log);
  const keys = Buffer.from(hkdfSync('sha256', secret, '', info, 64));
  const code = createHmac('sha256', keys.subarray(0, 32))
    .update(join(u8(kind), u16(n), u64(seq), plain))
    .digest();
  const tag = code.subarray(0, 16);
  return join(tag, createCipheriv('aes-256-ctr', keys.subarray(32), tag).update(plain));
}

/** An item sealed as it has to be. */
export function wireSeal(where: WireSealed, item: Uint8Array): Buffer {
  return wireSealPlain(where, wirePlain(item));
}
