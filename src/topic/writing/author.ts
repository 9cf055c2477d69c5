// The author behind what writes: identity and unlocked keys out of the repository's files, and the same anew when another
// process has changed them.
import { assertDeviceKey } from '../../identity/key-halves.js';
import { Keyring } from '../../identity/keyring.js';
import type { PassphraseSource } from '../../identity/keys.js';
import { readSelf } from '../../identity/self.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import type { Author } from './own-log.js';

/**
 * The author of the repository in `directory`; the passphrase is asked for once, if there is one.
 * @throws SatchelError `no-identity`, `locked`, `wrong-passphrase`, `damaged`
 */
export async function authorIn(
  directory: string,
  passphrase: PassphraseSource | undefined,
  notes: Pick<Author, 'stateDirectory' | 'stateCopy' | 'onDisbelief'>,
  options: { workFactor?: number | undefined } = {},
): Promise<Author> {
  const keyring = new Keyring(directory, passphrase, options);
  const read = async (): Promise<Pick<Author, 'self' | 'secrets' | 'card'>> => {
    const self = readSelf(directory);
    const secrets = await keyring.read();
    assertDeviceKey(self, secrets);
    return { self, secrets, card: storedCardBytes(self.card) };
  };
  return { ...notes, ...(await read()), reread: read, save: (change) => keyring.update(change) };
}
