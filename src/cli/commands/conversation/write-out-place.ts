// Where a conversation is written to: a new file or directory, or standard output (spec/cli.md, "Reading elsewhere").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import type { Context } from '../../command/context.js';
import { STDOUT } from '../exchange/output-spool.js';
import { assertParent, isThere, statOf } from '../identity/new-file.js';
import { saveFile } from './save-file.js';

/** Where the text goes, and its attachments. */
export interface Place {
  readonly file: string;
  /** Whether attachments are parts of the text, lie in a folder, or are left out. */
  readonly attachments: 'within' | 'beside' | 'nowhere';
  /** What the folder is called in the text. */
  readonly folder: string;
  /** The folder, made when it is first asked for. */
  attachmentsIn(): string;
  /** Writes the text; false when it was stopped before its end. */
  write(pieces: Iterable<string>): Promise<boolean>;
  /** Removes what was made. */
  undo(): void;
}

const INDEX = 'index.html';
const FOLDER = 'attachments';
const PIECE_BYTES = 65_536;

/**
 * The directory of a page, which is new or empty.
 * @throws SatchelError `usage` when something is there, `io` when what is to hold it is not
 */
export function pageIn(output: string, context: Context): Place {
  if (output === STDOUT) {
    throw new SatchelError('usage', '--html makes a directory, and none is called "-"', {
      hint: 'name one: --html DIR',
    });
  }
  const directory = path.resolve(output);
  const isNew = !isThere(directory);
  if (isNew) assertParent(directory, directory);
  else if (!isEmptyDirectory(directory)) throw taken(output);
  const made: string[] = [];
  if (isNew) make(directory, made);
  return placeAt(path.join(directory, INDEX), path.join(directory, FOLDER), made, context);
}

/** A new file with its attachments in it. @throws SatchelError as `pageIn` */
export function fileAt(output: string, context: Context): Place {
  return output === STDOUT ? standardOutput('within', context) : placeAt(freeFile(output), undefined, [], context);
}

/** A new file with its attachments in a folder beside it; without them to standard output. @throws SatchelError as `pageIn` */
export function fileWithFolder(output: string, context: Context): Place {
  if (output === STDOUT) return standardOutput('nowhere', context);
  const file = freeFile(output);
  const folder = path.join(path.dirname(file), `${path.basename(file, path.extname(file))}-${FOLDER}`);
  if (isThere(folder)) throw taken(folder);
  return placeAt(file, folder, [], context);
}

function freeFile(output: string): string {
  const file = path.resolve(output);
  if (isThere(file)) throw taken(output);
  assertParent(output, file);
  return file;
}

function isEmptyDirectory(directory: string): boolean {
  const isDirectory = statOf(directory)?.isDirectory() === true;
  return isDirectory && onDisk(`reading ${directory}`, () => disk.names(directory)).length === 0;
}

function placeAt(file: string, folder: string | undefined, made: string[], context: Context): Place {
  const { signal } = context.interruption();
  return {
    file,
    attachments: folder === undefined ? 'within' : 'beside',
    folder: path.basename(folder ?? ''),
    attachmentsIn() {
      if (folder !== undefined && !made.includes(folder)) make(folder, made);
      return folder ?? path.dirname(file);
    },
    async write(pieces) {
      const saved = await saveFile({
        directory: path.dirname(file),
        name: path.basename(file),
        chunks: buffers(pieces),
        compare: () => [false],
        isStopped: () => signal.aborted,
      });
      return saved !== undefined;
    },
    undo: () => made.forEach(removeIfPossible),
  };
}

function standardOutput(attachments: 'within' | 'nowhere', { stdout }: Context): Place {
  return {
    file: STDOUT,
    attachments,
    folder: '',
    attachmentsIn: () => '',
    async write(pieces) {
      for (const piece of buffers(pieces)) stdout.write(piece);
      stdout.flush();
      return true;
    },
    undo: () => {},
  };
}

function make(directory: string, made: string[]): void {
  onDisk(`making ${directory}`, () => disk.makeDirectory(directory));
  made.push(directory);
}

/** What cannot be removed is no reason to hide why it should be. */
function removeIfPossible(directory: string): void {
  try {
    disk.removeTree(directory);
  } catch {
    // whoever looks finds a directory without the text
  }
}

/** The text in pieces that are worth a write. */
function* buffers(pieces: Iterable<string>): Generator<Buffer> {
  let gathered = '';
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < PIECE_BYTES) continue;
    yield Buffer.from(gathered);
    gathered = '';
  }
  yield Buffer.from(gathered);
}

function taken(file: string): SatchelError {
  return new SatchelError('usage', `${file} is there already`, { hint: 'nothing is overwritten; name another one' });
}
