// One of our keys as age asks for it, on the platform's X25519 (age-encryption.org/v1, "The X25519 recipient type").
// The library's own takes a hundred times as long for headers that are for somebody else.
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { hkdfSha256, openChaCha } from '../format/platform.js';

/** A recipient's part of a header, as the library hands it over. */
interface Stanza {
  readonly args: readonly string[];
  readonly body: Uint8Array;
}

/** Opens what is sealed to one key. */
export class X25519Identity {
  /** The public half, 32 bytes. */
  readonly recipient: Buffer;
  readonly #key: KeyObject;

  /** `scalar` has 32 bytes. */
  constructor(scalar: Uint8Array) {
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, scalar]), format: 'der', type: 'pkcs8' });
    this.recipient = Buffer.from(createPublicKey(this.#key).export({ format: 'jwk' }).x ?? '', 'base64url');
  }

  /** The file key in the first stanza that is for this key; null when none is, as the library wants it. */
  unwrapFileKey(stanzas: readonly Stanza[]): Uint8Array | null {
    for (const { args, body } of stanzas) {
      const fileKey = this.#unwrap(Buffer.from(args[1] ?? '', 'base64'), body);
      if (fileKey) return fileKey;
    }
    return null;
  }

  #unwrap(share: Buffer, body: Uint8Array): Buffer | undefined {
    const secret = this.#agree(share);
    const salt = Buffer.concat([share, this.recipient]);
    return secret && openChaCha(hkdfSha256(secret, { salt, info: LABEL, length: 32 }), NONCE, body);
  }

  /** Undefined for a share that no key agrees with: a point of small order. */
  #agree(share: Buffer): Buffer | undefined {
    try {
      const publicKey = createPublicKey({
        key: { kty: 'OKP', crv: 'X25519', x: share.toString('base64url') },
        format: 'jwk',
      });
      return diffieHellman({ privateKey: this.#key, publicKey });
    } catch {
      return undefined;
    }
  }
}

const LABEL = 'age-encryption.org/v1/X25519';
/** Each key is used for one message only. */
const NONCE = Buffer.alloc(12);
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
