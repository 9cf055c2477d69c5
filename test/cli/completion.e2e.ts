// What shells offer while a command line is typed: each script in its shell, and the program behind it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment, PROGRAM, run, runJson } from './program.js';

let cwd: string;
let id: string;

/** What the program offers for the last word, without what it means. */
function offered(...words: string[]): string[] {
  const ended = run(['--get-yargs-completions', 'satchel', ...words], { cwd });
  expect(ended).toMatchObject({ status: 0, stderr: '' });
  return ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/\t.*/, ''));
}

/** What a shell prints that runs this, with `satchel` in its PATH. */
function inShell(shell: string, text: string): string[] {
  const bin = path.join(cwd, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(path.join(bin, 'satchel'), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`, {
    mode: 0o755,
  });
  const env = environment(cwd);
  const flags = shell === 'zsh' ? ['-f'] : shell === 'bash' ? ['--norc'] : ['--no-config'];
  const ended = spawnSync(shell, [...flags, '-c', text], {
    cwd,
    encoding: 'utf8',
    env: { ...env, PATH: `${bin}:${env['PATH']}` },
  });
  expect({ error: ended.error, stderr: ended.stderr }).toEqual({ error: undefined, stderr: '' });
  return ended.stdout.split('\n').filter((line) => line !== '');
}

function isThere(shell: string): boolean {
  if (spawnSync(shell, ['--version']).status === 0) return true;
  if ((process.env['SATCHEL_REQUIRE_SHELLS'] ?? '') !== '') throw new Error(`${shell} is not installed`);
  console.warn(`completion in ${shell} was not tried: it is not installed`);
  return false;
}

beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-test-'));
  runJson(['init', '--name', 'Ana'], { cwd });
  const other = path.join(cwd, 'other');
  fs.mkdirSync(other);
  const { card } = runJson<{ card: string }>(['init', '--name', 'Ben'], { cwd: other });
  expect(run(['contact', 'add', card, '--as', 'Ben from "work" $(x)'], { cwd }).status).toBe(0);
  id = runJson<{ id: string }>(['post', '-t', 'garden', 'The beans are up'], { cwd }).id.slice(0, 10);
  expect(run(['topic', 'join', 'Summer trip'], { cwd }).status).toBe(0);
  const eve = path.join(cwd, 'eve');
  fs.mkdirSync(eve);
  runJson(['init', '--name', 'Eve'], { cwd: eve });
  runJson(['post', '-t', 'elsewhere', 'Who is there?'], { cwd: eve });
  expect(run(['export', '--open', '-o', path.join(cwd, 'eve.satchel')], { cwd: eve }).status).toBe(0);
  // her messages are left, her card is kept
  expect(run(['import', 'eve.satchel'], { cwd }).status).toBe(3);
  fs.mkdirSync(path.join(cwd, 'stick'));
  expect(run(['drive', 'init', 'stick', '--label', 'blue stick'], { cwd }).status).toBe(0);
});

afterAll(() => fs.rmSync(cwd, { recursive: true, force: true }));

describe('the program offers', () => {
  it('commands, members of groups, and options that were not given', () => {
    expect(offered('pos')).toEqual(['post']);
    expect(offered('contact', 'r')).toEqual(['rename', 'replace', 'remove']);
    expect(offered('-C', 'post', 'contact', 'un')).toEqual(['unblock']);
    expect(offered('help', 'contact', 'un')).toEqual(['unblock']);
    expect(offered('export', '--unc')).toEqual(['--uncompressed']);
    expect(offered('log', '--gr')).toEqual(['--grep', '--graph']);
    expect(offered('read', '--unread', '--unr')).toEqual([]);
    expect(offered('help', 'n')).toEqual([]);
    expect(offered('pots', '')).toEqual([]);
  });

  it('choices, and names that the repository knows', () => {
    expect(offered('completion', 'z')).toEqual(['zsh']);
    expect(offered('topic', 'receipts', 'a')).toEqual(['auto']);
    expect(offered('topic', 'receipts', 'auto', 'g')).toEqual(['garden']);
    expect(offered('service', 'install', '--system=')).toEqual([
      '--system=linux',
      '--system=macos',
      '--system=windows',
    ]);
    expect(offered('read', '-t', '')).toEqual(['garden', 'Summer trip']);
    expect(offered('-q', 'read', '--topic=Su')).toEqual(['--topic=Summer trip']);
    expect(offered('export', '--to', 'B')).toEqual(['Ben from "work" $(x)']);
    expect(offered('drive', 'status', '')).toEqual(['blue stick']);
    expect(offered('sync', 'bl')).toEqual(['blue stick']);
    expect(offered('sync', '/media/bl')).toEqual([]);
    expect(offered('contact', 'replace', '')).toEqual(['Ben from "work" $(x)']);
    expect(offered('contact', 'replace', 'Ben from "work" $(x)', '')).toEqual(['Eve']);
    expect(offered('show', '')).toEqual([id]);
    expect(offered('post', '-t', 'garden', '--reply', id.slice(0, 3))).toEqual([id]);
    expect(offered('config', 'get', 'gc')).toEqual(['gc.auto']);
  });

  it('nothing where files are meant, or where there is no repository', () => {
    expect(offered('import', '')).toEqual([]);
    expect(offered('export', '-o', '')).toEqual([]);
    expect(offered('-C', '/nowhere', 'read', '-t', '')).toEqual([]);
  });
});

describe.skipIf(!isThere('bash'))('bash', () => {
  const complete = (...words: string[]): string[] => {
    const list = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const script = `source <(satchel completion bash); COMP_WORDS=(satchel ${list}); COMP_CWORD=${words.length}`;
    return inShell('bash', `${script}; _satchel satchel; printf '%s\\n' "\${COMPREPLY[@]}"`);
  };

  it('offers words as they are to be typed', () => {
    expect(complete('contact', 'un')).toEqual(['unblock']);
    expect(complete('read', '-t', '')).toEqual(['garden', 'Summer\\ trip']);
    expect(complete('read', '-t', '"Su')).toEqual(['Summer trip']);
    expect(complete('read', '-t', 'Summer\\ t')).toEqual(['Summer\\ trip']);
    expect(complete('read', '--topic', '=', 'ga')).toEqual(['garden']);
    expect(complete('read', '--topic', '=')).toEqual(['garden', 'Summer\\ trip']);
    expect(complete('export', '--to', 'B')).toEqual(['Ben\\ from\\ \\"work\\"\\ \\$\\(x\\)']);
    expect(complete('import', '')).toEqual([]);
  });
});

describe.skipIf(!isThere('zsh'))('zsh', () => {
  const complete = (...words: string[]): string[] => {
    const stubs = 'compdef() { : }; compadd() { print -rl -- $names }; _files() { print files }';
    const list = words.map((word) => `"${word}"`).join(' ');
    const script = `${stubs}; source <(satchel completion zsh); words=(satchel ${list}); CURRENT=${words.length + 1}`;
    return inShell('zsh', `${script}; _satchel`);
  };

  it('offers words, and files where nothing else is known', () => {
    expect(complete('contact', 'un')).toEqual(['unblock']);
    expect(complete('read', '-t', '')).toEqual(['garden', 'Summer trip']);
    expect(complete('read', '-t', 'Summer\\ t')).toEqual(['Summer trip']);
    expect(complete('import', '')).toEqual(['files']);
  });
});

describe.skipIf(!isThere('fish'))('fish', () => {
  const complete = (line: string): string[] =>
    inShell('fish', `satchel completion fish | source; complete -C '${line}'`).map((each) => each.replace(/\t.*/, ''));

  it('offers words, and files where nothing else is known', () => {
    expect(complete('satchel contact un')).toEqual(['unblock']);
    expect(complete('satchel read -t ')).toEqual(['garden', 'Summer trip']);
    expect(complete('satchel import sti')).toEqual(['stick/']);
  });
});

it('has a script for PowerShell, which hands over what was typed', () => {
  const { stdout } = run(['completion', 'powershell'], { cwd });
  expect(stdout).toContain('Register-ArgumentCompleter -Native -CommandName satchel');
  expect(stdout).toContain('--get-yargs-completions satchel @before $asked');
});
