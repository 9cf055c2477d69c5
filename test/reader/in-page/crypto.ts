// In the place of `node:crypto` in a page of tests: what the page itself has, and keys, as far as vectors are made with them or
// held against them: Ed25519 by the page's own platform, X25519 by what `age-encryption` has it from.
import { x25519 } from '@noble/curves/ed25519.js';
import { shake256 } from '@noble/hashes/sha3.js';
import { hkdfSha256, platformPublicKey, platformSignature } from '../../../src/format/platform-browser.js';

import { createHash as createSha256 } from '../../../src/reader/node/crypto.js';

export { createHmac, hash, randomBytes } from '../../../src/reader/node/crypto.js';

/** What the page has, and what replicas of tests draw their chance from. */
export function createHash(name: 'sha256' | 'shake256', options?: { readonly outputLength: number }): object {
  if (name !== 'shake256') return createSha256(name);
  const length = options?.outputLength ?? 0;
  return { update: (text: string) => ({ digest: () => Buffer.from(shake256(Buffer.from(text), { dkLen: length })) }) };
}

type Format = { readonly format: 'jwk' | 'der' };

/** A key of either kind; public ones are the private ones again, or a share of somebody else. */
interface Key {
  readonly seed: Buffer;
  readonly isAgreement: boolean;
  export(how: Format): Buffer | { readonly x: string };
}

type Given = { readonly key: Buffer | { readonly x: string } };

export function createPrivateKey({ key }: Given): Key {
  const der = key as Buffer;
  const seed = der.subarray(-SEED_SIZE);
  const isAgreement = der[AT_KIND] === X25519;
  const publicKey = (): Buffer => (isAgreement ? agreed(seed, BASE) : platformPublicKey(seed));
  return {
    seed,
    isAgreement,
    export: ({ format }) =>
      format === 'jwk'
        ? { x: publicKey().toString('base64url') }
        : Buffer.concat([Buffer.alloc(SPKI_PREFIX_SIZE), publicKey()]),
  };
}

export function createPublicKey(key: Key | Given): Key {
  if ('seed' in key) return key;
  const share = Buffer.from((key.key as { x: string }).x, 'base64url');
  return { seed: share, isAgreement: true, export: () => share };
}

export function diffieHellman({ privateKey, publicKey }: { privateKey: Key; publicKey: Key }): Buffer {
  const secret = agreed(privateKey.seed, publicKey.seed);
  if (secret.every((byte) => byte === 0)) throw new Error('a point of small order');
  return secret;
}

export function sign(_algorithm: null, message: Uint8Array, { seed }: Key): Buffer {
  return platformSignature(seed, message);
}

export function hkdfSync(
  _name: 'sha256',
  secret: Uint8Array,
  salt: string | Uint8Array,
  info: string | Uint8Array,
  length: number,
): Buffer {
  return hkdfSha256(secret, {
    salt: Buffer.from(salt as string),
    info: Buffer.from(info as string).toString(),
    length,
  });
}

export function scryptSync(): never {
  throw new Error('a page of tests has no scrypt of its own');
}

const SEED_SIZE = 32;
const SPKI_PREFIX_SIZE = 12;
/** Where the DER of a private key says of what kind it is. */
const AT_KIND = 11;
const X25519 = 0x6e;
const BASE = Buffer.from([9, ...new Array<number>(31).fill(0)]);

function agreed(scalar: Buffer, share: Buffer): Buffer {
  return Buffer.from(x25519.scalarMult(scalar, share));
}
