// Sealed files among what was given: the key of each is found before anything is taken (spec/sealed.md, "Opening").
import { type ErrorCode, SatchelError } from '../../format/error.js';
import { isSealed, readSealedHeader, type SealedHeader } from '../../format/sealed/header.js';
import { sourceOf } from '../../format/source.js';
import type { FileKeys } from '../../identity/file-keys.js';
import { failingFile, type GivenFile } from './given-files.js';
import { salvageSealed, sealedForOthers, spoolSealed, type Unsealing } from './sealed-file.js';
import type { SpooledFile } from './source.js';

/** What was given, as it can be taken. */
export interface Unsealed {
  readonly files: readonly GivenFile[];
  /** Sealed, and to no key here. */
  readonly notForUs: readonly string[];
  /** Sealed, and nobody could be asked for the passphrase. */
  readonly waiting: readonly string[];
}

/** These say something about our keys, not about the file. */
const ABOUT_KEYS: readonly ErrorCode[] = ['no-identity', 'wrong-passphrase', 'damaged', 'newer-version'];

/**
 * Finds the keys. A file that was `named` and does not open is told as one that failed; in a directory or an archive it is only
 * counted: it lies there for others.
 * @throws SatchelError `locked` when a file was named that may be for us, and nobody can be asked; what is wrong with the keys
 */
export async function unsealGiven(
  files: readonly GivenFile[],
  named: ReadonlySet<string>,
  keys: FileKeys,
): Promise<Unsealed> {
  const found: GivenFile[] = [];
  const notForUs: string[] = [];
  const waiting: string[] = [];
  for (const given of files) {
    const fate = await unsealed(given, named.has(given.file) && given.archive === undefined, keys);
    if (fate === 'not-for-us') notForUs.push(given.file);
    else if (fate === 'waiting') waiting.push(given.file);
    else found.push(fate);
  }
  return { files: found, notForUs, waiting };
}

async function unsealed(
  given: GivenFile,
  isNamed: boolean,
  keys: FileKeys,
): Promise<GivenFile | 'not-for-us' | 'waiting'> {
  const front = sourceOf(given.front());
  if (!isSealed(front)) return given;
  const header = attempt(given, () => readSealedHeader(front));
  if ('spool' in header) return header;
  try {
    const key = await keys(header);
    if (key) return opening(given, { header, ...key });
    return isNamed ? failing(given, sealedForOthers(header, given.size())) : 'not-for-us';
  } catch (error) {
    if (!(error instanceof SatchelError) || ABOUT_KEYS.includes(error.code)) throw error;
    if (error.code !== 'locked') return failing(given, error);
    if (isNamed) throw error;
    return 'waiting';
  }
}

function attempt(given: GivenFile, read: () => SealedHeader): SealedHeader | GivenFile {
  try {
    return read();
  } catch (error) {
    if (error instanceof SatchelError) return failing(given, error);
    throw error;
  }
}

function opening(given: GivenFile, unsealing: Unsealing): GivenFile {
  const copied = (directory: string, copy: typeof spoolSealed): SpooledFile => {
    const sealed = given.open?.() ?? given.spool(directory);
    try {
      return copy(sealed, unsealing, directory);
    } finally {
      sealed.close();
    }
  };
  return {
    ...given,
    isSealed: true,
    spool: (directory) => copied(directory, spoolSealed),
    salvage: (directory) => copied(directory, salvageSealed),
  };
}

function failing(given: GivenFile, error: SatchelError): GivenFile {
  return { ...failingFile(given.file, error), ...(given.archive !== undefined && { archive: given.archive }) };
}
