// Help and mistakes, from a directory that somebody else filled: what yargs would look for by itself is not looked for.
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeFifo } from '../testkit/fifo.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { run } from './program.js';

it('opens nothing that lies around: whoever reads a pipe that nobody writes to waits for ever', () => {
  const cwd = scratchDirectory();
  for (const name of ['package.json', '.yargsrc']) makeFifo(path.join(cwd, name));
  const env = { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', SHELL: '/bin/zsh' };
  const help = run(['help', 'post'], { cwd, env });
  expect(help).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^Usage: satchel post .*\n\nWrite/),
  });
  const mistake = run(['post', '--repy', 'x'], { cwd, env });
  const lines = ['satchel: error: unknown option --repy', 'satchel: hint: did you mean --reply?', ''];
  expect(mistake).toEqual({ status: 2, stdout: '', stderr: lines.join('\n') });
  const json = run(['read', '--json', '-n', 'five'], { cwd, env });
  expect(JSON.parse(json.stderr)).toMatchObject({ type: 'error', code: 'usage', exit: 2, hint: expect.any(String) });
  expect(run(['--get-yargs-completions', 'satchel', 'hid'], { cwd, env }).stdout).toMatch(/^hide\t.*\n$/);
});

it('alone tells how things are, and what is used every day', () => {
  const cwd = scratchDirectory();
  const none = run([], { cwd });
  expect(none).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(
      /^no repository in .*\nrun "satchel init".*\n\nTo begin:\n {2}init .*\n {2}restore .*\n {2}device request .*\n\nMore:/,
    ),
  });
  run(['init', '--name', 'Ana'], { cwd });
  run(['post', '-t', 'garden', 'hello'], { cwd });
  const { stdout } = run([], { cwd });
  expect(stdout).toMatch(/^1 topic, nothing unread\nno contacts yet: .*\n\nEvery day:\n {2}status /);
  expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(24);
});
