// Encryption without chance, whose first counter block is a code over what is encrypted (spec/epochs.md, "Cipher"): who
// encrypts one text twice in one place gets the same bytes, and never two texts under one key stream.
import { aesCtr, hkdfSha256, hmacSha256, isSameCode } from '../platform.js';

/** What is encrypted, by the number that is bound into its tag. */
export const SIV_KINDS = { message: 1, control: 2, introduction: 3, link: 4, acknowledgement: 5 } as const;

/** Bytes of a tag: what a text is longer by when it is sealed. */
export const SIV_TAG = 16;

/** The two keys of 32 bytes that one secret gives for one purpose. */
export interface SivKeys {
  readonly mac: Buffer;
  readonly enc: Buffer;
}

/** What a tag binds a text to; the same for who seals it and who opens it. */
export interface SivPlace {
  readonly kind: (typeof SIV_KINDS)[keyof typeof SIV_KINDS];
  /** Which of a log's epochs, 0 to 65,535. */
  readonly n: number;
  /** The entry's place in its log. */
  readonly seq: number;
}

/** The keys that a secret of 32 bytes gives for what `info` names. */
export function sivKeys(secret: Uint8Array, info: Uint8Array): SivKeys {
  const both = hkdfSha256(secret, { salt: new Uint8Array(), info, length: 64 });
  return { mac: both.subarray(0, 32), enc: both.subarray(32) };
}

/** The text sealed for that place: tag, and then as many bytes as the text has. */
export function sivSeal(keys: SivKeys, place: SivPlace, plain: Uint8Array): Buffer {
  const tag = tagOf(keys, place, plain);
  return Buffer.concat([tag, aesCtr(keys.enc, tag, plain)]);
}

/** The text that was sealed with these keys for that place; undefined when it was not. */
export function sivOpen(keys: SivKeys, place: SivPlace, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < SIV_TAG) return undefined;
  const tag = sealed.subarray(0, SIV_TAG);
  const plain = aesCtr(keys.enc, tag, sealed.subarray(SIV_TAG));
  return isSameCode(tag, tagOf(keys, place, plain)) ? plain : undefined;
}

function tagOf({ mac }: SivKeys, { kind, n, seq }: SivPlace, plain: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX);
  prefix[0] = kind;
  prefix.writeUInt16BE(n, 1);
  prefix.writeBigUInt64BE(BigInt(seq), 3);
  return hmacSha256(mac, [prefix, plain]).subarray(0, SIV_TAG);
}

const PREFIX = 11;
