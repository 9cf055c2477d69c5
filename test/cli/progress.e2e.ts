// What a terminal shows while something large goes to a drive and comes from it, and that nothing of it stays.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { inTerminal } from '../testkit/terminal.js';
import { environment, PROGRAM, run } from './program.js';

const COLUMNS = 40;

it('says how far it is, and not to pull the drive out, on a terminal alone', () => {
  const cwd = scratchDirectory();
  fs.mkdirSync(path.join(cwd, 'stick'));
  fs.writeFileSync(path.join(cwd, 'plan.bin'), Buffer.alloc(9_000_000, 'plan'));
  run(['init', '-q', '--name', 'Ana'], { cwd });
  run(['post', '-q', '-t', 'garden', '--attach', 'plan.bin', 'the plan'], { cwd });
  run(['drive', 'init', '-q', '--open', 'stick'], { cwd });
  const on = (...words: string[]) =>
    inTerminal([process.execPath, PROGRAM, ...words], { cwd, env: environment(cwd), columns: COLUMNS });
  const { output, screen, status } = on('sync', 'stick');
  expect(status).toBe(0);
  expect(output).toContain('writing, do not pull it out');
  expect(output).toMatch(/\d+ %/);
  const lines = output.split('\r\x1b[K').flatMap((line) => line.split(/[\r\n]/, 1));
  for (const line of lines) expect(line.length).toBeLessThan(COLUMNS);
  expect(screen).not.toContain('do not pull it out');
  expect(screen).toContain('stick is safe to remove');
  const [bundle] = fs.readdirSync(path.join(cwd, 'stick/satchel')).filter((name) => name.endsWith('.satchel'));
  const file = path.join('stick/satchel', String(bundle));
  expect(on('verify', file).output).toContain('verifying stick/');
  for (const quiet of ['-q', '--json']) expect(on('verify', quiet, file).output).not.toContain('\x1b[K');
});
