// The author behind what writes: identity and unlocked keys out of the repository's files, and the same anew when another
// process has changed them.
import type { TopicKeys } from '../../format/private/topic-keys.js';
import { assertDeviceKey } from '../../identity/key-halves.js';
import type { Keyring } from '../../identity/keyring.js';
import { readSelf } from '../../identity/self.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import type { Author } from './own-log.js';
import { saveSettled } from './rotation.js';

/**
 * The author of the repository in `directory`, whose secret keys the keyring holds.
 * @throws SatchelError `no-identity`, `locked`, `wrong-passphrase`, `damaged`
 */
export async function authorIn(
  directory: string,
  keyring: Keyring,
  notes: Pick<Author, 'stateDirectory' | 'stateCopy' | 'onDisbelief' | 'onPassedOver' | 'onDevicesStated' | 'rotation'>,
): Promise<Author> {
  const read = async (): Promise<Pick<Author, 'self' | 'secrets' | 'card'>> => {
    const self = readSelf(directory);
    const secrets = await keyring.read();
    assertDeviceKey(self, secrets);
    return { self, secrets, card: storedCardBytes(self.card) };
  };
  const topicKeys = {
    read: async () => (await (await keeping()).readTopicKeys(keyring)).topics,
    keep: async (added: readonly TopicKeys[], random: (size: number) => Buffer) =>
      (await keeping()).keepTopicKeys(keyring, added, { random }),
  };
  const save: Author['save'] = (change) => saveSettled(keyring, change, notes.rotation);
  return { ...notes, ...(await read()), reread: read, save, topicKeys };
}

/** Few who write have a private topic: what opens its keys is loaded then. */
function keeping() {
  return import('../../identity/topic-keys.js');
}
