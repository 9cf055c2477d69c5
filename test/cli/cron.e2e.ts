// What cron runs: known drives without a name, labels, alarms by exit status, and docs/scripts/exchange.sh on three servers.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { layoutOf } from '../../src/repository/layout.js';
import { readMemory, rememberedDrives, writeMemory } from '../../src/sync/drive/memory.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { environment, PROGRAM, run } from './program.js';

const SCRIPT = path.resolve(import.meta.dirname, '../../docs/scripts/exchange.sh');
const DAY_MS = 86_400_000;

/** Makes a repository believe that its last visits were so long ago. */
function age(cwd: string, days: number): void {
  const layout = layoutOf(path.join(cwd, 'home'));
  for (const id of rememberedDrives(layout)) {
    const memory = readMemory(layout, id);
    if (memory) writeMemory(layout, id, { ...memory, last: memory.last - days * DAY_MS });
  }
}

it('visits the known drives that are plugged in, by their labels too, and tells by its status of one that stays away', () => {
  const cwd = scratchDirectory();
  const blue = path.join(cwd, 'blue');
  const ana = (...words: string[]) => run(words, { cwd });
  ana('init', '-q', '--name', 'Ana');
  expect(ana('sync')).toMatchObject({ status: 30, stderr: expect.stringContaining('no drive that you know') });
  expect(ana('sync', '-q', '--if-present').status).toBe(0);
  for (const label of ['blue', 'red']) {
    fs.mkdirSync(path.join(cwd, label));
    ana('drive', 'init', '-q', path.join(cwd, label));
  }
  expect(ana('sync').stdout).toMatch(/^blue is safe to remove\n[\s\S]*^red is safe to remove$/m);
  expect(ana('sync', 'Blue').stdout).toContain('blue is safe to remove');
  fs.renameSync(blue, `${blue}-away`);
  expect(ana('sync').stdout.replaceAll(cwd, '')).not.toContain('blue');
  const late = (...words: string[]) => ana('sync', '-q', '--if-present', '--max-age', '2d', ...words);
  expect(late(blue)).toEqual({ status: 0, stdout: '', stderr: '' });
  age(cwd, 3);
  for (const word of [blue, 'blue'])
    expect(late(word)).toMatchObject({ status: 30, stdout: '', stderr: expect.stringContaining('for too long') });
  expect(late(path.join(cwd, 'never')).stderr).toContain('there never was one');
  expect(late('red').status).toBe(0);
  expect(late()).toMatchObject({
    status: 30,
    stdout: '',
    stderr: expect.stringMatching(/^[^\n]*no visit to blue for too long/),
  });
  // the directory's name may hold any three letters
  expect(late().stderr.replaceAll(cwd, '')).not.toContain('red');
  fs.mkdirSync(blue);
  ana('drive', 'init', '-q', blue, '--label', 'green');
  expect(late().stderr).toContain('no visit to blue for too long');
  age(cwd, 3);
  fs.rmSync(blue, { recursive: true });
  fs.renameSync(`${blue}-away`, blue);
  expect(late()).toMatchObject({ status: 30, stderr: expect.stringContaining('no visit to green') });
});

it('exchanges between three servers with one stick, and raises an alarm when it stays away or one of them is silent', () => {
  const scene = scratchDirectory();
  const stick = path.join(scene, 'stick');
  const names = ['one', 'two', 'three'];
  const at = (name: string): string => path.join(scene, name);
  const on = (name: string, ...words: string[]) => run(words, { cwd: at(name) });
  fs.mkdirSync(at('bin'));
  const program = `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(PROGRAM)} "$@"\n`;
  fs.writeFileSync(path.join(at('bin'), 'satchel'), program, { mode: 0o755 });
  const exchange = (name: string) => {
    const env = { ...environment(at(name)), PATH: `${at('bin')}:${process.env['PATH']}` };
    return spawnSync('sh', [SCRIPT, stick, '2d', 'cat >> alarm'], { cwd: at(name), env, encoding: 'utf8' }).status;
  };
  for (const name of [...names, 'stick']) fs.mkdirSync(at(name));
  for (const name of names) on(name, 'init', '-q', '--name', name);
  on('one', 'drive', 'init', '-q', stick);
  for (const name of names) on(name, 'sync', '-q', stick);
  for (const name of names) on(name, 'contact', 'add', '-q', stick);
  for (const name of names) on(name, 'post', '-q', '-t', 'logs', `from ${name}`);
  for (const name of [...names, ...names]) expect(exchange(name)).toBe(0);
  const { stdout } = on('one', 'read', '-t', 'logs', '--all');
  for (const name of names) expect(stdout).toContain(`from ${name}`);
  expect(names.some((name) => fs.existsSync(path.join(at(name), 'alarm')))).toBe(false);
  fs.renameSync(stick, `${stick}-lost`);
  expect(exchange('one')).toBe(0);
  age(at('one'), 3);
  expect(exchange('one')).toBe(3);
  expect(fs.readFileSync(path.join(at('one'), 'alarm'), 'utf8')).toMatch(/sync ended with 30[\s\S]*for too long/);
});
