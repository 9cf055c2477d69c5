// One writer at a time: a lock file that names its owner, so that a dead owner's lock is recognised (spec/repository.md, "Lock").

import { SatchelError } from '../format/error.js';
import { disk } from './disk.js';
import { diskError, isMissing, onDisk } from './files.js';
import { isThisProcess, judgeOwner, type Owner, parseOwner, thisProcess } from './lock-owner.js';
import { forgetSeen, lookOf, secondsUnchanged } from './lock-seen.js';
import { fillFile } from './store/fully.js';

const POLL_MS = 20;
/** A lock that names nobody is being written at this moment, or its writer died right then. */
const NAMELESS_MS = 5_000;
/** A lock of which nobody can tell whether its owner lives is stale when it was seen unchanged for so many seconds. */
const UNCHANGED_SECONDS = 600;
/** Whoever holds one longer writes it anew each time so much has passed, and makes sure that it is its own. */
const BEAT_MS = 60_000;
/** Of a lock that is older, its user is told even by a command that is to be quiet. */
const OLD_MS = 3_600_000;

const NOTHING = Buffer.alloc(0);

/** Locks that this process holds now, and what is in them: only that is ever released. */
const held = new Map<string, { readonly bytes: string; readonly beaten: number }>();
/** Failures to get a lock that is old. */
const oldLocks = new WeakSet<SatchelError>();

/**
 * Takes the lock, waiting for at most `timeoutMs`; returns the function that releases it.
 * @throws SatchelError `busy` when somebody else keeps it
 */
export function acquireLock(file: string, timeoutMs: number): () => void {
  const began = runningMs();
  const waited = new Map<string, number>();
  while (!tryLock(file)) {
    if (breakStale(file, waited)) continue;
    const bytes = lookOf(file)?.bytes ?? NOTHING;
    // one that names nobody does so in a moment, or is stale soon: nobody is told to wait for a process that was killed
    const patienceMs = parseOwner(bytes) ? timeoutMs : Math.max(timeoutMs, NAMELESS_MS + 10 * POLL_MS);
    if (runningMs() - began >= patienceMs) throw busy(file, bytes);
    sleep(POLL_MS);
  }
  return () => release(file);
}

/** Takes the lock if it is free, else undefined. */
export function tryAcquireLock(file: string): (() => void) | undefined {
  return tryLock(file) || (breakStale(file) && tryLock(file)) ? () => release(file) : undefined;
}

/**
 * To be called now and then by whoever holds the lock: after a minute it is written anew, so that others see that its owner
 * lives, and looked at, whether it is still the own one.
 * @throws SatchelError `busy` when it is not: then nothing more may be written
 */
export function keepLock(file: string): void {
  const own = held.get(file);
  if (!own || runningMs() - own.beaten < BEAT_MS) return;
  const breaker = `${file}.break`;
  if (!tryLock(breaker)) return;
  try {
    if (!isOwn(file)) throw busy(file, lookOf(file)?.bytes ?? NOTHING);
    const bytes = `${own.bytes} `;
    onDisk(`locking ${file}`, () => fillFile(file, 'replacing', bytes));
    held.set(file, { bytes, beaten: runningMs() });
  } finally {
    release(breaker);
  }
}

/** Whether a command failed because of a lock that is more than an hour old, or of a time to come: nobody passes over that. */
export function isAboutOldLock(error: unknown): boolean {
  return error instanceof SatchelError && oldLocks.has(error);
}

function tryLock(file: string): boolean {
  const bytes = JSON.stringify({ ...thisProcess(), taken: Date.now() });
  try {
    fillFile(file, 'making', bytes);
    held.set(file, { bytes, beaten: runningMs() });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // a full disk takes the name, and no content
    remove(file);
    throw diskError(`locking ${file}`, error);
  }
}

/** Another one's lock, which took the place of the own one, stays. */
function release(file: string): void {
  if (isOwn(file)) remove(file);
  held.delete(file);
}

function isOwn(file: string): boolean {
  try {
    return disk.content(file).toString('utf8') === held.get(file)?.bytes;
  } catch {
    // gone; or it can't be read, and is stale when this process is gone
    return false;
  }
}

/** What cannot be removed is stale from now on: the work that was done under it is done all the same. */
function remove(file: string): void {
  try {
    disk.remove(file);
  } catch {
    // it is gone, or whoever comes next tries again
  }
}

/** Removes the lock of a process that is gone; a second lock keeps two breakers from breaking each other's. */
function breakStale(file: string, waited?: Map<string, number>): boolean {
  if (!isStale(file, waited)) return false;
  const breaker = `${file}.break`;
  if (!tryLock(breaker)) {
    if (isStale(breaker, waited)) remove(breaker);
    return false;
  }
  try {
    if (isStale(file, waited)) onDisk(`removing ${file}`, () => disk.remove(file));
    forgetSeen(file);
    return true;
  } finally {
    release(breaker);
  }
}

/** `waited` remembers since when this very command has seen what. */
function isStale(file: string, waited = new Map<string, number>()): boolean {
  const seen = lookOf(file);
  if (!seen) return false;
  const owner = parseOwner(seen.bytes);
  if (!owner) return ageMs(file) > NAMELESS_MS || waitedMs(waited, seen.look) > NAMELESS_MS;
  if (isThisProcess(owner)) return !held.has(file);
  const verdict = judgeOwner(owner);
  if (verdict !== 'unknown') return verdict === 'gone';
  return secondsUnchanged(file, seen.look) >= UNCHANGED_SECONDS;
}

/** Of no clock that can be set. `performance` has the same, and is a module that takes a millisecond to load. */
function runningMs(): number {
  return process.uptime() * 1_000;
}

function waitedMs(waited: Map<string, number>, look: string): number {
  const since = waited.get(look) ?? runningMs();
  waited.set(look, since);
  return runningMs() - since;
}

function ageMs(file: string): number {
  try {
    const stat = disk.stat(file);
    return stat ? Date.now() - stat.mtimeMs : 0;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw diskError(`reading ${file}`, error);
  }
}

function busy(file: string, bytes: Buffer): SatchelError {
  const owner = parseOwner(bytes);
  const error = new SatchelError('busy', `the repository is locked by ${owner ? nameOf(owner) : 'another process'}`, {
    hint: `wait for it, or raise --lock-timeout; if that computer is gone for good, remove ${file}`,
  });
  if (owner && isOld(owner)) oldLocks.add(error);
  return error;
}

function nameOf(owner: Owner): string {
  const since = isOld(owner) ? `, since ${new Date(owner.taken).toISOString().slice(0, 16).replace('T', ' ')}` : '';
  return `process ${owner.pid} on ${owner.host}${since}`;
}

function isOld({ taken }: Owner): boolean {
  return Math.abs(Date.now() - taken) > OLD_MS;
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
