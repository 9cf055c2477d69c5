// satchel restore: a backup becomes the repository of a new device (spec/cli.md, "Upkeep").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { isSealed, readPassphraseHeader, readSealedHeader } from '../../../format/sealed/header.js';
import type { PayloadPlace } from '../../../format/sealed/payload.js';
import { fileKeyOf, fileKeyUnder } from '../../../identity/age.js';
import { readContacts } from '../../../identity/contacts.js';
import { backupIdentity, recoverySeedOf } from '../../../identity/recovery.js';
import { assertNoRepository } from '../../../repository/create.js';
import { makeDirectory } from '../../../repository/files.js';
import { type Restored, restoreBackup } from '../../../sync/backup/restore.js';
import { type OpenFile, openFile } from '../../../sync/import/source.js';
import { readTopics } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { findPassphrase, PASSPHRASE_FILE_VARIABLE } from '../../terminal/passphrase.js';
import { formatSize, plural } from '../../terminal/size.js';

/** Opens it, unpacks it, and says how to be somebody again. */
export async function run(context: Context, args: Args<'restore'>): Promise<void> {
  const { directory, world, lockTimeoutMs } = context;
  assertNoRepository(directory);
  const source = openFile(args.file);
  try {
    const place = await open(context, source);
    makeDirectory(directory);
    const restored = await restoreBackup(source, place, { directory, world, lockTimeoutMs });
    await tell(context, restored);
  } finally {
    source.close();
  }
}

/** @throws SatchelError `bad-bundle` when it is no backup, `wrong-passphrase`, `not-authentic`, `sealed`, `locked` */
async function open(context: Context, source: OpenFile): Promise<PayloadPlace> {
  if (!isSealed(source)) throw notBackup(source.name);
  const underPassphrase = readPassphraseHeader(source);
  if (underPassphrase) {
    const passphrase = await typed(context, 'Passphrase of the backup: ', async (question) => {
      const { askSecret } = await import('../../terminal/prompt.js');
      return askSecret(question);
    });
    const fileKey = await fileKeyUnder(underPassphrase, passphrase);
    return { headerEnd: underPassphrase.length, fileKey };
  }
  const header = readSealedHeader(source);
  const words = await typed(
    context,
    'Your 24 recovery words: ',
    async (question) => (await context.ask(question)) ?? '',
  );
  const seed = await recoverySeedOf(words);
  if (!seed) {
    throw new SatchelError(
      'not-authentic',
      'those are no recovery words: one is missing, misspelt or in another place',
      {
        hint: 'compare them with the paper; nothing was changed',
      },
    );
  }
  const fileKey = await fileKeyOf(header, [backupIdentity(seed)]);
  if (fileKey) return { headerEnd: header.bytes.length, fileKey };
  throw new SatchelError('sealed', `${source.name} is not for these recovery words`, {
    hint: 'it is somebody else\'s, or no backup: see "satchel inspect"',
  });
}

/** What opens it: in the file that the environment names, else typed. @throws SatchelError `locked` when there is nobody to ask */
async function typed(
  { env, canAsk }: Context,
  question: string,
  ask: (question: string) => Promise<string>,
): Promise<string> {
  if (env[PASSPHRASE_FILE_VARIABLE] || canAsk()) return findPassphrase(question, { env, canAsk: canAsk(), ask });
  throw new SatchelError('locked', 'the backup is encrypted, and there is no terminal to ask what opens it', {
    hint: `put the recovery words or the passphrase into a file and name it in ${PASSPHRASE_FILE_VARIABLE}`,
  });
}

function notBackup(name: string): SatchelError {
  return new SatchelError('bad-bundle', `${name} is no backup`, {
    hint: 'name a file that "satchel backup" made; bundles are taken by "satchel import"',
  });
}

async function tell(context: Context, { about, files, bytes }: Restored): Promise<void> {
  const { directory } = context;
  const { person, name, device, made } = about;
  if (context.json) {
    context.printJson({ directory, former: { person, name, device }, made, files, bytes });
    return;
  }
  const topics = plural(readTopics(directory).topics.length, 'topic');
  const contacts = plural(readContacts(directory).size, 'contact');
  context.print(`Restored ${path.join(directory, '.satchel')}: ${formatSize(bytes)}, ${topics}, ${contacts}.`);
  context.print(`It was ${escapeLine(name)}'s. This computer is a new device, and nobody yet.`);
  context.note(`Go on as a new person, whom your friends accept anew: ${nextCommand(directory, 'init', context.env)}`);
}
