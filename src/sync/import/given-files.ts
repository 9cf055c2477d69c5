// The files that an import was asked to take: named ones, those of a directory, or standard input
// (spec/cli.md, "Import").

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { SEALED_HEADER_MAX } from '../../format/limits.js';
import type { ByteSource } from '../../format/source.js';
import type { Card } from '../../identity/card.js';
import { CARD_PREFIX, parseCards } from '../../identity/card-text.js';
import { disk, type Stat } from '../../repository/disk.js';
import { isMissing, onDisk } from '../../repository/files.js';
import { DRIVE_FOLDER } from '../medium/drive-folder.js';
import { type OpenFile, openFile, type SpooledFile, spoolFile, spoolStream } from './source.js';

/** What stands for standard input. */
export const STDIN = '-';

/** Bytes of a file's front. */
export const FRONT_MAX = SEALED_HEADER_MAX + 1;
const STDIN_FD = 0;
const CARD_FILE_MAX = 65_536;
const ENDINGS = ['.satchel', '.card'];
/** What lies in the folder of every drive, and is nothing to take. */
const OF_A_DRIVE = /^(README\.txt|drive\.json|[a-z0-9-]+\.partial)$/;

/** A file to take, however its bytes are come by. */
export interface GivenFile {
  /** What it is called; of one in an archive the archive's name and its own. */
  readonly file: string;
  /** The archive that it lies in, as it was given. */
  readonly archive?: string;
  /** It is sealed: what is copied is what it holds. */
  readonly isSealed?: boolean;
  /** Bytes of it, as far as they can be told without reading it. */
  size(): number;
  /** What it begins with, a little more than any header of a sealed file has; nothing of one that cannot be read. */
  front(): Buffer;
  /**
   * A private copy of it.
   * @throws SatchelError why there is none
   */
  spool(directory: string): SpooledFile;
  /** It itself, where it need not be copied to be read once. @throws SatchelError as `openFile` */
  open?(): OpenFile;
  /** A private copy of what is whole of one that is sealed and damaged. @throws SatchelError why there is none */
  salvage?(directory: string): SpooledFile;
}

/** What words on a command line mean. */
export interface GivenFiles {
  readonly files: readonly string[];
  /** Those of them that were given themselves, not with a directory. */
  readonly named: ReadonlySet<string>;
  /** Files in directories that were given, left out because of their names. */
  readonly passedOver: readonly string[];
}

type Found = Omit<GivenFiles, 'named'>;

/**
 * The files meant by the words, in order: a directory stands for the bundles and cards right in it, links left out, and
 * for those of the drive in it if it is a mount point of one.
 * @throws SatchelError `not-a-file` for a link, `io` when nothing is there
 */
export function givenFiles(words: readonly string[]): GivenFiles {
  const given = words.map((word) => (word === STDIN ? named([word]) : filesOf(word)));
  return {
    files: [...new Set(given.flatMap(({ files }) => files))],
    named: new Set(words),
    passedOver: [...new Set(given.flatMap(({ passedOver }) => passedOver))],
  };
}

/** What is wrong with a file is told by whoever takes it. */
function sizeOf(file: string): number {
  try {
    return disk.stat(file)?.size ?? 0;
  } catch {
    return 0;
  }
}

function frontOf(file: string): Buffer {
  try {
    const source = openFile(file);
    try {
      return source.read(0, Math.min(source.size, FRONT_MAX));
    } finally {
      source.close();
    }
  } catch {
    // told by whoever takes it
    return Buffer.alloc(0);
  }
}

function named(files: readonly string[]): Found {
  return { files, passedOver: [] };
}

/** The file of that path, or standard input. */
export function givenFile(file: string): GivenFile {
  return {
    file,
    size: () => sizeOf(file),
    front: () => frontOf(file),
    open: () => openFile(file),
    spool: (directory) => spoolGiven(file, directory),
  };
}

/** One of which it is known already that nothing can be taken, and why. */
export function failingFile(file: string, error: SatchelError): GivenFile {
  return {
    file,
    size: () => 0,
    front: () => Buffer.alloc(0),
    spool: () => {
      throw error;
    },
  };
}

/**
 * A private copy of one of them.
 * @throws SatchelError as `spoolFile`
 */
export function spoolGiven(file: string, directory: string): SpooledFile {
  return file === STDIN ? spoolStream(STDIN_FD, 'standard input', directory) : spoolFile(file, directory);
}

/** What the name of a file in a directory makes of it: to be taken, passed over, or nobody's business. */
export function fateOfName(name: string): 'wanted' | 'passed-over' | 'ignored' {
  // names with a leading dot are what other systems leave beside a copied file
  if (name.startsWith('.') || OF_A_DRIVE.test(name)) return 'ignored';
  return ENDINGS.includes(path.extname(name).toLowerCase()) ? 'wanted' : 'passed-over';
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

function filesOf(word: string): Found {
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
function filesBelow(directory: string): Found {
  const here = filesIn(directory);
  const folder = path.join(directory, DRIVE_FOLDER);
  if (!statOf(folder)?.isDirectory()) return here;
  const there = filesIn(folder);
  if (there.files.length === 0) return here;
  return { files: [...here.files, ...there.files], passedOver: [...here.passedOver, ...there.passedOver] };
}

function filesIn(directory: string): Found {
  const names = onDisk(`reading ${directory}`, () => disk.names(directory)).sort();
  const paths = (fate: ReturnType<typeof fateOfName>): string[] =>
    names
      .filter((name) => fateOfName(name) === fate)
      .map((name) => path.join(directory, name))
      .filter((file) => statOf(file)?.isFile());
  return { files: paths('wanted'), passedOver: paths('passed-over') };
}
