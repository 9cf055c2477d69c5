// What is typed and pasted at the prompt of `post`, in a real pseudo terminal below a shell: all of it is posted, and nothing of
// it is run (spec/cli.md, "The prompt").
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment, PROGRAM, run, runJson } from './program.js';

let cwd: string;

beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-prompt-'));
  run(['init', '--name', 'Ana'], { cwd });
  for (const topic of ['paste', 'ahead']) run(['post', '-t', topic, 'hello'], { cwd });
});
afterAll(() => fs.rmSync(cwd, { recursive: true }));

/** One step of somebody at the keyboard: what is typed, once that stands on the screen. */
interface Step {
  readonly seen: string;
  readonly type: string;
}

/** Types at a shell in a terminal, and returns the screen; each step waits for what it wants to see behind what was seen before. */
function type(steps: readonly Step[], env: Record<string, string> = {}): string {
  const { stdout, stderr, status } = spawnSync('python3', [path.join(import.meta.dirname, 'type.py')], {
    cwd,
    input: JSON.stringify(steps),
    encoding: 'utf8',
    env: { ...environment(cwd), SATCHEL: `'${process.execPath}' '${PROGRAM}'`, ...env },
  });
  if (status !== 0) throw new Error(`${stderr}\n${stdout}`);
  return stdout;
}

function lastText(topic: string): string {
  return runJson<{ text: string }>(['read', '-t', topic, '-n', '1'], { cwd }).text;
}

const COMMAND = (topic: string): Step => ({ seen: '$ ', type: `eval $SATCHEL post -t ${topic}\r` });

describe('the prompt', () => {
  it('posts a paste of 200 lines byte for byte, and leaves nothing for the shell', () => {
    const lines = Array.from({ length: 200 }, (_, i) => `touch ran-${i}\t'${i}'`);
    lines[50] = 'x'.repeat(20_000);
    lines[100] = 'before \x04 behind';
    lines[101] = '\x03';
    const pasted = `\x1b[200~${lines.join('\r')}\x1b[201~`;
    const shown = type([
      COMMAND('paste'),
      { seen: 'Ctrl-D:', type: pasted },
      { seen: 'ran-199', type: '\r\x04' },
      { seen: 'posted ', type: '' },
    ]);
    expect(shown).toContain('posted ');
    expect(lastText('paste')).toBe(lines.join('\n'));
    expect(fs.readdirSync(cwd).filter((name) => name.startsWith('ran-'))).toEqual([]);
  });

  it('takes an unmarked paste as it takes a marked one, and what was typed before the prompt stood', () => {
    const lines = Array.from({ length: 150 }, (_, i) => `touch ran-${i} # ${'-'.repeat(60)}`);
    type([
      { seen: '$ ', type: `${COMMAND('ahead').type}${lines.join('\r')}\r` },
      { seen: 'Ctrl-D:', type: 'the end' },
      { seen: 'the end', type: '\x04' },
      { seen: 'posted ', type: '' },
    ]);
    expect(lastText('ahead')).toBe([...lines, 'the end'].join('\n'));
    expect(fs.readdirSync(cwd).filter((name) => name.startsWith('ran-'))).toEqual([]);
  });

  it('throws away what was typed for a message that has nowhere to go', () => {
    type([
      { seen: '$ ', type: 'eval $SATCHEL post --reply ffffffff\rtouch ran-1\rtouch ran-2\r' },
      { seen: 'thrown away', type: '' },
    ]);
    expect(fs.readdirSync(cwd).filter((name) => name.startsWith('ran-'))).toEqual([]);
  });
});

describe('a topic', () => {
  it('that is new, or mistyped, is asked about', () => {
    type([
      { seen: '$ ', type: 'eval $SATCHEL post -t pasta hello\r' },
      { seen: 'Post to "paste"? [y/N] ', type: 'n\r' },
      { seen: 'open to anyone who knows this name? [y/N] ', type: 'n\r' },
      { seen: 'satchel topic join pasta', type: 'eval $SATCHEL post -t pasta hello\r' },
      { seen: 'Post to "paste"? [y/N] ', type: 'y\r' },
      { seen: 'to paste', type: '' },
    ]);
  });
});

describe('post -e', () => {
  it('posts what the editor leaves, and keeps it when that fails', () => {
    const editor = path.join(cwd, 'editor.sh');
    fs.writeFileSync(editor, '#!/bin/sh\nprintf "%s, edited\\n\\nfor long\\n" "$(cat "$1")" > "$1"\n', { mode: 0o755 });
    const env = { EDITOR: editor, TMPDIR: cwd };
    expect(run(['post', '-t', 'paste', '-e', 'a', 'draft'], { cwd, env }).status).toBe(0);
    expect(lastText('paste')).toBe('a draft, edited\n\nfor long');
    fs.writeFileSync(editor, '#!/bin/sh\nhead -c 70000 /dev/zero | tr "\\0" x > "$1"\n');
    const long = run(['post', '-t', 'paste', '-e'], { cwd, env });
    expect(long.status).not.toBe(0);
    const kept = /kept in (\S+)/.exec(long.stderr)?.[1] ?? '';
    expect(fs.statSync(kept)).toMatchObject({ size: 70_000, mode: 0o100600 });
    expect(fs.readdirSync(cwd).filter((name) => /^satchel-[0-9a-f]{16}$/.test(name))).toEqual([]);
    expect(run(['post', '-t', 'paste', '-e'], { cwd, env: { EDITOR: 'false' } })).toMatchObject({ status: 30 });
  });
});
