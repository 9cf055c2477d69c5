// What the formats need of the platform below: hashes, brotli, Ed25519, as Node has them. The only file in `format/` that
// imports `node:crypto` and `node:zlib`; `platform-browser.ts` has the same exports without Node, and takes its place in
// a program for browsers (docs/architecture.md, "Seams").
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hash,
  hkdfSync,
  type KeyObject,
  sign as platformSign,
  verify as platformVerify,
  scryptSync,
  timingSafeEqual,
} from 'node:crypto';
import { type BrotliOptions, brotliCompress, brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { recall } from './lru.js';

export { isUtf8 } from 'node:buffer';

/** Parameters of brotli by their numbers in its interface: to ask node:zlib for its table loads it, needed or not. */
const BROTLI_QUALITY = 1;
const BROTLI_WINDOW = 2;
const BROTLI_SIZE_HINT = 5;
/** Give out what the bytes so far hold. */
const BROTLI_FLUSH = 1;
/** The smallest chunk that Node decompresses into. */
const BROTLI_CHUNK_MIN = 64;

/**
 * How many verifying keys are kept ready: logs come in runs of few, and to take a bare key again costs a fifteenth of what a
 * signature does. A stranger's bundle cannot make memory grow past it.
 */
export const PUBLIC_KEYS_KEPT = 64;

/** How many signing keys are kept ready: a device key and the logs being written to. */
const SECRET_KEYS_KEPT = 16;

const CHACHA_TAG = 16;

// The DER around a bare key (RFC 8410): everything before the 32 bytes is constant.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const publicKeys = new Map<string, KeyObject>();
const secretKeys = new Map<string, KeyObject>();

/** SHA-256 of the bytes in lower-case hex. */
export function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** SHA-256 of the bytes as a latin1 string of 32 characters: the fastest form Node offers. */
export function sha256Latin1(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'latin1' as 'hex');
}

/** A SHA-256 of bytes that come in pieces. */
export interface Sha256 {
  update(bytes: Uint8Array): unknown;
  /** Of all pieces, in lower-case hex; to be asked once. */
  digest(encoding: 'hex'): string;
}

/** Begins a SHA-256 of nothing. */
export function createSha256(): Sha256 {
  return createHash('sha256');
}

/** SHA-512 of the pieces back to back, 64 bytes. */
export function sha512(pieces: readonly Uint8Array[]): Uint8Array {
  const digest = createHash('sha512');
  for (const piece of pieces) digest.update(piece);
  return digest.digest();
}

/** What makes a hash slow. */
export interface Slowness {
  readonly salt: Uint8Array;
  /** A power of two; with the block size it says how much memory each try takes. */
  readonly cost: number;
  readonly blockSize: number;
  /** Bytes that come out. */
  readonly length: number;
}

/** scrypt without parallel lanes (RFC 7914). */
export function scrypt(secret: Uint8Array, { salt, cost, blockSize, length }: Slowness): Buffer {
  // twice what it takes: the platform refuses what comes near its limit
  return scryptSync(secret, salt, length, { N: cost, r: blockSize, p: 1, maxmem: 256 * cost * blockSize });
}

/** What one key is drawn out of another with. */
export interface Derivation {
  readonly salt: Uint8Array;
  readonly info: string | Uint8Array;
  /** Bytes of the key that comes out. */
  readonly length: number;
}

/** The key that HKDF-SHA256 (RFC 5869) derives from a secret. */
export function hkdfSha256(secret: Uint8Array, { salt, info, length }: Derivation): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, length));
}

/** HMAC-SHA-256 (RFC 2104) of the pieces back to back, 32 bytes. */
export function hmacSha256(key: Uint8Array, pieces: readonly Uint8Array[]): Buffer {
  const code = createHmac('sha256', key);
  for (const piece of pieces) code.update(piece);
  return code.digest();
}

/** Whether two codes of one length are the same, in a time that does not tell where they differ. */
export function isSameCode(a: Uint8Array, b: Uint8Array): boolean {
  return timingSafeEqual(a, b);
}

/**
 * The bytes with the keystream of AES-256 in counter mode (NIST SP 800-38A): encrypted, or decrypted. `counter` are the 16 bytes
 * of the first block, counted on modulo 2^128. Nothing tells whether it was the right key.
 */
export function aesCtr(key: Uint8Array, counter: Uint8Array, bytes: Uint8Array): Buffer {
  return createCipheriv('aes-256-ctr', key, counter).update(bytes);
}

/**
 * What was encrypted with ChaCha20-Poly1305 (RFC 8439), its tag of 16 bytes behind it, with nothing beside it
 * authenticated; undefined when it does not open. The key has 32 bytes, the nonce 12.
 */
export function openChaCha(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: CHACHA_TAG });
  const end = sealed.length - CHACHA_TAG;
  if (end < 0) return undefined;
  decipher.setAuthTag(sealed.subarray(end));
  const content = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
    return content;
  } catch {
    return undefined;
  }
}

/** The content encrypted with ChaCha20-Poly1305 as {@link openChaCha} opens it. A nonce MUST NOT be used twice with one key. */
export function sealChaCha(key: Uint8Array, nonce: Uint8Array, content: Uint8Array): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: CHACHA_TAG });
  return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** What a compressed body holds. */
export interface Decompressed {
  readonly raw: Buffer;
  /** Bytes of the body that the compressed stream took; what lies behind them is none of it. */
  readonly consumed: number;
}

/**
 * Decompresses a whole brotli stream of at most `rawMax` bytes.
 * @throws Error when it is none, is cut off, or holds more
 */
export function decompress(body: Buffer, rawMax: number): Decompressed {
  // the bound stops a decompression bomb after rawMax bytes, whatever the stream holds
  // and one byte more than it may hold is room for all of it in one piece
  const chunkSize = Math.max(rawMax + 1, BROTLI_CHUNK_MIN);
  const options = { maxOutputLength: Math.max(rawMax, 1), chunkSize, info: true };
  const { buffer, engine } = brotliDecompressSync(body, options) as unknown as Inflated;
  return { raw: buffer, consumed: engine.bytesWritten };
}

/** What zlib returns with `info`; its types do not know. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * What the first bytes of a brotli stream hold, at most `rawMax` bytes, of which about `expected` are.
 * @throws Error when it is no brotli stream, or holds more
 */
export function decompressFront(start: Buffer, rawMax: number, expected: number): Buffer {
  const chunkSize = Math.max(expected, BROTLI_CHUNK_MIN);
  return brotliDecompressSync(start, { finishFlush: BROTLI_FLUSH, chunkSize, maxOutputLength: Math.max(rawMax, 1) });
}

/** The bytes as one brotli stream; undefined where the platform compresses nothing. `quality` is brotli's, 0 to 11. */
export function compress(raw: Buffer, quality: number): Buffer | undefined {
  return brotliCompressSync(raw, brotliOptions(raw, quality));
}

/** The same, compressed by another thread. */
export function compressBeside(raw: Buffer, quality: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    brotliCompress(raw, brotliOptions(raw, quality), (error, packed) => {
      if (error) reject(error);
      else resolve(packed);
    });
  });
}

function brotliOptions(raw: Buffer, quality: number): BrotliOptions {
  return {
    // what is longer is of no use
    chunkSize: Math.max(raw.length, BROTLI_CHUNK_MIN),
    params: { [BROTLI_QUALITY]: quality, [BROTLI_WINDOW]: 20, [BROTLI_SIZE_HINT]: raw.length },
  };
}

/**
 * The equation of Ed25519 as the platform decides it; false also for a key that is no point of the curve. Held to our rule
 * by signature.ts: never to be asked by anybody else.
 */
export function platformEquation(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return platformVerify(null, message, publicKeyObject(publicKey), signature);
  } catch {
    // Whether a key that is no point fails at import or at verification depends on the OpenSSL below.
    return false;
  }
}

/** The signature of RFC 8032 over a message by the key that grows from a 32-byte seed. */
export function platformSignature(secretSeed: Uint8Array, message: Uint8Array): Buffer {
  return platformSign(null, message, secretKeyObject(secretSeed));
}

/** The 32-byte verifying key that belongs to a 32-byte seed. */
export function platformPublicKey(secretSeed: Uint8Array): Buffer {
  // the DER around it takes seventy times as long
  const { x = '' } = createPublicKey(secretKeyObject(secretSeed)).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url');
}

/** How many verifying keys are ready at this moment. */
export function publicKeysKept(): number {
  return publicKeys.size;
}

// It takes keys as KeyObjects; logs are verified in runs of one key, so recent ones are kept.
function publicKeyObject(publicKey: Uint8Array): KeyObject {
  // taking a bare key costs a tenth of parsing the DER around one
  const x = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.byteLength).toString('base64url');
  return recall(publicKeys, x, PUBLIC_KEYS_KEPT, () =>
    createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  );
}

function secretKeyObject(secretSeed: Uint8Array): KeyObject {
  // Named by a hash: as a string, a seed would stay somewhere in the heap for as long as the heap likes.
  return recall(secretKeys, sha256(secretSeed), SECRET_KEYS_KEPT, () =>
    createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secretSeed]), format: 'der', type: 'pkcs8' }),
  );
}
