// The program in one file, for a stick, and what the installed one says when it lies there without its parts.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { type Ended, environment, PROGRAM } from './program.js';

const WHOLE = PROGRAM.replace('.cjs', '.mjs');

function start(cwd: string, file: string, ...args: string[]): Ended {
  return spawnSync(process.execPath, [file, ...args], { cwd, encoding: 'utf8', env: environment(cwd) });
}

/** The names of all that lies in a directory and below it. */
function everything(directory: string): string[] {
  return fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
}

describe('the program in one file', () => {
  it.each([
    'satchel.mjs',
    'satchel.cjs',
    'satchel',
    'module/satchel.mjs',
    'module/satchel.cjs',
    'module/satchel.js',
    'script/satchel.js',
  ])('runs as %s, and by a link to it', (name) => {
    const cwd = scratchDirectory();
    for (const [folder, type] of Object.entries({ module: 'module', script: 'commonjs' })) {
      fs.mkdirSync(path.join(cwd, folder));
      fs.writeFileSync(path.join(cwd, folder, 'package.json'), JSON.stringify({ type }));
    }
    fs.copyFileSync(WHOLE, path.join(cwd, name));
    fs.symlinkSync(name, path.join(cwd, 'link'));
    for (const file of [name, 'link']) {
      expect(start(cwd, file, '--version')).toMatchObject({ stdout: expect.stringMatching(/^satchel \d/), stderr: '' });
      expect(start(cwd, file, 'reed')).toMatchObject({ status: 2, stderr: expect.stringContaining('satchel read') });
    }
  });

  it('leaves nothing behind but the repository', () => {
    const cwd = scratchDirectory();
    fs.copyFileSync(WHOLE, path.join(cwd, 'satchel.mjs'));
    const before = everything(cwd);
    for (const args of [['--version'], ['help'], ['help', 'post'], ['status'], ['nonsense']])
      start(cwd, 'satchel.mjs', ...args);
    expect(start(cwd, 'satchel.mjs', 'help', 'courier').stdout).toMatch(/^A courier who carries for others\n/);
    expect(everything(cwd)).toEqual([...before, 'home'].sort());
    expect(start(cwd, 'satchel.mjs', '-C', 'home', 'init', '--name', 'Ana').status).toBe(0);
    const kept = everything(cwd).filter((name) => !/^(home\/\.satchel|state)\b/.test(name));
    expect(kept).toEqual([...before, 'home'].sort());
  });
});

describe('the installed program', () => {
  it('says what is missing beside it', () => {
    const cwd = scratchDirectory();
    fs.copyFileSync(PROGRAM, path.join(cwd, 'satchel.cjs'));
    const { status, stderr } = start(cwd, 'satchel.cjs', '--version');
    expect([status, stderr]).toEqual([
      1,
      `satchel: error: ${path.join(cwd, 'parts')} has to lie beside ${path.join(cwd, 'satchel.cjs')}: copy it too\n`,
    ]);
  });
});

it.each([PROGRAM, WHOLE])('%s says which Node it needs', (file) => {
  const cwd = scratchDirectory();
  const old = path.join(cwd, 'old.cjs');
  fs.writeFileSync(old, 'delete process.getBuiltinModule;');
  const { status, stderr } = spawnSync(process.execPath, ['--require', old, file], { encoding: 'utf8' });
  const found = `satchel: error: needs Node 20.19 or newer, found ${process.version}\n`;
  expect([status, stderr]).toEqual([1, found]);
});
