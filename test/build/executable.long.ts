// The program with Node in one file: it needs nothing else of the computer, and starts itself where the program starts Node.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Watched } from '../cli/watched.js';
import { firstContact, runAs } from '../testkit/first-contact.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-executable-test-'));
const people = path.join(scratch, 'people');
/** No other program is found. */
const ALONE = { PATH: path.join(scratch, 'nothing') };
let file: string;

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'executable', '--', scratch], { cwd: ROOT, stdio: 'pipe' });
  const [name = ''] = fs.readdirSync(scratch);
  file = path.join(scratch, name);
  fs.mkdirSync(ALONE.PATH);
});
afterAll(() => fs.rmSync(scratch, { recursive: true }));

const satchel = (who: string, ...words: readonly string[]): string =>
  runAs([file], path.join(people, who), words, ALONE);

it('lets two people come to talk', () => {
  expect(firstContact([file], people, ALONE)).toEqual(['Is the bean row up yet?', 'It is, and the peas too']);
});

it('watches: it looks at a drive and visits it by processes of its own', async () => {
  satchel('ana', 'post', '-q', '-t', 'garden', 'and the onions');
  const stick = path.join(people, 'stick');
  for (const who of ['ana', 'ben']) {
    const cwd = path.join(people, who);
    const env = { ...ALONE, HOME: cwd };
    const watched = new Watched(['--no-mounts', stick], { cwd, env, command: [file] });
    await watched.event('visited');
    expect(await watched.end('SIGTERM')).toMatchObject({ stderr: '' });
  }
  expect(satchel('ben', 'read', '-t', 'garden', '--json', '-n', '1')).toContain('"and the onions"');
});

it('is started by a service as what it is, and has the page for browsers in it', () => {
  expect(satchel('ana', 'service', 'install', '--print')).toContain(`ExecStart="${file}" "-C" "`);
  const stick = path.join(people, 'open');
  fs.mkdirSync(stick);
  satchel('ana', 'drive', 'init', '-q', '--reader', '--open', stick);
  const page = fs
    .readdirSync(stick, { recursive: true, encoding: 'utf8' })
    .find((name) => name.endsWith('reader.html'));
  expect(fs.readFileSync(path.join(stick, page ?? ''))).toEqual(fs.readFileSync(path.join(ROOT, 'dist/reader.html')));
});

it('says that no command is called like the word by which it looks, where it is not asked to look', () => {
  expect(() => satchel('ana', '__look')).toThrow('unknown command');
});
