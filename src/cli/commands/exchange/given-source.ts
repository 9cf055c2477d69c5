// The file that `verify` and `inspect` look at; they need no repository (spec/cli.md, "Exchange").
import os from 'node:os';
import { SatchelError } from '../../../format/error.js';
import type { ByteSource } from '../../../format/source.js';
import { STDIN } from '../../../sync/import/given-files.js';
import { openFile, spoolStream } from '../../../sync/import/source.js';
import { quoteWord } from '../../command/next.js';

/**
 * What `work` makes of the file, or of standard input for `-`.
 * @throws SatchelError `not-a-file`, `io`, `changed` when somebody wrote to it meanwhile, and what `work` throws
 */
export async function withSource<T>(file: string, work: (source: ByteSource) => T | Promise<T>): Promise<T> {
  const source = file === STDIN ? spoolStream(0, 'standard input', os.tmpdir()) : openFile(file);
  try {
    return await work(source);
  } catch (error) {
    throw source.hasChanged() ? changed(file, error) : named(file, error);
  } finally {
    source.close();
  }
}

/** The file's name belongs to what is wrong with it. */
function named(file: string, error: unknown): unknown {
  if (!(error instanceof SatchelError) || error.message.includes(file)) return error;
  const hint =
    error.hint === undefined ? {} : { hint: error.hint.replace(/(?<=--salvage )FILE$/, () => quoteWord(file)) };
  const name = file === STDIN ? 'standard input' : file;
  return new SatchelError(error.code, `${name}: ${error.message}`, { cause: error, ...hint });
}

function changed(file: string, cause: unknown): SatchelError {
  return new SatchelError('changed', `${file} changed while it was read`, {
    cause,
    hint: 'do it again when nobody writes to it',
  });
}
