// A look at the files on a drive, without taking anything: which bundles there are, and whether one is the same as before
// (spec/drive.md, "A visit").
import { createHash, hash } from 'node:crypto';
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import type { ByteSource } from '../../format/source.js';
import { isMissing } from '../../repository/files.js';
import type { OpenFile } from '../import/source.js';
import type { ListedFile, Medium } from '../medium/medium.js';
import type { SeenFile } from './memory.js';

/** Bundles looked at on one drive; a drive with more was made to tire its visitors. */
const FILES_MAX = 65_536;
/** So much of a file's beginning tells it from others. */
export const FRONT_SIZE = 65_536;
/** So long a tag that is not made of the bytes stands for them: media rot, and times can be set. */
const TAG_MS = 86_400_000;

/**
 * Names of the bundles on a drive, of very many those first that are remembered: others must not hide what is
 * known to lie there.
 */
export function bundleNames(medium: Medium, known: Readonly<Record<string, unknown>> = {}, most = FILES_MAX): string[] {
  const bundles = medium
    .names()
    .filter((name) => /^[^.].*\.satchel$/is.test(name))
    .sort();
  if (bundles.length <= most) return bundles;
  const isKnown = (name: string): boolean => Object.hasOwn(known, name);
  const [first, others] = [bundles.filter(isKnown), bundles.filter((name) => !isKnown(name))];
  return [...first, ...others].slice(0, most).sort();
}

/**
 * Size, time and front of a file at the moment `now`, ms, with what is remembered of it if it is the same; undefined when it
 * is gone or no file.
 */
export function look(medium: Medium, name: string, before: SeenFile | undefined, now: number): SeenFile | undefined {
  return ifThere(medium, name, (listed) => {
    if (before && isSameByTag(medium, listed, before, now)) return { ...before, mtime: listed.mtime };
    // a file that changed leaves another size, time or front behind, whatever its name
    const seen = { ...listed, front: opened(medium, name, frontOf), looked: now };
    return before && before.size === seen.size && before.front === seen.front ? { ...before, ...seen } : seen;
  });
}

/** What is read of a file; undefined when it is none, or is gone by now. */
export function ifThere<T>(medium: Medium, name: string, read: (listed: ListedFile) => T): T | undefined {
  try {
    const listed = medium.find(name);
    return listed && read(listed);
  } catch (error) {
    if (error instanceof SatchelError && (isMissing(error.cause) || error.code === 'not-a-file')) return undefined;
    throw error;
  }
}

/**
 * Whether a file is the same by its tag alone. For some time that goes for one that was verified or is for others, and where tags
 * are made of the bytes for one that came damaged: that may have been the way. There all others are the same for good.
 */
export function isSameByTag({ tagsContent }: Medium, listed: ListedFile, before: SeenFile, now: number): boolean {
  const { digest, tried, problem, size, tag, looked = 0 } = before;
  if (tag === undefined || size !== listed.size || tag !== listed.tag) return false;
  const isRecent = Math.abs(now - looked) <= TAG_MS;
  return tagsContent ? problem === undefined || isRecent : (digest ?? tried) !== undefined && isRecent;
}

/** SHA-256 of all of a file. */
export function digestOf(medium: Medium, name: string): Digest {
  return opened(medium, name, (source) => {
    const hashing = createHash('sha256');
    source.pass(0, source.size, (bytes) => hashing.update(bytes));
    return hashing.digest('hex') as Digest;
  });
}

/** By this a file is recognised. */
export function frontOf(source: ByteSource): Digest {
  return hash('sha256', source.read(0, Math.min(source.size, FRONT_SIZE))) as Digest;
}

function opened<T>(medium: Medium, name: string, read: (source: OpenFile) => T): T {
  const source = medium.open(name);
  try {
    return read(source);
  } finally {
    source.close();
  }
}
