// The signature equation in our own hands, on the point arithmetic of @noble/ed25519, for platforms whose answers
// are not ours (spec/log.md, "Signature rule"). Ten times slower. `noble.verify` is no substitute: it multiplies by
// the cofactor in both its modes, and so accepts signatures of mixed-order keys that this rule refuses.
import { Point } from '@noble/ed25519';
import { sha512 } from '../platform.js';
import { PUBLIC_KEY_BYTES } from './rule.js';

/** The cofactorless equation; false also for a key that is no point of the curve. */
export function fallbackEquation(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = decodePoint(publicKey);
  if (key === undefined) return false;
  const r = signature.subarray(0, PUBLIC_KEY_BYTES);
  const s = decodeLittleEndian(signature.subarray(PUBLIC_KEY_BYTES));
  const h = challengeOf(r, publicKey, message);
  // The point is negated, never the scalar: on a mixed-order key [L - h]A is not -[h]A.
  const expected = Point.BASE.multiply(s, false).add(key.negate().multiply(h, false));
  return Buffer.compare(expected.toBytes(), r) === 0;
}

/** h = SHA-512(R || A || M), reduced modulo L as OpenSSL does; a mixed-order key can tell the difference. */
function challengeOf(r: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint {
  return decodeLittleEndian(sha512([r, publicKey, message])) % Point.CURVE().n;
}

function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}

function decodeLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
