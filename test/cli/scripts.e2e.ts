// The scripts of docs/scripts do what they say, with programs that fail, and with what comes late.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { environment, PROGRAM, run } from './program.js';

const SCRIPTS = path.resolve(import.meta.dirname, '../../docs/scripts');
let cwd: string;

beforeEach(() => {
  cwd = scratchDirectory();
  fs.mkdirSync(path.join(cwd, 'bin'));
  executable(path.join(cwd, 'bin', 'satchel'), `exec "${process.execPath}" "${PROGRAM}" "$@"`);
  satchel('init', '-q', '--name', 'Ana');
});

function executable(file: string, text: string): string {
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

function satchel(...argv: string[]): string {
  const { status, stdout, stderr } = run(argv, { cwd });
  if (status !== 0) throw new Error(`satchel ${argv.join(' ')}: ${stderr}`);
  return stdout;
}

function script(name: string, ...argv: string[]): number | null {
  const env = environment(cwd);
  const PATH = `${path.join(cwd, 'bin')}${path.delimiter}${env['PATH']}`;
  return spawnSync('sh', [path.join(SCRIPTS, name), ...argv], { cwd, env: { ...env, PATH } }).status;
}

function linesOf(name: string): string[] {
  const file = path.join(cwd, name);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

describe('forward.sh', () => {
  it('forwards each message once to a program that fails at every third call', () => {
    const flaky = executable(
      path.join(cwd, 'flaky'),
      'echo x >> calls\n[ $(($(wc -l < calls) % 3)) -ne 0 ] || exit 1\nsed "s/.*\\"text\\":\\"\\([^\\"]*\\)\\".*/$OFFSET \\1/" >> taken',
    );
    for (const text of ['one', 'two', 'three', 'four']) satchel('post', '-q', '-t', 't', text);
    expect(script('forward.sh', 'chat', flaky)).toBe(1);
    expect(linesOf('taken')).toEqual(['1 one', '2 two']);
    satchel('retract', '-q', idOf('three'));
    expect(script('forward.sh', 'chat', flaky)).toBe(0);
    satchel('post', '-q', '-t', 't', 'five');
    expect(script('forward.sh', 'chat', flaky)).toBe(0);
    expect(script('forward.sh', 'chat', flaky)).toBe(0);
    expect(linesOf('taken')).toEqual(['1 one', '2 two', '4 four', '5 five']);
  });

  function idOf(text: string): string {
    const lines = satchel('read', '--json', '--grep', text).split('\n').slice(0, -1);
    return (JSON.parse(lines[0] ?? '{}') as { id: string }).id;
  }
});

describe('report.sh', () => {
  it('reports what came late, and again what could not be sent', () => {
    const ben = path.join(cwd, 'ben');
    satchel('-C', ben, 'init', '-q', '--name', 'Ben');
    satchel('card', '-q', '-o', path.join(cwd, 'Ana.card'));
    satchel('-C', ben, 'card', '-q', '-o', path.join(cwd, 'Ben.card'));
    satchel('contact', 'add', '-q', path.join(cwd, 'Ben.card'));
    satchel('-C', ben, 'contact', 'add', '-q', path.join(cwd, 'Ana.card'));
    satchel('-C', ben, 'post', '-q', '-t', 't', 'written long before');
    satchel('post', '-q', '-t', 't', 'early');
    const send = executable(path.join(cwd, 'send'), '[ ! -e offline ] || exit 1\ngrep "| " >> sent');
    expect(script('report.sh', 'stamp', send)).toBe(0);
    expect(linesOf('sent').map(textIn)).toEqual(['early']);
    // the next second: a report counts in seconds, and says twice what came in the one that was under way
    const stamp = Number(linesOf('stamp')[0]);
    while (Date.now() < stamp + 1_000) execFileSync('sleep', ['0.05']);
    satchel('-C', ben, 'export', '-q', '-o', path.join(cwd, 'late.satchel'));
    satchel('import', '-q', path.join(cwd, 'late.satchel'));
    fs.writeFileSync(path.join(cwd, 'offline'), '');
    expect(script('report.sh', 'stamp', send)).toBe(1);
    fs.rmSync(path.join(cwd, 'offline'));
    expect(script('report.sh', 'stamp', send)).toBe(0);
    expect(linesOf('sent').map(textIn).slice(1)).toContain('written long before');
    expect(script('report.sh', 'stamp', send)).toBe(0);
  });

  function textIn(line: string): string {
    return line.replace(/^.*\| /, '');
  }
});
