// Drives at a URL, with the built program and a helper of a few lines.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { type Ended, run, runJson } from './program.js';

const HELPER = `#!/bin/sh
cd "\${SATCHEL_DRIVE_URL#kept:}" || exit 8
case $1 in
  list) for f in *.* people/*.*; do [ ! -f "$f" ] || echo "$(stat -c '%s %i.%Z' "$f") $f"; done ;;
  get) cat "$2" 2>/dev/null || exit 4 ;;
  put) mkdir -p people; cat >"$2.new"; mv "$2.new" "$2" ;;
  remove) rm -f "$2" ;;
esac
`;

interface Visit {
  readonly url: string | null;
  readonly directory: string | null;
  readonly requests: number;
  readonly new: number;
  readonly sealed: boolean;
}

it('is made, visited, listed, looked at and forgotten by its URL', () => {
  const cwd = scratchDirectory();
  const bin = path.join(cwd, 'bin');
  const kept = path.join(cwd, 'kept');
  for (const folder of [bin, kept, path.join(cwd, 'ben')]) fs.mkdirSync(folder);
  fs.writeFileSync(path.join(bin, 'satchel-drive-kept'), HELPER, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env['PATH']}` };
  const url = `kept:${kept}`;
  const ana = (...words: string[]): Ended => run(words, { cwd, env });
  const ben = (...words: string[]): Ended => run(words, { cwd: path.join(cwd, 'ben'), env });
  const visit = (): Visit | undefined => runJson<{ drives: Visit[] }>(['sync', url], { cwd, env }).drives[0];
  const { card } = runJson<{ card: string }>(['init', '--name', 'Ben'], { cwd: path.join(cwd, 'ben') });
  ana('init', '--name', 'Ana', '-q');
  ana('contact', 'add', '-q', card);
  ana('post', '-q', '-t', 'garden', 'for Ben');
  expect(ana('sync', url)).toMatchObject({ status: 30, stderr: expect.stringContaining(`drive init ${url}`) });
  expect(ana('drive', 'init', url).stdout).toContain('is the drive "kept"');
  // sealed, whatever the setting says
  ana('config', 'set', 'seal', 'false');
  const synced = ana('sync', url);
  expect(synced).toMatchObject({ status: 0, stdout: expect.stringContaining('sealed for Ben') });
  expect(synced.stdout).toMatch(/\nkept: all is uploaded\n$/);
  expect(ana('sync', '--uncompressed', url).status).toBe(2);
  expect(visit()).toMatchObject({ url, directory: null, requests: 1, sealed: true });
  expect(ben('topic', 'join', '-q', 'garden').status).toBe(0);
  expect(ben('sync', url).stdout).toContain('kept: all is uploaded');
  const { drives } = runJson<{ drives: object[] }>(['drive', 'list'], { cwd, env });
  expect(drives).toMatchObject([{ url, directory: null, present: null, label: 'kept' }]);
  const { drives: asked } = runJson<{ drives: object[] }>(['drive', 'status', url], { cwd, env });
  expect(asked).toMatchObject([{ present: true, people: [{}, {}], bundles: [{ state: 'taken' }] }]);
  expect(runJson<object>(['drive', 'check', url], { cwd, env })).toMatchObject({
    url,
    bundles: 1,
    findings: [],
  });
  expect(ana('drive', 'drop', 'kept', 'ben').status).toBe(0);
  expect(fs.readdirSync(path.join(kept, 'people'))).toHaveLength(1);
  expect(ana('drive', 'tidy', url).status).toBe(0);
  expect(ana('drive', 'forget', url).stdout).toContain('is forgotten');
  fs.rmSync(kept, { recursive: true });
  expect(ana('sync', url)).toMatchObject({ status: 30, stderr: expect.stringContaining('does not reach it') });
  expect(ana('sync', '--if-present', url)).toMatchObject({ status: 0, stderr: '', stdout: '' });
  expect(ana('sync', 'none:x')).toMatchObject({ status: 2, stderr: expect.stringContaining('./none:x') });
  expect(ana('watch', url)).toMatchObject({ status: 2, stderr: expect.stringContaining('--if-present') });
});

const SERVER = `require('http').createServer(({ url }, response) => {
  require('fs').readFile(process.argv[1] + url, (error, bytes) => error ? response.writeHead(404).end() : response.end(bytes));
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); })`;

it('is published with its list, and read from a server of files', async () => {
  const cwd = scratchDirectory();
  const ana = (...words: string[]): Ended => run(words, { cwd });
  const ben = (...words: string[]): Ended => run(words, { cwd: path.join(cwd, 'ben') });
  const www = path.join(cwd, 'www');
  for (const folder of [www, path.join(cwd, 'ben')]) fs.mkdirSync(folder);
  const { card } = runJson<{ card: string }>(['init', '--name', 'Ben'], { cwd: path.join(cwd, 'ben') });
  ana('init', '--name', 'Ana', '-q');
  ana('contact', 'add', '-q', card);
  ana('post', '-q', '-t', 'garden', 'for Ben');
  ana('drive', 'init', '-q', www);
  ana('sync', '-q', '--export-only', '--to', 'Ben', www);
  const listed = runJson<object>(['drive', 'index', www], { cwd });
  expect(listed).toMatchObject({ directory: www, url: null, label: 'www', files: 4 });
  expect(ana('drive', 'index', 'www').stdout).toMatch(/^www: drive.index names 4 files \(.*\)\n$/);
  expect(ana('drive', 'index', 'https://127.0.0.1:1').stderr).toMatch(/is only read/);
  const [bundle = ''] = fs.readdirSync(path.join(www, 'satchel')).filter((name) => name.endsWith('.satchel'));
  const file = path.join(www, 'satchel', bundle);
  const bytes = fs.readFileSync(file);
  expect(ana('drive', 'check', 'www').stdout).toMatch(/^www: nothing is wrong with 1 bundle /);
  fs.writeFileSync(file, Buffer.concat([bytes, bytes]));
  expect(ana('drive', 'check', 'www')).toMatchObject({
    status: 3,
    stdout: expect.stringContaining(`${bundle}: it is not`),
  });
  fs.writeFileSync(file, bytes);
  const server = spawn(process.execPath, ['-e', SERVER, www], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void server.kill());
  const port = await new Promise((resolve) => server.stdout.once('data', (bytes) => resolve(`${bytes}`.trim())));
  const url = `http://127.0.0.1:${port}/satchel`;
  ben('topic', 'join', '-q', 'garden');
  expect(ben('sync', url).stdout).toMatch(/1 new message(.|\n)*\nwww: all is fetched\n$/);
  const index = path.join(www, 'satchel', 'drive.index');
  fs.writeFileSync(index, fs.readFileSync(index, 'utf8').replace(/ \d+/, ' 1'));
  const outdated = ben('sync', url, '--json');
  expect(outdated).toMatchObject({ status: 30, stderr: expect.stringContaining('"code":"outdated"') });
  expect(ben('sync', '--if-present', url)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(ben('sync', '--export-only', url).status).toBe(2);
  expect(ben('drive', 'tidy', url).status).toBe(2);
});
