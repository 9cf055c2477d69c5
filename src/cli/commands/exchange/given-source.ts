// The file that `verify` and `inspect` look at; they need no repository, but for what is sealed (spec/cli.md, "Exchange").
import os from 'node:os';
import { TAR_BLOCK } from '../../../format/bundle/tar.js';
import { SatchelError } from '../../../format/error.js';
import { mayBeText } from '../../../format/file-kind.js';
import { isSealed, readSealedHeader, type SealedHeader } from '../../../format/sealed/header.js';
import type { ByteSource } from '../../../format/source.js';
import type { FileKey } from '../../../identity/file-keys.js';
import { layoutOf } from '../../../repository/layout.js';
import { STDIN } from '../../../sync/import/given-files.js';
import { type OpenFile, openFile, spoolStream } from '../../../sync/import/source.js';
import type { Context } from '../../command/context.js';
import { quoteWord } from '../../command/next.js';
import { fileKeysFor } from './file-keys.js';

/** What is looked at: the file, or what a sealed one holds. */
export interface GivenSource {
  readonly source: ByteSource;
  readonly isSealed: boolean;
}

/**
 * What `work` makes of the file, or of standard input for `-`; of a text, of the bundle in it. A sealed file is opened with the keys of the repository, if
 * there is one.
 * @throws SatchelError `not-a-file`, `io`, `changed` when somebody wrote to it meanwhile, `sealed` when no key here opens it,
 *   `locked`, and what `work` throws
 */
export async function withSource<T>(
  context: Context,
  file: string,
  work: (given: GivenSource) => T | Promise<T>,
): Promise<T> {
  const source = file === STDIN ? spoolStream(0, 'standard input', os.tmpdir()) : openFile(file);
  try {
    const written = await writtenIn(file, source);
    if (!written) return await withOpened(context, source, work);
    try {
      return await withOpened(context, written, work);
    } finally {
      written.close();
    }
  } catch (error) {
    throw source.hasChanged() ? changed(file, error) : named(file, error);
  } finally {
    source.close();
  }
}

/** The bundle that a text holds, as a file of its own; undefined of what is no such text. @throws SatchelError `usage` for several */
async function writtenIn(file: string, source: OpenFile): Promise<OpenFile | undefined> {
  if (!mayBeText(source.read(0, Math.min(source.size, TAR_BLOCK)))) return undefined;
  const { armoredIn } = await import('../../../sync/import/armored.js');
  const [first, ...others] = armoredIn(file, source) ?? [];
  if (others.length === 0) return first?.spool(os.tmpdir());
  throw new SatchelError('usage', `the text holds ${others.length + 1} bundles, and one is looked at`, {
    hint: 'save each of them in a file of its own; "satchel import" takes all',
  });
}

async function withOpened<T>(
  context: Context,
  source: OpenFile,
  work: (given: GivenSource) => T | Promise<T>,
): Promise<T> {
  return isSealed(source) ? withContent(context, source, work) : work({ source, isSealed: false });
}

async function withContent<T>(
  context: Context,
  sealed: OpenFile,
  work: (given: GivenSource) => T | Promise<T>,
): Promise<T> {
  const header = readSealedHeader(sealed);
  const key = await keyFor(context, header);
  const { sealedForOthers, spoolSealed } = await import('../../../sync/import/sealed-file.js');
  if (!key) throw sealedForOthers(header, sealed.size);
  const source = spoolSealed(sealed, { header, ...key }, layoutOf(context.directory).tmp);
  try {
    return await work({ source, isSealed: true });
  } finally {
    source.close();
  }
}

async function keyFor(context: Context, header: SealedHeader): Promise<FileKey | undefined> {
  try {
    return await fileKeysFor(context)(header);
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'no-identity') return undefined;
    throw error;
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
