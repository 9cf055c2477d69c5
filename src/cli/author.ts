// The author behind a command that writes: identity, unlocked keys, and where the notes of what was written are kept.
import { readSecrets, updateSecrets } from '../identity/keys.js';
import { readSelf } from '../identity/self.js';
import { storedCardBytes } from '../identity/stored-card.js';
import { stateCopyDirectory, stateDirectory } from '../repository/note-places.js';
import type { Author } from '../topic/own-log.js';
import type { Context } from './context.js';

/**
 * The author of the context's repository; asks for the passphrase if there is one.
 * @throws SatchelError `no-identity`, `locked`, `wrong-passphrase`, `damaged`
 */
export async function openAuthor(context: Context): Promise<Author> {
  const { directory } = context;
  const self = readSelf(directory);
  return {
    self,
    secrets: await readSecrets(directory, context.passphrase),
    card: storedCardBytes(self.card),
    stateDirectory: stateDirectory(context.env),
    stateCopy: stateCopyDirectory(context.env),
    save: (change) => updateSecrets(directory, context.passphrase, change),
  };
}
