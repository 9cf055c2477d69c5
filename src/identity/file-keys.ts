// Who opens sealed files: our own age identity, which lies among the secret keys (spec/sealed.md, "Opening").
import type { SealedHeader } from '../format/sealed/header.js';
import { fileKeyOf, identityOf } from './age.js';
import type { Keyring } from './keyring.js';
import { noteOpened } from './recipient-uses.js';

/** The key of a sealed file by its header; undefined when the file is for nobody here. */
export type FileKeys = (header: SealedHeader) => Promise<Buffer | undefined>;

/**
 * Finds keys with our secret keys, notes which of them opened something, and when (ms). They are opened at the first file. It rejects with `locked` or `wrong-passphrase` when
 * they stay closed, with `bad-bundle` when somebody changed the header.
 */
export function fileKeysOf(keyring: Keyring, now: () => number): FileKeys {
  return async (header) => {
    const { recipients } = await keyring.read();
    const identities = await Promise.all(recipients.map(({ key }) => identityOf(key)));
    return fileKeyOf(header, identities, ({ recipient }) =>
      noteOpened(keyring.directory, recipient.toString('hex'), now()),
    );
  };
}
