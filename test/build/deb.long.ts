// The package for Debian: dpkg installs it into an empty root, where it needs no more than its Node, and takes it out again.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { firstContact, runAs } from '../testkit/first-contact.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-deb-test-'));
const at = (name: string): string => path.join(scratch, name);
const SHARE = at('root/usr/share');
let file: string;

beforeAll(() => {
  file = made('one', {});
  for (const name of ['updates', 'info', 'triggers'])
    fs.mkdirSync(at(`root/var/lib/dpkg/${name}`), { recursive: true });
  hasNode('20.18.0');
});
afterAll(() => fs.rmSync(scratch, { recursive: true }));

function made(folder: string, env: Readonly<Record<string, string>>): string {
  execFileSync('npm', ['run', '--silent', 'deb', '--', at(folder)], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  const [name = ''] = fs.readdirSync(at(folder));
  return path.join(at(folder), name);
}

/** Has dpkg believe that this version of Node was installed in the root. */
function hasNode(version: string): void {
  const said = `Package: nodejs\nStatus: install ok installed\nVersion: ${version}\nArchitecture: all\nMaintainer: nobody <nobody@satchel.invalid>\nDescription: Node\n`;
  fs.writeFileSync(at('root/var/lib/dpkg/status'), said);
}

function dpkg(...words: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('dpkg', [`--root=${at('root')}`, '--force-not-root', ...words], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return { status, said: `${stdout}${stderr}` };
}

it('is the same, whoever makes it, and where', () => {
  fs.mkdirSync(at('elsewhere'));
  const other = made('two', { TMPDIR: at('elsewhere'), TZ: 'Asia/Tokyo' });
  expect(path.basename(other)).toBe(path.basename(file));
  expect(fs.readFileSync(other).equals(fs.readFileSync(file))).toBe(true);
});

it('wants a Node that is new enough', () => {
  const { status, said } = dpkg('--install', file);
  expect(status).toBe(1);
  expect(said).toContain('satchel depends on nodejs (>= 20.19)');
});

it('is installed, and two people come to talk with it', () => {
  hasNode('20.19.2+dfsg-1');
  expect(dpkg('--install', file)).toMatchObject({ status: 0 });
  const link = at('root/usr/bin/satchel');
  expect(fs.readlinkSync(link)).toBe('../share/satchel/satchel.cjs');
  expect(fs.readFileSync(link, 'utf8')).toMatch(/^#!\/usr\/bin\/node\n/);
  expect(firstContact([process.execPath, link], at('people'))).toEqual([
    'Is the bean row up yet?',
    'It is, and the peas too',
  ]);
  const stick = at('with-reader');
  fs.mkdirSync(stick);
  runAs([process.execPath, link], at('people/ana'), ['drive', 'init', '-q', '--reader', '--open', stick]);
  expect(fs.readdirSync(stick, { recursive: true, encoding: 'utf8' }).join(' ')).toContain('reader.html');
});

it('brings the manual page, completion, a unit to copy, and whose packages are in it', () => {
  const manual = execFileSync('gzip', ['-dc', path.join(SHARE, 'man/man1/satchel.1.gz')], { encoding: 'utf8' });
  expect(manual).toMatch(/^\.TH SATCHEL 1 "\d{4}-/);
  const read = (name: string): string => fs.readFileSync(path.join(SHARE, name), 'utf8');
  expect(read('bash-completion/completions/satchel')).toMatch(/^# bash completion/);
  expect(read('zsh/vendor-completions/_satchel')).toMatch(/^#compdef satchel\n/);
  expect(read('fish/vendor_completions.d/satchel.fish')).toMatch(/^# fish completion/);
  expect(read('doc/satchel/examples/satchel.service')).toContain('ExecStart="/usr/bin/satchel" "watch"\n');
  expect(read('doc/satchel/copyright')).toContain('\n @noble/hashes 2.4.0 (MIT)\n');
  // nothing that would start by itself
  const contents = execFileSync('dpkg-deb', ['--contents', file], { encoding: 'utf8' });
  expect(contents).not.toMatch(/ \.\/(etc|lib|usr\/lib)\//);
});

it('leaves nothing behind when it is removed', () => {
  expect(dpkg('--remove', 'satchel')).toMatchObject({ status: 0 });
  const left = fs.readdirSync(at('root'), { recursive: true, encoding: 'utf8' });
  expect(left.filter((name) => name.includes('satchel') && !name.startsWith('var/'))).toEqual([]);
});
