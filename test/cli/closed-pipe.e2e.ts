// Whoever reads a pipe may go early, as `head` does: that is no failure of what only tells, and counts as nothing that was
// taken (spec/cli.md, "Exit codes").
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment, PROGRAM, run, runJson } from './program.js';

/** More than a pipe holds. */
const LINES = 3_000;
let cwd: string;

beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-closed-'));
  const ben = path.join(cwd, 'ben');
  fs.mkdirSync(ben);
  runJson(['init', '--name', 'Ana'], { cwd });
  const { card } = runJson<{ card: string }>(['init', '--name', 'Ben'], { cwd: ben });
  expect(run(['contact', 'add', card], { cwd }).status).toBe(0);
  const input = Array.from({ length: LINES }, (_, i) => `line ${i} of Ben\n`).join('');
  expect(run(['post', '-q', '-t', 'garden', '--lines'], { cwd: ben, input }).status).toBe(0);
  expect(run(['export', '-q', '--open', '-o', path.join(cwd, 'ben.satchel')], { cwd: ben }).status).toBe(0);
  expect(run(['topic', 'join', 'garden'], { cwd }).status).toBe(0);
  expect(run(['import', '-q', 'ben.satchel'], { cwd }).status).toBe(0);
});

afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }));

/** How it ends where nobody reads, or where somebody has read so many lines and is gone. */
function endedWith(args: readonly string[], reader: string): { status: number | null; stdout: string; stderr: string } {
  const words = [process.execPath, PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
  // the reader that has gone at once has gone before the program starts
  const line =
    reader === 'nobody'
      ? `exec 3> >(exec true); wait $!; ${words} >&3`
      : `${words} | ${reader}; exit \${PIPESTATUS[0]}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { cwd, encoding: 'utf8', env: environment(cwd) });
  return { status, stdout, stderr };
}

function unread(): number {
  return run(['read', '--unread', '--json'], { cwd }).stdout.split('\n').length - 1;
}

describe.skipIf(process.platform === 'win32')('a reader that goes', () => {
  it.each([
    ['read'],
    ['read', '--mark'],
    ['read', '--json', '--mark'],
    ['search', 'line'],
    ['feed', '--as', 'mailer', '--auto'],
    ['status'],
    ['help', '--all'],
    [],
  ])('at once is no failure of "%s"', (...args) => {
    expect(endedWith(args, 'nobody')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('has taken nothing that counts as read, or as handed out for good', () => {
    const { status, stdout, stderr } = endedWith(['read', '--mark'], 'head -2');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/\| line 0 of Ben\n$/);
    expect(unread()).toBe(LINES);
    const [consumer] = runJson<{ consumers: { offset: number }[] }>(['consumer', 'list'], { cwd }).consumers;
    expect(consumer?.offset).toBe(0);
  });

  it.each([
    ['export', '-o', '-', '--open', '--full'],
    ['export', '--armor', '--open', '--full'],
  ])('has no whole bundle: %s', (...args) => {
    expect(endedWith(args, 'nobody')).toMatchObject({
      status: 30,
      stderr: expect.stringContaining('nobody read the bundle to its end'),
    });
  });
});
