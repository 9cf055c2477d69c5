import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { acquireLock } from '../../../src/repository/lock.js';
import { scratchDirectory } from '../../testkit/scratch.js';

let lock: string;
beforeEach(() => {
  lock = path.join(scratchDirectory(), 'lock');
});

it('is taken once, and free again when it is released', () => {
  const release = acquireLock(lock, 0);
  expect(() => acquireLock(lock, 0)).toThrow(expect.objectContaining({ code: 'busy' }));
  release();
  expect(fs.existsSync(lock)).toBe(false);
  acquireLock(lock, 0)();
});

it('of a process that was killed while it took it is waited for, even by who waits for nobody', () => {
  fs.writeFileSync(lock, '');
  // all but a moment of the time after which it is stale
  const then = new Date(Date.now() - 4_900);
  fs.utimesSync(lock, then, then);
  const release = acquireLock(lock, 0);
  expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
  release();
});

it('of another computer is never broken', () => {
  fs.writeFileSync(lock, JSON.stringify({ pid: 1, host: 'another computer', started: '' }));
  expect(() => acquireLock(lock, 0)).toThrow(/locked by process 1 on another computer/);
});
