// Sealed files that were not opened, in words (spec/cli.md, "import", "sync").
import type { Context } from '../command/context.js';
import { PASSPHRASE_FILE_VARIABLE } from '../terminal/passphrase.js';
import { plural } from '../terminal/size.js';

/** Counts those for others, and says what lets the others be opened. */
export function tellSealed(
  context: Context,
  { notForUs, waiting }: { readonly notForUs: number; readonly waiting: number },
): void {
  const them = notForUs === 1 ? 'it' : 'them';
  if (notForUs > 0) context.note(`${plural(notForUs, 'file')} sealed for others: no key here opens ${them}`);
  if (waiting === 0) return;
  context.note(
    `${plural(waiting, 'sealed file')} left: the secret keys are under a passphrase, and there is no terminal`,
  );
  context.note(
    `put the passphrase into a file, name it in ${PASSPHRASE_FILE_VARIABLE}, and run the same command again`,
  );
}
