// Ed25519 through `node:crypto`: fast, native, and held to our rule by signature.ts. It takes keys as KeyObjects; logs are
// verified in runs of one key, so recent ones are kept.
import {
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  sign as platformSign,
  verify as platformVerify,
} from 'node:crypto';
import { recall } from '../lru.js';

/** How many verifying keys are kept ready: a stranger's bundle cannot make memory grow past it. */
export const PUBLIC_KEYS_KEPT = 4096;

/** How many signing keys are kept ready: a device key and the logs being written to. */
const SECRET_KEYS_KEPT = 16;

// The DER around a bare key (RFC 8410): everything before the 32 bytes is constant.
const SPKI_PREFIX_BYTES = 12;
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const publicKeys = new Map<string, KeyObject>();
const secretKeys = new Map<string, KeyObject>();

/** The equation as `node:crypto` decides it; false also for a key that is no point of the curve. */
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
  const spki = createPublicKey(secretKeyObject(secretSeed)).export({ format: 'der', type: 'spki' });
  return spki.subarray(SPKI_PREFIX_BYTES);
}

/** How many verifying keys are ready at this moment. */
export function publicKeysKept(): number {
  return publicKeys.size;
}

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  // taking a bare key costs a tenth of parsing the DER around one
  const x = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.byteLength).toString('base64url');
  return recall(publicKeys, x, PUBLIC_KEYS_KEPT, () =>
    createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  );
}

function secretKeyObject(secretSeed: Uint8Array): KeyObject {
  // Named by a hash: as a string, a seed would stay somewhere in the heap for as long as the heap likes.
  return recall(secretKeys, hash('sha256', secretSeed, 'hex'), SECRET_KEYS_KEPT, () =>
    createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secretSeed]), format: 'der', type: 'pkcs8' }),
  );
}
