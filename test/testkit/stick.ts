// A folder that is a drive, as a test handles it: made, lost, cloned, rolled back, and looked into without the program.
import fs from 'node:fs';
import path from 'node:path';
import type { ContentsRecord } from '../../src/format/bundle/contents.js';
import { blobDigest } from '../../src/format/bundle/members.js';
import { openBundle, readContents } from '../../src/format/bundle/reader.js';
import type { Digest, LogId, PersonId } from '../../src/format/ids.js';
import type { Range } from '../../src/format/log/meta.js';
import { createDrive } from '../../src/sync/drive/drive.js';
import { union } from '../../src/sync/known/knowledge.js';
import { openAny } from './open-sealed.js';

/** Makes a new drive of a directory, whatever was there before. */
export function makeStick(directory: string, id: number): string {
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  const random = (size: number): Buffer => Buffer.from(id.toString(16).padStart(size * 2, '0'), 'hex');
  createDrive(directory, { label: `stick ${id}`, random, now: 0 });
  return directory;
}

/** Makes `to` a copy of `from`, byte for byte. */
export function copyStick(from: string, to: string): void {
  fs.rmSync(to, { recursive: true, force: true });
  fs.cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

/** Names of the bundles on it. */
export function bundlesOn(directory: string): string[] {
  const names = fs.readdirSync(path.join(directory, 'satchel'));
  return names.filter((name) => name.endsWith('.satchel')).sort();
}

/** Everything on it by name, with sizes and times: two of the same mean that nothing was touched. */
export function snapshotOf(directory: string): string[] {
  const names = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return names.map((name) => {
    const { size, mtimeMs, ino } = fs.statSync(path.join(directory, name));
    return `${name} ${size} ${mtimeMs} ${ino}`;
  });
}

/** What a bundle says that it holds. */
export function recordsIn(directory: string, name: string): ContentsRecord[] {
  const source = openAny(path.join(directory, 'satchel', name));
  try {
    return [...readContents(openBundle(source))];
  } finally {
    source.close();
  }
}

/** Chunks and chunk lists of attachments in a bundle, whose bytes nobody has looked at. */
export function chunksIn(directory: string, name: string): Digest[] {
  const source = openAny(path.join(directory, 'satchel', name));
  try {
    return openBundle(source).members.flatMap((member) => blobDigest(member.name) ?? []);
  } finally {
    source.close();
  }
}

/** Ranges of each log in these bundles. */
export function rangesOf(records: readonly ContentsRecord[]): ReadonlyMap<LogId, readonly Range[]> {
  const found = new Map<LogId, Range[]>();
  for (const { log, first, end } of records) found.set(log, [...(found.get(log) ?? []), { from: first, end }]);
  return new Map([...found].map(([log, ranges]) => [log, union(ranges)]));
}

/** Everybody whose card lies there. */
export function listedOn(directory: string): PersonId[] {
  const names = fs.readdirSync(path.join(directory, 'satchel', 'people'));
  return names.map((name) => name.replace(/\.card$/, '') as PersonId);
}
