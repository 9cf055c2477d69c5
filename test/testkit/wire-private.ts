// Private topics by hand (spec/epochs.md): the cipher, epochs and links, from node:crypto and from nothing in src/.
import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import { bytesOf, join, sha256, u8, u16, u64 } from './wire.js';

/** What is sealed, and where. */
export interface WireSealed {
  readonly secret: Buffer;
  readonly info: Buffer;
  readonly kind: number;
  readonly n?: number;
  readonly seq?: number;
  readonly text: Buffer;
}

/** The text under the cipher of private topics. */
export function sealedText({ secret, info, kind, n = 0, seq = 0, text }: WireSealed): Buffer {
  const keys = Buffer.from(hkdfSync('sha256', secret, '', info, 64));
  const code = createHmac('sha256', keys.subarray(0, 32)).update(join(u8(kind), u16(n), u64(seq), text));
  const tag = code.digest().subarray(0, 16);
  return join(tag, createCipheriv('aes-256-ctr', keys.subarray(32), tag).update(text));
}

/** An epoch by its secrets. */
export interface WireEpoch {
  readonly id: Buffer;
  readonly control: Buffer;
  readonly data: Buffer;
}

/** The epoch with these secrets. */
function wireEpoch(control: Buffer, data: Buffer): WireEpoch {
  return { id: sha256(u8(0x08), sha256(control), sha256(data)), control, data };
}

/** Two epochs whose secrets can be told apart by eye. */
export const CHILD: WireEpoch = wireEpoch(bytesOf(32, 0xaa), bytesOf(32, 0xbb));
export const PARENT: WireEpoch = wireEpoch(bytesOf(32, 0xcc), bytesOf(32, 0xdd));

/** What a link's keys are derived with. */
export function linkInfo(parent: Buffer): Buffer {
  return join('satchel/link/v1\0', parent);
}

/** A parent's secret under a child's. */
export function link(secret: Buffer, parent: Buffer, parentSecret: Buffer): Buffer {
  return sealedText({ secret, info: linkInfo(parent), kind: 4, text: parentSecret });
}
