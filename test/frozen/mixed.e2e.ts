// A drive that a program of 0.1 visits among others that seal: nothing is lost in silence on either side.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../cli/program.js';
import { thaw } from '../testkit/frozen.js';
import { bundlesOn } from '../testkit/stick.js';

it('says for whom it cannot seal yet, is no bundle to that program, and gives it all when asked', () => {
  const frozen = thaw('0.1');
  const { cwd } = frozen;
  const drive = path.join(cwd, 'drive');
  const cleo = (...args: string[]) => run(['-C', 'cleo', ...args], { cwd });
  const benBefore = (...args: string[]) => {
    const env = {
      ...process.env,
      SATCHEL_STATE_DIR: path.join(cwd, 'ben', 'state'),
      SATCHEL_PASSPHRASE_FILE: path.join(cwd, 'ben.passphrase'),
    };
    const words = [path.join(cwd, 'satchel.mjs'), '-C', path.join(cwd, 'ben'), ...args];
    return spawnSync(process.execPath, words, { cwd, encoding: 'utf8', env });
  };
  // each use of a passphrase costs seconds, on purpose
  expect(benBefore('passphrase', 'remove').status).toBe(0);
  cleo('init', '--name', 'Cleo', '-q');
  cleo('card', '-o', 'cleo.card', '-q');
  cleo('topic', 'join', 'garden', '-q');
  frozen.on('ana', 'card', '-o', 'ana.card', '-q');
  frozen.on('ana', 'config', 'set', 'seal', 'true', '-q');
  frozen.on('ana', 'contact', 'add', 'cleo.card', '-q');
  cleo('contact', 'add', 'ana.card', '-q');
  expect(cleo('sync', drive, '-q').status).toBe(0);
  frozen.on('ana', 'post', '-q', '-t', 'garden', 'for all of you');
  const there = new Set(bundlesOn(drive));
  const { status, stdout, stderr } = frozen.on('ana', 'sync', drive);
  expect([status, stdout]).toEqual([0, expect.stringContaining('sealed for Cleo')]);
  expect(stderr).toMatch(/^nothing for Ben: no bundle from there has shown .* "satchel .*sync --open --to Ben .*"$/m);
  const [sealed = ''] = bundlesOn(drive).filter((name) => !there.has(name));
  // it does not know what that is, names it, and leaves it where it lies
  expect(benBefore('sync', drive).stderr).toContain(sealed);
  expect(fs.existsSync(path.join(drive, 'satchel', sealed))).toBe(true);
  expect(frozen.on('ana', 'sync', '--open', '--to', 'Ben', drive).status).toBe(0);
  expect(benBefore('sync', drive).stdout).toMatch(/\d new messages?/);
  expect(benBefore('read', '-t', 'garden', '-n', '3').stdout).toContain('for all of you');
  benBefore('post', '-t', 'garden', 'from an old program');
  benBefore('sync', drive);
  frozen.on('ana', 'sync', drive);
  cleo('sync', drive);
  for (const { stdout: read } of [frozen.on('ana', 'read', '-t', 'garden'), cleo('read', '-t', 'garden')])
    expect(read).toMatch(/for all of you[\s\S]*from an old program/);
}, 120_000);
