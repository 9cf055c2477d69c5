// Files that were set aside with the reason: refused ones, of which the newest stay for a while, and those that wait for
// their user to decide, which only a decision removes; both bounded (spec/repository.md, "Quarantine").
import { createHash } from 'node:crypto';
import path from 'node:path';
import { type ErrorCode, SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import type { ByteSource } from '../../format/source.js';
import { disk, type Stat } from '../disk.js';
import { makeDirectory, namesIn, onDisk } from '../files.js';
import type { Layout } from '../layout.js';
import { fileOfState, readState, writeState } from '../state.js';
import { writeFully } from './fully.js';

/** Refused files kept, at most ... */
export const QUARANTINE_FILES_MAX = 16;
/** ... and their bytes. What is larger by itself is never kept. */
const QUARANTINE_BYTES_MAX = 64 * 1_048_576;
/** Files that wait for a decision, at most ... */
export const WAITING_FILES_MAX = 64;
/** ... and their bytes. */
export const WAITING_BYTES_MAX = 256 * 1_048_576;

const COPY_BYTES = 1_048_576;
/** Digits of an id, at least, that stand for a file. */
const PREFIX_MIN = 4;
const FILE_NAME = /^([0-9a-f]{64})\.satchel$/;
const REASON_NAME = /^([0-9a-f]{64})\.json$/;

/** Why a file was set aside: what is wrong with it, or that a `stranger` made it, and its user is to decide. */
export interface Reason {
  /** Its SHA-256: it is kept under this name. */
  readonly digest: Digest;
  /** Where it came from. */
  readonly file: string;
  readonly code: ErrorCode | 'stranger';
  readonly message: string;
  /** When, ms. */
  readonly at: number;
}

/** A file in quarantine; without `reason` it is not known why, or since when. */
export interface Quarantined {
  readonly digest: Digest;
  readonly size: number;
  readonly reason: Reason | undefined;
}

/**
 * Keeps a copy of a refused file and the reason, and lets go of the oldest ones beyond the bounds. A file that waits for a
 * decision stays one. Only under the repository's lock.
 * @throws SatchelError `io`, `no-space`
 */
export function setAside(layout: Layout, source: ByteSource, reason: Reason): void {
  if (source.size > QUARANTINE_BYTES_MAX) return;
  if (listQuarantine(layout).some((one) => one.digest === reason.digest && isWaiting(one))) return;
  keep(layout, source, reason);
  onDisk('tidying the quarantine', () => tidy(layout));
}

/**
 * Keeps a copy until its user decides; false when it waits already, and has not rotten. Only under the repository's lock.
 * @throws SatchelError `over-quota` when there is no room for it, `io`, `no-space`
 */
export function keepAside(layout: Layout, source: ByteSource, reason: Reason): boolean {
  const waiting = listQuarantine(layout).filter(isWaiting);
  if (waiting.some(({ digest }) => digest === reason.digest) && isAsSetAside(layout, reason.digest)) return false;
  const bytes = waiting.reduce((sum, { size }) => sum + size, source.size);
  if (waiting.length >= WAITING_FILES_MAX || bytes > WAITING_BYTES_MAX) {
    const found = `${waiting.length} files with ${bytes - source.size} bytes wait there already`;
    throw new SatchelError('over-quota', `there is no room in the quarantine: ${found}`, {
      hint: 'decide about some: run "satchel quarantine list"',
    });
  }
  keep(layout, source, reason);
  return true;
}

/** Everything in quarantine, the newest first. */
export function listQuarantine(layout: Layout): Quarantined[] {
  const found = namesIn(layout.quarantine).flatMap((name) => {
    const digest = FILE_NAME.exec(name)?.[1] as Digest | undefined;
    const stat = digest && statIfThere(path.join(layout.quarantine, name));
    return stat ? [{ digest, size: stat.size, reason: readReason(layout, digest), time: stat.mtimeMs }] : [];
  });
  const at = ({ reason, time }: (typeof found)[number]): number => reason?.at ?? time;
  return found.sort((a, b) => at(b) - at(a) || (a.digest < b.digest ? -1 : 1)).map(({ time: _, ...one }) => one);
}

/**
 * The one file whose id begins so.
 * @throws SatchelError `usage` for what is no beginning of an id, `not-found`, `ambiguous`
 */
export function findQuarantined(layout: Layout, wanted: string): Quarantined {
  const prefix = wanted.toLowerCase();
  const hint = 'run "satchel quarantine list"';
  if (!/^[0-9a-f]*$/.test(prefix) || prefix.length < PREFIX_MIN || prefix.length > 64)
    throw new SatchelError('usage', `"${wanted}" is no id of a file in quarantine`, { hint });
  const found = listQuarantine(layout).filter(({ digest }) => digest.startsWith(prefix));
  const [first, ...others] = found;
  if (!first) throw new SatchelError('not-found', `nothing in quarantine has an id that begins ${wanted}`, { hint });
  if (others.length === 0) return first;
  const listed = found.map(({ digest }) => digest.slice(0, prefix.length + PREFIX_MIN)).join(', ');
  throw new SatchelError('ambiguous', `${wanted} could be ${listed}`, { hint: 'give more digits' });
}

/** Where a file in quarantine lies. */
export function quarantinedFile(layout: Layout, digest: Digest): string {
  return path.join(layout.quarantine, `${digest}.satchel`);
}

/** Whether a file in quarantine is there, and still what was set aside: its name is its digest. @throws SatchelError `io` */
export function isAsSetAside(layout: Layout, digest: Digest): boolean {
  const file = quarantinedFile(layout, digest);
  return onDisk('looking into the quarantine', () => statIfThere(file) !== undefined && digestOf(file) === digest);
}

/** Removes a file from quarantine; one that is gone is fine. Only under the repository's lock. */
export function dropQuarantined(layout: Layout, digest: Digest): void {
  onDisk('removing from quarantine', () => {
    disk.remove(quarantinedFile(layout, digest));
    disk.remove(fileOfState(layout, 'reason', digest));
  });
}

/** Whether only a decision removes it. */
export function isWaiting({ reason }: Quarantined): boolean {
  return reason?.code === 'stranger';
}

/** The reason is there before the file is: whatever is listed says why, and a reason without a file counts for nothing. */
function keep(layout: Layout, source: ByteSource, reason: Reason): void {
  const temporary = path.join(layout.tmp, `quarantine-${process.pid}`);
  onDisk('writing to quarantine', () => {
    makeDirectory(layout.quarantine);
    disk.makeDirectories(layout.tmp);
    copyTo(temporary, source);
    writeState(layout, 'reason', { ...reason, size: source.size }, reason.digest);
    disk.rename(temporary, quarantinedFile(layout, reason.digest));
    disk.syncNames(layout.quarantine);
  });
}

function digestOf(file: string): string {
  const hash = createHash('sha256');
  const bytes = Buffer.allocUnsafe(COPY_BYTES);
  const fd = disk.open(file, 'reading');
  try {
    for (let read = 1; read > 0; hash.update(bytes.subarray(0, read))) read = disk.read(fd, bytes, null);
  } finally {
    disk.close(fd);
  }
  return hash.digest('hex');
}

function copyTo(file: string, source: ByteSource): void {
  disk.remove(file);
  const fd = disk.open(file, 'making', 0o600);
  try {
    for (let at = 0; at < source.size; at += COPY_BYTES)
      writeFully(fd, source.read(at, Math.min(COPY_BYTES, source.size - at)), at);
    disk.sync(fd);
  } finally {
    disk.close(fd);
  }
}

function tidy(layout: Layout): void {
  let [files, bytes] = [0, 0];
  const all = listQuarantine(layout);
  for (const { digest, size } of all.filter((one) => !isWaiting(one))) {
    files++;
    bytes += size;
    if (files > QUARANTINE_FILES_MAX || bytes > QUARANTINE_BYTES_MAX) dropQuarantined(layout, digest);
  }
  const kept = new Set<string>(all.map(({ digest }) => digest));
  for (const name of namesIn(layout.quarantine)) {
    const digest = REASON_NAME.exec(name)?.[1];
    if (digest !== undefined && !kept.has(digest)) disk.remove(path.join(layout.quarantine, name));
  }
}

function readReason(layout: Layout, digest: Digest): Reason | undefined {
  return readState(layout, 'reason', digest) as Reason | undefined;
}

function statIfThere(file: string): Stat | undefined {
  return disk.statLink(file);
}
