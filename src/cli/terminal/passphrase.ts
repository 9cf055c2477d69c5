// Where the passphrase of the secret keys comes from (spec/cli.md, "Passphrase").
import { SatchelError } from '../../format/error.js';
import { readIfThere } from '../../repository/files.js';

/** Names the file whose first line is the passphrase: for cron and services. */
export const PASSPHRASE_FILE_VARIABLE = 'SATCHEL_PASSPHRASE_FILE';

/** What the source depends on. */
export interface PassphraseOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly canAsk: boolean;
  /** Asks without showing what is typed. */
  readonly ask: (question: string) => Promise<string>;
}

/**
 * The passphrase: from the file that the environment names, else asked for on a terminal.
 * @throws SatchelError `locked` when there is nobody to ask or the file is missing or empty
 */
export async function findPassphrase(question: string, options: PassphraseOptions): Promise<string> {
  const file = options.env[PASSPHRASE_FILE_VARIABLE];
  if (file) return passphraseOfFile(file);
  if (options.canAsk) return options.ask(question);
  throw new SatchelError('locked', 'the secret keys are under a passphrase, and there is no terminal to ask for it', {
    hint: `put the passphrase into a file and name it in ${PASSPHRASE_FILE_VARIABLE}`,
  });
}

function passphraseOfFile(file: string): string {
  const [line = ''] = (readIfThere(file)?.toString('utf8') ?? '').replace(/^\ufeff/, '').split(/\r?\n/, 1);
  if (line !== '') return line;
  throw new SatchelError('locked', `${PASSPHRASE_FILE_VARIABLE} names ${file}, which is missing or empty`, {
    hint: 'its first line must be the passphrase',
  });
}
