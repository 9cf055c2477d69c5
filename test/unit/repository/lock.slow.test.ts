import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { acquireLock, isAboutOldLock, keepLock, tryAcquireLock } from '../../../src/repository/lock.js';
import { thisProcess } from '../../../src/repository/lock-owner.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const BUSY = expect.objectContaining({ code: 'busy' });
/** A number that no process has. */
const NOBODY = 2 ** 22 + 7;

let lock: string;
beforeEach(() => {
  lock = path.join(scratchDirectory(), 'lock');
});

it('is taken once, and free again when it is released', () => {
  const release = acquireLock(lock, 0);
  expect(() => acquireLock(lock, 0)).toThrow(BUSY);
  release();
  expect(fs.existsSync(lock)).toBe(false);
  acquireLock(lock, 0)();
});

it.each([
  ['almost', -4_900],
  ['by a clock that was ahead', 3_600_000],
])('of a process that was killed while it took it is waited for, even by who waits for nobody: %s', (_when, ms) => {
  fs.writeFileSync(lock, '');
  const then = new Date(Date.now() + ms);
  fs.utimesSync(lock, then, then);
  const release = acquireLock(lock, 0);
  expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
  release();
});

describe('a lock that was left', () => {
  it('by a process that is gone is broken at once', () => {
    leave({ pid: NOBODY });
    acquireLock(lock, 0)();
  });

  it('by another process of the same number is broken at once', () => {
    leave({ pid: process.ppid, started: '1' });
    acquireLock(lock, 0)();
  });

  it('before this machine was started anew is broken at once, whatever has its number now', () => {
    leave({ pid: process.ppid, boot: 'before the power cut' });
    // only where the system tells which machine it is
    if (thisProcess().machine === '') expect(() => acquireLock(lock, 0)).toThrow(BUSY);
    else acquireLock(lock, 0)();
  });

  it.each([
    ['in another pid namespace', { space: 'pid:[1]' }],
    ['on another computer', { host: 'another computer' }],
    ['on another computer of the same name', { boot: 'another', machine: 'another' }],
    ['by version 0.1', { boot: undefined, space: undefined, machine: undefined }],
  ])('%s is respected for 10 minutes in which it does not change', (_where, other) => {
    leave({ pid: NOBODY, ...other });
    expect(() => acquireLock(lock, 0)).toThrow(/locked by process/);
    expect(tryAcquireLock(lock)).toBeUndefined();
    sawItSince(599);
    expect(() => acquireLock(lock, 0)).toThrow(BUSY);
    sawItSince(601);
    // whoever holds it has shown that it lives
    fs.writeFileSync(lock, `${fs.readFileSync(lock, 'utf8')} `);
    expect(() => acquireLock(lock, 0)).toThrow(BUSY);
    sawItSince(601);
    acquireLock(lock, 0)();
    expect(fs.readdirSync(path.dirname(lock))).toEqual([]);
  });

  it.each([
    ['two hours ago', -7_200_000, true],
    ['in two hours', 7_200_000, true],
    ['a minute ago', -60_000, false],
  ])('is told even by who is to be quiet, if it was taken %s', (_when, ms, isTold) => {
    leave({ host: 'another computer', taken: Date.now() + ms });
    const failure = attempt(() => acquireLock(lock, 0));
    expect(failure).toMatchObject({ code: 'busy' });
    expect(isAboutOldLock(failure)).toBe(isTold);
  });
});

describe('whoever holds it', () => {
  it('releases nobody else', () => {
    const release = acquireLock(lock, 0);
    leave({ host: 'another computer' });
    release();
    expect(fs.existsSync(lock)).toBe(true);
  });

  it('shows after a minute that it lives, and finds out that it was broken', () => {
    const clock = vi.spyOn(process, 'uptime');
    const start = process.uptime();
    const release = acquireLock(lock, 0);
    const taken = fs.readFileSync(lock, 'utf8');
    keepLock(lock);
    expect(fs.readFileSync(lock, 'utf8')).toBe(taken);
    clock.mockReturnValue(start + 61);
    keepLock(lock);
    expect(fs.readFileSync(lock, 'utf8')).not.toBe(taken);
    leave({ host: 'another computer' });
    clock.mockReturnValue(start + 130);
    expect(() => keepLock(lock)).toThrow(BUSY);
    clock.mockRestore();
    release();
    expect(fs.existsSync(lock)).toBe(true);
  });
});

function leave(owner: Readonly<Record<string, unknown>>): void {
  fs.writeFileSync(lock, JSON.stringify({ ...thisProcess(), taken: Date.now(), ...owner }));
}

function sawItSince(seconds: number): void {
  const [name = ''] = fs.readdirSync(path.dirname(lock)).filter((one) => one.startsWith('lock.seen-'));
  const file = path.join(path.dirname(lock), name);
  const seen = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, JSON.stringify({ ...seen, since: os.uptime() - seconds }));
}

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
