// The keys of sealed files, for commands that meet some (spec/cli.md, "Passphrase").
import type { FileKeys } from '../../../identity/file-keys.js';
import type { Context } from '../../command/context.js';

/** Finds them with the repository's secret keys, which are opened, and whose passphrase is asked for, at the first such file. */
export function fileKeysFor(context: Context): FileKeys {
  return async (header) => {
    const { fileKeysOf } = await import('../../../identity/file-keys.js');
    return fileKeysOf(await context.keyring(), () => context.world.now())(header);
  };
}
