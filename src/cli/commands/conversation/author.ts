// The author behind a command that writes: identity, unlocked keys, and where the notes of what was written are kept.
import { stateCopyDirectory, stateDirectory } from '../../../repository/notes/note-places.js';
import { authorIn } from '../../../topic/writing/author.js';
import type { Author } from '../../../topic/writing/own-log.js';
import type { Context } from '../../command/context.js';
import { noteDisbelief } from '../../report/renewed.js';

/**
 * The author of the context's repository; asks for the passphrase if there is one.
 * @throws SatchelError `no-identity`, `locked`, `wrong-passphrase`, `damaged`
 */
export async function openAuthor(context: Context): Promise<Author> {
  const { directory, env } = context;
  return authorIn(directory, await context.keyring(), {
    stateDirectory: stateDirectory(env),
    stateCopy: stateCopyDirectory(env),
    onDisbelief: (until) => noteDisbelief(context, until),
  });
}
