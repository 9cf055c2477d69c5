// Who opens sealed files: our own age identity, which lies among the secret keys (spec/sealed.md, "Opening").
import type { SealedHeader } from '../format/sealed/header.js';
import { fileKeyOf, identityOf } from './age.js';
import { Keyring } from './keyring.js';
import type { PassphraseSource } from './keys.js';

/** The key of a sealed file by its header; undefined when the file is for nobody here. */
export type FileKeys = (header: SealedHeader) => Promise<Buffer | undefined>;

/**
 * Finds keys with the secret keys in a repository's directory, which are opened at the first file. It rejects with
 * `locked` or `wrong-passphrase` when they stay closed, with `bad-bundle` when somebody changed the header.
 */
export function fileKeysOf(directory: string, passphrase: PassphraseSource | undefined): FileKeys {
  const ring = new Keyring(directory, passphrase);
  return async (header) => {
    const { age } = await ring.read();
    return fileKeyOf(header, [await identityOf(age)]);
  };
}
