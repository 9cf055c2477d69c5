// Keys that files are sealed to, as age asks for them, on the platform's X25519 (age-encryption.org/v1, "The X25519 recipient
// type"). The library's own ask for WebCrypto once a stanza.
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { hkdfSha256, openChaCha, sealChaCha } from '../format/platform.js';

/** A recipient's part of a header, as the library hands it over and takes it. */
export interface Stanza {
  readonly args: string[];
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

  /** 32 bytes that only the owner of `other` finds too; undefined for a point of small order, with which no key agrees. */
  agree(other: Uint8Array): Buffer | undefined {
    const x = Buffer.from(other).toString('base64url');
    try {
      const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
      return diffieHellman({ privateKey: this.#key, publicKey });
    } catch {
      return undefined;
    }
  }

  #unwrap(share: Buffer, body: Uint8Array): Buffer | undefined {
    const secret = this.agree(share);
    return secret && openChaCha(wrapKey(secret, share, this.recipient), NONCE, body);
  }
}

/**
 * A file key for the owner of a recipient key, by the key `ephemeral`, which MUST be new; undefined when the recipient is a
 * point of small order, to which nothing can be sealed.
 */
export function wrapFileKey(ephemeral: X25519Identity, recipient: Buffer, fileKey: Uint8Array): Stanza | undefined {
  const secret = ephemeral.agree(recipient);
  if (!secret) return undefined;
  const share = ephemeral.recipient;
  const body = sealChaCha(wrapKey(secret, share, recipient), NONCE, fileKey);
  return { args: ['X25519', share.toString('base64').replace(/=$/, '')], body };
}

function wrapKey(secret: Buffer, share: Buffer, recipient: Buffer): Buffer {
  return hkdfSha256(secret, { salt: Buffer.concat([share, recipient]), info: LABEL, length: 32 });
}

const LABEL = 'age-encryption.org/v1/X25519';
/** Each key is used for one message only. */
const NONCE = Buffer.alloc(12);
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
