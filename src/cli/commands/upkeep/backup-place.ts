// Where a backup may be put: nothing but an older backup is ever replaced (spec/cli.md, "Upkeep").
import path from 'node:path';
import { type ErrorCode, SatchelError } from '../../../format/error.js';
import { isSealed, readPassphraseHeader, readSealedHeader } from '../../../format/sealed/header.js';
import type { ByteSource } from '../../../format/source.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import { openFile } from '../../../sync/import/source.js';
import { assertParent, isThere, statOf } from '../identity/new-file.js';

const ENDING = '.age';
/** What is told of a header that no backup has. */
const NO_FORM: readonly ErrorCode[] = ['bad-bundle', 'newer-version', 'over-limit'];

/**
 * The file that `output` means: itself, or a new name in a directory.
 * @throws SatchelError `usage` when something else than a backup is there, or it would lie in the repository; `io` when
 *   there is no such directory
 */
export function backupPlace(output: string | undefined, stem: string, repository: string): string {
  const file = output === undefined || statOf(output)?.isDirectory() ? freeName(output ?? '.', stem) : output;
  assertParent(output ?? file, file);
  assertOutside(file, repository);
  assertReplaceable(file);
  return file;
}

/** Passes a name that is free, or of a file in the form of a backup. @throws SatchelError `usage` */
export function assertReplaceable(file: string): void {
  const stat = onDisk(`looking at ${file}`, () => disk.statLink(file));
  if (!stat) return;
  if (!stat.isFile()) throw taken(file, 'is there and is not a regular file');
  const source = openFile(file);
  try {
    if (!hasForm(source)) throw taken(file, 'is there already and is no backup');
  } finally {
    source.close();
  }
}

/** An age file for one key or one passphrase: what more of it is a backup, only the words or the passphrase could tell. */
function hasForm(source: ByteSource): boolean {
  if (!isSealed(source)) return false;
  try {
    return readPassphraseHeader(source) !== undefined || readSealedHeader(source).recipients === 1;
  } catch (error) {
    if (error instanceof SatchelError && NO_FORM.includes(error.code)) return false;
    throw error;
  }
}

function assertOutside(file: string, repository: string): void {
  const doing = `looking at ${path.dirname(file)}`;
  const [inside, parent] = onDisk(doing, () => [repository, path.dirname(file)].map((one) => disk.realPath(one)));
  if (!`${parent}${path.sep}`.startsWith(`${inside}${path.sep}`)) return;
  throw new SatchelError('usage', `${file} would lie in the repository itself`, {
    hint: 'a backup belongs on another disk; name another with -o',
  });
}

function freeName(directory: string, stem: string): string {
  for (let i = 1; ; i++) {
    const file = path.join(directory, `${stem}${i === 1 ? '' : `-${i}`}${ENDING}`);
    if (!isThere(file)) return file;
  }
}

function taken(file: string, what: string): SatchelError {
  return new SatchelError('usage', `${file} ${what}`, {
    hint: 'nothing but an older backup is replaced; name another with -o',
  });
}
