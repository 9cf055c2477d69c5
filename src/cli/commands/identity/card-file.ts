// Where "card -o" writes, and what it may replace there: nothing but an older card of the same person
// (spec/cli.md, "Identity and contacts").
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import { CARD_PREFIX, parseCards } from '../../../identity/card-text.js';
import type { Self } from '../../../identity/self.js';
import { disk, type Stat } from '../../../repository/disk.js';
import { isMissing, onDisk, writeAtomic } from '../../../repository/files.js';
import { writeFully } from '../../../repository/store/fully.js';
import { nameIfFree } from '../conversation/save-file.js';

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
  for (const file of names) if (writeNew(file, content)) return file;
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

/** A link that leads nowhere has the name, too. */
function isThere(file: string): boolean {
  return onDisk(`looking at ${file}`, () => disk.statLink(file)) !== undefined;
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
  // a missing directory may be a stick that is not plugged in
  const parent = /[/\\]$/.test(output) ? file : path.dirname(file);
  if (statOf(parent)?.isDirectory()) return [file];
  throw new SatchelError('io', `no directory ${parent}`, { hint: 'is the drive plugged in?' });
}

function statOf(file: string): Stat | undefined {
  try {
    return onDisk(`looking at ${file}`, () => disk.stat(file));
  } catch (error) {
    if (error instanceof SatchelError && isMissing(error.cause)) return undefined;
    throw error;
  }
}

// What every file system takes, FAT among them.
function fileStem(name: string): string {
  const stem = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
  return stem.replace(/^-|-$/g, '') || 'me';
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

function writeDurably(file: string, content: string): void {
  const fd = disk.open(file, 'making');
  try {
    writeFully(fd, Buffer.from(content), 0);
    disk.sync(fd);
  } finally {
    disk.close(fd);
  }
}

/** False when something has the name, be it since a moment. */
function writeNew(file: string, content: string): boolean {
  const directory = path.dirname(file);
  const temporary = path.join(directory, `.satchel-${randomBytes(6).toString('hex')}.part`);
  return onDisk(`writing ${file}`, () => {
    try {
      writeDurably(temporary, content);
      const isWritten = nameIfFree(temporary, file);
      if (isWritten) disk.syncNames(directory);
      return isWritten;
    } finally {
      disk.remove(temporary);
    }
  });
}
