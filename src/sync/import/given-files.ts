// The files that an import was asked to take: named ones, those of a directory, or standard input
// (spec/cli.md, "Import").

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { ByteSource } from '../../format/source.js';
import type { Card } from '../../identity/card.js';
import { CARD_PREFIX, parseCards } from '../../identity/card-text.js';
import { disk, type Stat } from '../../repository/disk.js';
import { isMissing, onDisk } from '../../repository/files.js';
import { DRIVE_FOLDER } from '../medium/drive-folder.js';
import { type SpooledFile, spoolFile, spoolStream } from './source.js';

/** What stands for standard input. */
export const STDIN = '-';

const STDIN_FD = 0;
const CARD_FILE_MAX = 65_536;
const ENDINGS = ['.satchel', '.card'];
/** What lies in the folder of every drive, and is nothing to take. */
const OF_A_DRIVE = /^(README\.txt|drive\.json|[a-z0-9-]+\.partial)$/;

/** What words on a command line mean. */
export interface GivenFiles {
  readonly files: readonly string[];
  /** Files in directories that were given, left out because of their names. */
  readonly passedOver: readonly string[];
}

/**
 * The files meant by the words, in order: a directory stands for the bundles and cards right in it, links left out, and
 * for those of the drive in it if it is a mount point of one.
 * @throws SatchelError `not-a-file` for a link, `io` when nothing is there
 */
export function givenFiles(words: readonly string[]): GivenFiles {
  const given = words.map((word) => (word === STDIN ? named([word]) : filesOf(word)));
  return {
    files: [...new Set(given.flatMap(({ files }) => files))],
    passedOver: [...new Set(given.flatMap(({ passedOver }) => passedOver))],
  };
}

function named(files: readonly string[]): GivenFiles {
  return { files, passedOver: [] };
}

/**
 * A private copy of one of them.
 * @throws SatchelError as `spoolFile`
 */
export function spoolGiven(file: string, directory: string): SpooledFile {
  return file === STDIN ? spoolStream(STDIN_FD, 'standard input', directory) : spoolFile(file, directory);
}

/**
 * The cards of a small text file; undefined when it is something else.
 * @throws SatchelError `bad-card` for damaged ones
 */
export function cardsIn(source: ByteSource): Card[] | undefined {
  if (source.size > CARD_FILE_MAX) return undefined;
  const bytes = source.read(0, source.size);
  const isUtf16 = ['fffe', 'feff'].includes(bytes.toString('hex', 0, 2));
  const prefix = isUtf16 ? Buffer.from(CARD_PREFIX, 'utf16le') : CARD_PREFIX;
  // text has no NUL in it; a bundle has, also when its bytes were made characters of two
  const hasNul = isUtf16 ? bytes.toString('utf16le').includes('\0') : bytes.includes(0);
  return !hasNul && bytes.includes(prefix) ? parseCards(bytes) : undefined;
}

function filesOf(word: string): GivenFiles {
  const stat = statOf(word);
  if (stat?.isSymbolicLink() && disk.stat(word)?.isDirectory()) {
    // links to files are refused when they are opened
    const hint = `give what it points to, or "${path.join(word, path.sep)}" to follow it`;
    throw new SatchelError('not-a-file', `${word} is a symbolic link`, { hint });
  }
  return stat?.isDirectory() ? filesBelow(word) : named([word]);
}

function statOf(word: string): Stat | undefined {
  try {
    return disk.statLink(word);
  } catch (error) {
    // a file that is not there is told by whoever opens it: the others are still taken
    if (isMissing(error)) return undefined;
    return onDisk(`looking at ${word}`, () => {
      throw error;
    });
  }
}

/** A mount point has its bundles in the drive's folder, whatever became of the marker there. */
function filesBelow(directory: string): GivenFiles {
  const here = filesIn(directory);
  const folder = path.join(directory, DRIVE_FOLDER);
  if (!statOf(folder)?.isDirectory()) return here;
  const there = filesIn(folder);
  if (there.files.length === 0) return here;
  return { files: [...here.files, ...there.files], passedOver: [...here.passedOver, ...there.passedOver] };
}

function filesIn(directory: string): GivenFiles {
  const names = onDisk(`reading ${directory}`, () => disk.names(directory)).sort();
  // names with a leading dot are what other systems leave beside a copied file
  const files = names.filter((name) => !name.startsWith('.') && !OF_A_DRIVE.test(name));
  const isWanted = (name: string): boolean => ENDINGS.includes(path.extname(name).toLowerCase());
  const paths = (wanted: readonly string[]): string[] =>
    wanted.map((name) => path.join(directory, name)).filter((file) => statOf(file)?.isFile());
  return { files: paths(files.filter(isWanted)), passedOver: paths(files.filter((name) => !isWanted(name))) };
}
