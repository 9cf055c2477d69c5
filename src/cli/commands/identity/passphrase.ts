// satchel passphrase set, remove: what the secret keys are kept under (spec/cli.md, "Passphrase").
import { readSecrets, secretsForm, writeSecrets } from '../../../identity/keys.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { newPassphrase } from '../../terminal/new-passphrase.js';
import { PASSPHRASE_FILE_VARIABLE } from '../../terminal/passphrase.js';

/** Sets it. The file that the environment names holds the one that is in use, else the new one. */
export async function runSet(context: Context, args: Args<'passphrase set'>): Promise<void> {
  const repository = await context.repository();
  const { directory } = repository;
  const isSealed = secretsForm(directory) === 'sealed';
  const current = isSealed ? await context.passphrase() : undefined;
  // Asked before anything else, so that nobody thinks up a new one in vain.
  await readSecrets(directory, current === undefined ? undefined : async () => current);
  const file = args.file ?? (isSealed ? undefined : context.env[PASSPHRASE_FILE_VARIABLE] || undefined);
  const passphrase = await newPassphrase(context, file);
  await repository.lockedAsync(async () => {
    const secrets = await readSecrets(directory, current === undefined ? undefined : async () => current);
    await writeSecrets(directory, secrets, passphrase);
  });
  if (context.json) context.printJson({ passphrase: true });
  context.note('Your keys are under the new passphrase. Without it nothing can be written: keep it safe.');
}

/** Removes it; without one there is nothing to do. */
export async function runRemove(context: Context): Promise<void> {
  const repository = await context.repository();
  const { directory } = repository;
  const isSealed = secretsForm(directory) === 'sealed';
  if (isSealed) {
    const passphrase = await context.passphrase();
    await repository.lockedAsync(async () =>
      writeSecrets(directory, await readSecrets(directory, async () => passphrase), undefined),
    );
  }
  if (context.json) context.printJson({ passphrase: false });
  context.note(isSealed ? 'Your keys are readable to whoever can read your files.' : 'There is no passphrase.');
}
