// A passphrase to be set: from a file, else typed twice (spec/cli.md, "Passphrase").
import { SatchelError } from '../../format/error.js';
import type { Context } from '../command/context.js';
import { findPassphrase, PASSPHRASE_FILE_VARIABLE } from './passphrase.js';

/**
 * The new passphrase: from `file`, else asked for twice on a terminal.
 * @throws SatchelError `locked` when there is nobody to ask, `usage` when it is empty or was typed in two ways
 */
export async function newPassphrase(
  context: Pick<Context, 'canAsk' | 'askSecret'>,
  file: string | undefined,
): Promise<string> {
  const ask = context.askSecret;
  if (file !== undefined) return findPassphrase('', { env: { [PASSPHRASE_FILE_VARIABLE]: file }, canAsk: false, ask });
  if (!context.canAsk()) {
    throw new SatchelError('locked', 'there is no terminal to ask for a new passphrase', {
      hint: `put it into a file and name it in ${PASSPHRASE_FILE_VARIABLE}`,
    });
  }
  const passphrase = await ask('New passphrase: ');
  if (passphrase === '') throw new SatchelError('usage', 'the passphrase is empty', { hint: 'nothing was changed' });
  if ((await ask(AGAIN)) === passphrase) return passphrase;
  throw new SatchelError('usage', 'the two passphrases differ', { hint: 'nothing was changed; run it again' });
}

/** One that may be left out, asked for on a terminal until it was typed twice alike: undefined for an empty one. */
export async function offerPassphrase(
  { askSecret, note }: Pick<Context, 'askSecret' | 'note'>,
  question: string,
): Promise<string | undefined> {
  for (;;) {
    const passphrase = await askSecret(question);
    if (passphrase === '') return undefined;
    if ((await askSecret(AGAIN)) === passphrase) return passphrase;
    note('They differ.');
  }
}

const AGAIN = 'The same again: ';
