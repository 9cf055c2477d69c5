// Checking secret keys as far as a command can: under a passphrase only where that is at hand (spec/cli.md, "Upkeep").
import { checkKeys, type KeysChecked } from '../../sync/check-keys.js';
import type { Context } from '../command/context.js';
import { PASSPHRASE_FILE_VARIABLE } from '../terminal/passphrase.js';

/** What is wrong with them. The passphrase is taken from its file, and asked for on a terminal only if that `mayAsk`. */
export async function keysChecked(context: Context, { mayAsk }: { readonly mayAsk: boolean }): Promise<KeysChecked> {
  const isAtHand = mayAsk || context.env[PASSPHRASE_FILE_VARIABLE];
  return await checkKeys(context.directory, isAtHand ? () => context.passphrase() : undefined);
}

/** Says so where keys were not compared. */
export function noteUncompared(context: Context, { areCompared, findings }: KeysChecked): void {
  if (areCompared || findings.length > 0) return;
  const file = `put the passphrase into a file and name it in ${PASSPHRASE_FILE_VARIABLE}`;
  context.note(`the secret keys are under a passphrase and were not compared; ${file}, or run "satchel check --all"`);
}
