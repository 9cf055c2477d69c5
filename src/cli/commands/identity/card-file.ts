// Where "card -o" writes, and what it may replace there: nothing but an older card of the same person
// (spec/cli.md, "Identity and contacts").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import { CARD_PREFIX, parseCards } from '../../../identity/card-text.js';
import type { Self } from '../../../identity/self.js';
import { disk } from '../../../repository/disk.js';
import { onDisk, writeAtomic } from '../../../repository/files.js';
import { assertParent, fileStem, isThere, statOf, writeIfFree } from './new-file.js';

/** A card and nothing else, with the line's end; what is longer is not read. */
const CARD_FILE_MAX = 4_096;

/**
 * Writes the content as the card of `self`: to the file, or into the directory under a name of its own. Durable when this
 * returns; the path that was written.
 * @throws SatchelError `usage` when something else has the name, `not-a-file`, `io`, `no-space`
 */
export function writeCardFile(output: string, content: string, self: Pick<Self, 'person' | 'name'>): string {
  const names = namesFor(output, self);
  for (const file of names) if (holdsOwn(file, content, self)) return replace(file, content);
  for (const file of names) if (writeIfFree(file, content)) return file;
  throw taken(names);
}

/**
 * Passes what {@link writeCardFile} would find a place for, before anything else is changed.
 * @throws SatchelError as that
 */
export function assertCardPlace(output: string, content: string, self: Pick<Self, 'person' | 'name'>): void {
  const names = namesFor(output, self);
  if (!names.some((file) => !isThere(file) || holdsOwn(file, content, self))) throw taken(names);
}

function taken(names: readonly string[]): SatchelError {
  return new SatchelError('usage', `${names.at(-1)} is there already and is not your card`, {
    hint: 'nothing is overwritten; name another file with -o',
  });
}

/** The names to try: of two people of one name in a directory, the second one's has the person's id in it. */
function namesFor(output: string, { name, person }: Pick<Self, 'person' | 'name'>): readonly string[] {
  const file = path.resolve(output);
  const stat = statOf(file);
  if (stat?.isDirectory()) {
    const stem = path.join(file, fileStem(name));
    return [`${stem}.card`, `${stem}-${shortId(person)}.card`];
  }
  if (stat && !stat.isFile()) {
    throw new SatchelError('not-a-file', `${output} is not a regular file`, { hint: 'give a file or a directory' });
  }
  assertParent(output, file);
  return [file];
}

/** Whether a card of the person, or just this content, is all that the file holds. */
function holdsOwn(file: string, content: string, { person }: Pick<Self, 'person'>): boolean {
  const stat = statOf(file);
  if (!stat?.isFile() || stat.size > Math.max(CARD_FILE_MAX, Buffer.byteLength(content))) return false;
  const text = onDisk(`reading ${file}`, () => disk.content(file).toString('utf8'));
  return text === content || personOf(text.trim()) === person;
}

function personOf(text: string): string | undefined {
  if (!text.startsWith(CARD_PREFIX) || !/^[\w-]*$/.test(text.slice(CARD_PREFIX.length))) return undefined;
  try {
    return parseCards(Buffer.from(text))[0]?.person;
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

function replace(file: string, content: string): string {
  // a link stays one: what it leads to is replaced
  writeAtomic(
    onDisk(`looking at ${file}`, () => disk.realPath(file)),
    content,
  );
  return file;
}
