// Keys of mixed order and signatures that the equation accepts under them (spec/log.md, "Signature rule").
import { encodePoint, L, multiple, readScalar, seedOf, sha512, writeScalar } from './ed25519-forge.js';
import { join } from './wire.js';

/** A key of mixed order: its secret scalar, and its 32 bytes with a point of order 8 added. */
export interface OddKey {
  readonly label: string;
  readonly secret: bigint;
  readonly id: Buffer;
}

/** The key of that label. */
export function oddKey(label: string): OddKey {
  const secret = readScalar(seedOf(label)) % L;
  return { label, secret, id: encodePoint(multiple(secret, 1)) };
}

/** A signature for which the cofactorless equation holds: nonces are tried until the challenge is a multiple of 8. */
export function oddSign(key: OddKey, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const message = join(...parts);
  for (let attempt = 0; ; attempt++) {
    const nonce = readScalar(sha512(Buffer.from(`${key.label} ${attempt}`), message)) % L;
    const r = encodePoint(multiple(nonce));
    const h = readScalar(sha512(r, key.id, message)) % L;
    if (h % 8n === 0n) return join(r, writeScalar((nonce + h * key.secret) % L));
  }
}
