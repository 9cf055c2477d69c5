// What scripts pipe in: the journal, other encodings, and what is no text (spec/cli.md, "post").
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './program.js';

let cwd: string;

beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-streams-'));
  run(['init', '--name', 'Ana'], { cwd });
});
afterAll(() => fs.rmSync(cwd, { recursive: true }));

it('takes each entry of the journal once', () => {
  const entry = { __CURSOR: 's=1;i=2', __REALTIME_TIMESTAMP: '1743444000123456', _COMM: 'sshd', MESSAGE: 'ready' };
  const input = `${JSON.stringify(entry)}\n${JSON.stringify({ ...entry, __CURSOR: 's=1;i=3', MESSAGE: null })}\n`;
  const post = () => run(['post', '-t', 'logs', '--journal', '--json'], { cwd, input });
  const skipped = '{"type":"skipped","count":1}\n';
  expect(post()).toMatchObject({
    status: 0,
    stdout: expect.not.stringContaining('known'),
    stderr: expect.stringContaining(skipped),
  });
  expect(post()).toEqual({ status: 0, stdout: expect.stringContaining('"known":true'), stderr: skipped });
  const [read] = run(['read', '--json'], { cwd }).stdout.split('\n');
  expect(JSON.parse(read ?? '')).toMatchObject({ text: 'sshd: ready', time: 1_743_444_000_123 });
});

it('takes text in whatever encoding, and nothing that is none', () => {
  const lines = (input: Buffer, ...more: string[]) => run(['post', '-t', 'words', '--lines', ...more], { cwd, input });
  expect(lines(Buffer.from('\ufeffgr\u00fcn\n', 'utf16le')).status).toBe(0);
  expect(lines(Buffer.from('sch\xf6n\n', 'latin1'), '--encoding', 'latin1').status).toBe(0);
  const broken = lines(Buffer.from('a\nsch\xf6n\n', 'latin1'));
  expect(broken).toMatchObject({ status: 3, stderr: expect.stringContaining('line 2: is not text of this encoding') });
  const binary = lines(Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'));
  expect(binary).toMatchObject({ status: 2, stderr: expect.stringContaining('--attach') });
  const texts = run(['read', '-t', 'words', '--json'], { cwd }).stdout.trim().split('\n');
  expect(texts.map((line) => JSON.parse(line).text)).toEqual(['gr\u00fcn', 'sch\u00f6n', 'a']);
});
