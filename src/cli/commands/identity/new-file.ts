// A small file that is given to somebody: written as a whole under a name that was free (spec/cli.md, "Your devices").
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { unicodePattern } from '../../../format/unicode-pattern.js';
import { disk, type Stat } from '../../../repository/disk.js';
import { isMissing, onDisk } from '../../../repository/files.js';
import { writeFully } from '../../../repository/store/fully.js';
import { nameIfFree } from '../conversation/save-file.js';

const others = unicodePattern(String.raw`[^\p{L}\p{N}]+`, 'g');

/** How a file is called where only a directory is given, and what it may hold already. */
interface Naming {
  readonly stem: string;
  readonly ending: string;
  readonly content?: string | undefined;
}

/**
 * The path that `output` means, which is free: the file, or a new name in the directory.
 * @throws SatchelError `usage` when something has the name, `io` when there is no such directory
 */
export function placeFor(output: string, { stem, ending, content }: Naming): string {
  const file = path.resolve(output);
  if (statOf(file)?.isDirectory()) return freeName(path.join(file, fileStem(stem)), ending, content);
  if (isThere(file) && !holds(file, content)) throw taken(file);
  assertParent(output, file);
  return file;
}

/** Writes it, durably. @throws SatchelError `usage` when something else has got the name since, `io`, `no-space` */
export function writeNewFile(file: string, content: string | Buffer): void {
  if (!writeIfFree(file, content) && !holds(file, content)) throw taken(file);
}

/** The same, but false when something has the name, be it since a moment. */
export function writeIfFree(file: string, content: string | Buffer): boolean {
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

/** Passes a path in a directory that is there. @throws SatchelError `io` */
export function assertParent(output: string, file: string): void {
  // a missing directory may be a stick that is not plugged in
  const parent = /[/\\]$/.test(output) ? file : path.dirname(file);
  if (statOf(parent)?.isDirectory()) return;
  throw new SatchelError('io', `no directory ${parent}`, { hint: 'is the drive plugged in?' });
}

/** What is there; undefined for nothing, and for a link that leads nowhere. @throws SatchelError `io` */
export function statOf(file: string): Stat | undefined {
  try {
    return onDisk(`looking at ${file}`, () => disk.stat(file));
  } catch (error) {
    if (error instanceof SatchelError && isMissing(error.cause)) return undefined;
    throw error;
  }
}

/** Whether anything has the name, a link that leads nowhere included. @throws SatchelError `io` */
export function isThere(file: string): boolean {
  return onDisk(`looking at ${file}`, () => disk.statLink(file)) !== undefined;
}

/** What every file system takes, FAT among them. */
export function fileStem(name: string): string {
  const stem = name.toLowerCase().replace(others(), '-');
  return stem.replace(/^-|-$/g, '') || 'me';
}

function freeName(stem: string, ending: string, content: string | undefined): string {
  for (let number = 1; ; number++) {
    const file = `${stem}${number === 1 ? '' : `-${number}`}.${ending}`;
    if (!isThere(file) || holds(file, content)) return file;
  }
}

function holds(file: string, content: string | Buffer | undefined): boolean {
  const stat = content === undefined ? undefined : statOf(file);
  if (content === undefined || !stat?.isFile() || stat.size !== Buffer.byteLength(content)) return false;
  return onDisk(`reading ${file}`, () => disk.content(file).equals(Buffer.from(content)));
}

function taken(file: string): SatchelError {
  return new SatchelError('usage', `${file} is there already`, {
    hint: 'nothing is overwritten; name another file with -o',
  });
}

function writeDurably(file: string, content: string | Buffer): void {
  const handle = disk.open(file, 'making');
  try {
    writeFully(handle, Buffer.from(content), 0);
    disk.sync(handle);
  } finally {
    disk.close(handle);
  }
}
