// Who opens sealed files: our own age identity, which lies among the secret keys (spec/sealed.md, "Opening").
import type { SealedHeader } from '../format/sealed/header.js';
import { fileKeyOf, identityOf } from './age.js';
import type { Keyring } from './keyring.js';
import { noteOpened } from './recipient-uses.js';
import type { X25519Identity } from './x25519.js';

/** What opens one sealed file. */
export interface FileKey {
  /** 16 bytes. */
  readonly fileKey: Buffer;
  /** The public half of the own key that it is sealed to, hex. */
  readonly sealedTo: string;
}

/** The key of a sealed file by its header; undefined when the file is for nobody here. */
export type FileKeys = (header: SealedHeader) => Promise<FileKey | undefined>;

/**
 * Finds keys with our secret keys, notes which of them opened something, and when (ms). They are opened at the first file. It
 * rejects with `locked` or `wrong-passphrase` when they stay closed, with `bad-bundle` when somebody changed the header.
 */
export function fileKeysOf(keyring: Keyring, now: () => number): FileKeys {
  return async (header) => {
    const { recipients } = await keyring.read();
    const identities = await Promise.all(recipients.map(({ key }) => identityOf(key)));
    const found = await fileKeysBy(identities)(header);
    if (found) noteOpened(keyring.directory, found.sealedTo, now());
    return found;
  };
}

/** Finds keys with these identities, the first that fits. */
export function fileKeysBy(identities: readonly X25519Identity[]): FileKeys {
  return async (header) => {
    let sealedTo = '';
    const fileKey = await fileKeyOf(header, identities, ({ recipient }) => {
      sealedTo = recipient.toString('hex');
    });
    return fileKey && { fileKey, sealedTo };
  };
}
