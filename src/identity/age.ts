// Our use of age (age-encryption.org/v1): the device's identity, and files under a passphrase (spec/card.md,
// "Recipient"). The one owner of age-encryption; all of it is loaded at the first use.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { SatchelError } from '../format/error.js';

/** A new native age identity, "AGE-SECRET-KEY-1...", from 32 random bytes. */
export async function createAgeIdentity(random: (size: number) => Buffer): Promise<string> {
  const { bech32 } = await import('@scure/base');
  return bech32.encodeFromBytes('age-secret-key-', random(32)).toUpperCase();
}

/**
 * The X25519 key (32 bytes) that files are encrypted to so that this identity opens them.
 * @throws SatchelError `damaged` when it is no age identity
 */
export async function recipientOf(identity: string): Promise<Buffer> {
  const { bech32 } = await import('@scure/base');
  const decoded = bech32.decodeUnsafe(identity.toLowerCase());
  const scalar = decoded && bech32.fromWordsUnsafe(decoded.words);
  if (decoded?.prefix !== 'age-secret-key-' || scalar?.length !== 32) {
    throw new SatchelError('damaged', 'the age identity among the secret keys is not one');
  }
  const key = createPrivateKey({ key: Buffer.concat([X25519_PKCS8, scalar]), format: 'der', type: 'pkcs8' });
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
}

/** The bytes as an age file under a passphrase; `age -d` opens it. `workFactor` is the logarithm of scrypt's cost. */
export async function encryptUnderPassphrase(
  content: Uint8Array,
  passphrase: string,
  options: { workFactor?: number | undefined } = {},
): Promise<Buffer> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(options.workFactor ?? SCRYPT_WORK_FACTOR);
  return Buffer.from(await encrypter.encrypt(content));
}

/**
 * The content of an age file under a passphrase.
 * @throws SatchelError `wrong-passphrase` when it does not open the file, `damaged` when nothing would
 */
export async function decryptWithPassphrase(file: Uint8Array, passphrase: string): Promise<Buffer> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return Buffer.from(await decrypter.decrypt(file));
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('no identity matched')) {
      throw new SatchelError('wrong-passphrase', 'the passphrase does not open the secret keys', { cause });
    }
    throw new SatchelError('damaged', 'the file with the secret keys is damaged', { cause });
  }
}

const SCRYPT_WORK_FACTOR = 18;
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
