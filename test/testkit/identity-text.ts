// Identities of wire-age.ts as text, and as keys that open files.
import { bech32 } from '@scure/base';
import { identityOf } from '../../src/identity/age.js';
import { type FileKeys, fileKeysBy } from '../../src/identity/file-keys.js';
import { type WireIdentity, wireIdentity } from './wire-age.js';

/** `AGE-SECRET-KEY-1...`, as the age program reads it. */
export function identityText({ scalar }: Pick<WireIdentity, 'scalar'>): string {
  return bech32.encodeFromBytes('age-secret-key-', scalar).toUpperCase();
}

/** The keys of whoever has the identity of that label. */
export function keysOf(label: string): FileKeys {
  return async (header) => fileKeysBy([await identityOf(identityText(wireIdentity(label)))])(header);
}
