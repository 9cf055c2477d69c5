// One writer at a time: a lock file that names its owner, so that a dead owner's lock is recognised (spec/repository.md, "Lock").
import fs from 'node:fs';
import os from 'node:os';
import { SatchelError } from '../format/error.js';
import { diskError, isMissing, onDisk } from './files.js';

const POLL_MS = 20;
/** A lock that names nobody is being written at this moment, or its writer died right then. */
const NAMELESS_MS = 5_000;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in the kernel's ticks, where that is known: tells it from a later one of the same pid. */
  readonly started: string;
}

/** Locks that this process holds now: one of its own that is not among them could not be removed when it was released. */
const held = new Set<string>();

/**
 * Takes the lock, waiting for at most `timeoutMs`; returns the function that releases it.
 * @throws SatchelError `busy` when somebody else keeps it
 */
export function acquireLock(file: string, timeoutMs: number): () => void {
  const began = Date.now();
  while (!tryLock(file)) {
    if (breakStale(file)) continue;
    // one that names nobody does so in a moment, or is stale soon: nobody is told to wait for a process that was killed
    const patienceMs = readOwner(file) ? timeoutMs : Math.max(timeoutMs, NAMELESS_MS + 2 * POLL_MS);
    if (Date.now() - began >= patienceMs) throw busy(file);
    sleep(POLL_MS);
  }
  return () => release(file);
}

/** Takes the lock if it is free, else undefined. */
export function tryAcquireLock(file: string): (() => void) | undefined {
  return tryLock(file) || (breakStale(file) && tryLock(file)) ? () => release(file) : undefined;
}

function tryLock(file: string): boolean {
  try {
    fs.writeFileSync(file, JSON.stringify(thisProcess()), { flag: 'wx' });
    held.add(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // a full disk takes the name, and no content
    remove(file);
    throw diskError(`locking ${file}`, error);
  }
}

function release(file: string): void {
  held.delete(file);
  remove(file);
}

/** What cannot be removed is stale from now on: the work that was done under it is done all the same. */
function remove(file: string): void {
  try {
    // not rmSync, for which Node loads what removes whole directories
    fs.unlinkSync(file);
  } catch {
    // it is gone, or whoever comes next tries again
  }
}

/** Removes the lock of a process that is gone; a second lock keeps two breakers from breaking each other's. */
function breakStale(file: string): boolean {
  if (!isStale(file)) return false;
  const breaker = `${file}.break`;
  if (!tryLock(breaker)) {
    if (isStale(breaker)) remove(breaker);
    return false;
  }
  try {
    if (isStale(file)) onDisk(`removing ${file}`, () => fs.rmSync(file, { force: true }));
    return true;
  } finally {
    release(breaker);
  }
}

function isStale(file: string): boolean {
  const owner = readOwner(file);
  if (!owner) return ageMs(file) > NAMELESS_MS;
  if (owner.host !== os.hostname()) return false;
  if (owner.pid === process.pid && owner.started === thisProcess().started) return !held.has(file);
  return !isAlive(owner.pid) || startedAt(owner.pid) !== owner.started;
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Owner;
  } catch {
    // gone, or not yet written
    return undefined;
  }
}

function ageMs(file: string): number {
  try {
    return Date.now() - fs.statSync(file).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw diskError(`reading ${file}`, error);
  }
}

let here: Owner | undefined;

/** This process as an owner; it is asked for at every commit, and stays the same. */
function thisProcess(): Owner {
  here ??= { pid: process.pid, host: os.hostname(), started: startedAt(process.pid) };
  return here;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startedAt(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the command's name, in parentheses, may contain spaces: fields count from behind it
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function busy(file: string): SatchelError {
  const owner = readOwner(file);
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return new SatchelError('busy', `the repository is locked by ${who}`, {
    hint: `wait for it, or raise --lock-timeout; if that computer is gone for good, remove ${file}`,
  });
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
