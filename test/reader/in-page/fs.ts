// In the place of `node:fs` in a page of tests: the fixtures, which the build puts beside it, to be read; everything else lies
// on the disk in memory.

import path from 'node:path';
import fixtures from 'satchel:fixtures';
import { disk } from '../../../src/repository/disk.js';
import { fillFile } from '../../../src/repository/store/fully.js';

let directories = 0;

/** A file as text or bytes. */
export function readFileSync(place: URL | string, encoding?: 'utf8'): string | Buffer {
  const found = fixtures[nameOf(place)];
  if (found === undefined) throw Object.assign(new Error(`there is no ${place}`), { code: 'ENOENT', syscall: 'open' });
  const bytes = Buffer.from(found, 'base64');
  return encoding === undefined ? bytes : bytes.toString(encoding);
}

/** Names in a folder of the fixtures. */
export function readdirSync(place: URL | string): string[] {
  const folder = nameOf(place);
  const below = Object.keys(fixtures).filter((name) => name.startsWith(folder));
  return [...new Set(below.map((name) => name.slice(folder.length).split('/')[0] ?? ''))].sort();
}

export function writeFileSync(file: string, bytes: Uint8Array): void {
  fillFile(file, 'replacing', Buffer.from(bytes));
}

export function existsSync(file: string): boolean {
  return disk.exists(file);
}

export function mkdirSync(directory: string): void {
  disk.makeDirectories(directory);
}

export function mkdtempSync(prefix: string): string {
  const directory = `${prefix}${++directories}`;
  disk.makeDirectories(directory);
  return directory;
}

export function rmSync(place: string): void {
  disk.removeTree(place);
}

export function cpSync(from: string, to: string): void {
  if (!disk.stat(from)?.isDirectory()) {
    writeFileSync(to, disk.content(from));
    return;
  }
  disk.makeDirectories(to);
  for (const name of disk.names(from)) cpSync(path.join(from, name), path.join(to, name));
}

export function readlinkSync(): never {
  throw new Error('there are no links');
}

export default {
  readFileSync,
  readdirSync,
  writeFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  cpSync,
  readlinkSync,
  constants: {},
};

function nameOf(place: URL | string): string {
  return decodeURIComponent(String(place).split('/fixtures/')[1] ?? '');
}
