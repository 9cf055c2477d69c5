// satchel passphrase remove: keeps the secret keys without one (spec/cli.md, "Passphrase").
import { readSecrets, secretsForm, writeSecrets } from '../../../identity/keys.js';
import type { Context } from '../../command/context.js';

/** Removes it; without one there is nothing to do. */
export async function run(context: Context): Promise<void> {
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
