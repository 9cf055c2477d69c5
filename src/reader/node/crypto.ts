// What is used of `node:crypto` above the formats: hashes with SHA-256, and no other.
import { createSha256, sha256 } from '../../format/platform-browser.js';

interface Hash {
  update(data: Uint8Array | string): Hash;
  digest(): Buffer;
  digest(encoding: 'hex'): string;
}

export function createHash(name: 'sha256'): Hash {
  assertKnown(name);
  const inner = createSha256();
  const digest = (encoding?: 'hex'): string | Buffer => {
    const hex = inner.digest('hex');
    return encoding === undefined ? Buffer.from(hex, 'hex') : hex;
  };
  const made: Hash = {
    update(data) {
      inner.update(Buffer.from(data));
      return made;
    },
    digest: digest as Hash['digest'],
  };
  return made;
}

export function hash(name: 'sha256', data: Uint8Array | string, _encoding: 'hex'): string {
  assertKnown(name);
  return sha256(Buffer.from(data));
}

/** No other hash is taken for it in silence. */
function assertKnown(name: string): void {
  if (name !== 'sha256') throw new Error(`a page has no ${name}`);
}

// What is imported beside that by files of which the page uses another part.
export const createHmac = absent;
export const createPrivateKey = absent;
export const createPublicKey = absent;
export const diffieHellman = absent;
export const hkdfSync = absent;
export const randomBytes = absent;

function absent(): never {
  throw new Error('a page has no such thing');
}
