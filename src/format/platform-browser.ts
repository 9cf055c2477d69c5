// What `platform.ts` offers, without Node: for a reader in a browser, which is built with this file in its place and a
// `Buffer` of its own. Ten to fifty times slower. It reads every format; what it writes is not compressed (codec none).
import { ctr } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { equalBytes } from '@noble/ciphers/utils.js';
import { getPublicKey, hashes, sign, verify } from '@noble/ed25519';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { scrypt as nobleScrypt } from '@noble/hashes/scrypt.js';
import { sha256 as nobleSha256, sha512 as nobleSha512 } from '@noble/hashes/sha2.js';
import { BrotliDecStream, BrotliStreamResultCode, initSync } from 'brotli-dec-wasm/web';
import type { Decompressed, Derivation, Sha256, Slowness } from './platform.js';

hashes.sha512 = nobleSha512;

/** Makes decompression usable, with the bytes of the decoder's `bg.wasm`; to be called once, before anything is read. */
export function startPlatform(wasm: Uint8Array<ArrayBuffer>): void {
  initSync({ module: wasm });
}

/** As {@link import('./platform.js').sha256}. */
export function sha256(bytes: Uint8Array): string {
  return digestOf(bytes).toString('hex');
}

/** As {@link import('./platform.js').sha256Latin1}. */
export function sha256Latin1(bytes: Uint8Array): string {
  return digestOf(bytes).toString('latin1');
}

/** As {@link import('./platform.js').createSha256}. */
export function createSha256(): Sha256 {
  const digest = nobleSha256.create();
  return {
    update: (bytes) => digest.update(bytes),
    digest: (encoding) => Buffer.from(digest.digest()).toString(encoding),
  };
}

/** As {@link import('./platform.js').sha512}. */
export function sha512(pieces: readonly Uint8Array[]): Uint8Array {
  const digest = nobleSha512.create();
  for (const piece of pieces) digest.update(piece);
  return digest.digest();
}

/** As {@link import('./platform.js').hkdfSha256}. */
export function hkdfSha256(secret: Uint8Array, { salt, info, length }: Derivation): Buffer {
  return Buffer.from(hkdf(nobleSha256, secret, salt, Buffer.from(info), length));
}

/** As {@link import('./platform.js').scrypt}. */
export function scrypt(secret: Uint8Array, { salt, cost, blockSize, length }: Slowness): Buffer {
  return Buffer.from(nobleScrypt(secret, salt, { N: cost, r: blockSize, p: 1, dkLen: length }));
}

/** As {@link import('./platform.js').hmacSha256}. */
export function hmacSha256(key: Uint8Array, pieces: readonly Uint8Array[]): Buffer {
  const code = hmac.create(nobleSha256, key);
  for (const piece of pieces) code.update(piece);
  return Buffer.from(code.digest());
}

/** As {@link import('./platform.js').isSameCode}. */
export function isSameCode(a: Uint8Array, b: Uint8Array): boolean {
  return equalBytes(a, b);
}

/** As {@link import('./platform.js').aesCtr}. */
export function aesCtr(key: Uint8Array, counter: Uint8Array, bytes: Uint8Array): Buffer {
  return Buffer.from(ctr(key, counter).encrypt(bytes));
}

/** As {@link import('./platform.js').openChaCha}. */
export function openChaCha(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  try {
    return Buffer.from(chacha20poly1305(key, nonce).decrypt(sealed));
  } catch {
    return undefined;
  }
}

/** As {@link import('./platform.js').sealChaCha}. */
export function sealChaCha(key: Uint8Array, nonce: Uint8Array, content: Uint8Array): Buffer {
  return Buffer.from(chacha20poly1305(key, nonce).encrypt(content));
}

/** As {@link import('node:buffer').isUtf8}. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** As {@link import('./platform.js').decompress}. */
export function decompress(body: Buffer, rawMax: number): Decompressed {
  const { raw, consumed, isWhole } = decompressed(body, rawMax);
  if (!isWhole) throw new RangeError('the compressed stream is cut off, or holds more than it may');
  return { raw, consumed };
}

/** As {@link import('./platform.js').decompressFront}. */
export function decompressFront(start: Buffer, rawMax: number): Buffer {
  return decompressed(start, rawMax).raw;
}

/** Nothing is compressed here. */
export function compress(): undefined {
  return undefined;
}

/** Nothing is compressed here. */
export function compressBeside(): Promise<undefined> {
  return Promise.resolve(undefined);
}

/**
 * Another library's equation. It multiplies by the cofactor, so the self-test turns it down, and our own arithmetic
 * decides (signature.ts).
 */
export function platformEquation(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(signature, message, publicKey);
}

/** As {@link import('./platform.js').platformSignature}. */
export function platformSignature(secretSeed: Uint8Array, message: Uint8Array): Buffer {
  return Buffer.from(sign(message, secretSeed));
}

/** As {@link import('./platform.js').platformPublicKey}. */
export function platformPublicKey(secretSeed: Uint8Array): Buffer {
  return Buffer.from(getPublicKey(secretSeed));
}

function digestOf(bytes: Uint8Array): Buffer {
  return Buffer.from(nobleSha256(bytes));
}

/**
 * What the stream holds. One byte more than `rawMax` is asked for at most: it tells that there is too much, however much that is.
 * @throws RangeError then
 */
function decompressed(body: Buffer, rawMax: number): Decompressed & { readonly isWhole: boolean } {
  const stream = new BrotliDecStream();
  try {
    const { code, buf, input_offset: consumed } = stream.dec(body, rawMax + 1);
    if (buf.length > rawMax) throw new RangeError(`the compressed stream holds more than ${rawMax} bytes`);
    return { raw: Buffer.from(buf), consumed, isWhole: code === BrotliStreamResultCode.ResultSuccess };
  } finally {
    stream.free();
  }
}
