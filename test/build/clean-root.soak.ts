// The packages in a fresh Debian that debootstrap makes, whose Node is the oldest that will do: Debian's package by apt, npm's
// without a network, and the executable where no Node is. As root; what is fetched comes from Debian's mirror.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { firstContact } from '../testkit/first-contact.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MIRROR = 'http://deb.debian.org/debian';
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-clean-root-'));
const debian = path.join(scratch, 'debian');
const made = path.join(scratch, 'made');
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const SAID = ['Is the bean row up yet?', 'It is, and the peas too'];

beforeAll(() => {
  run('debootstrap', '--variant=minbase', '--include=nodejs', 'trixie', debian, MIRROR);
  run('npm', 'run', '--silent', 'deb', '--', made);
  run('npm', 'run', '--silent', 'executable', '--', made);
  run('npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', made);
});
afterAll(() => fs.rmSync(scratch, { recursive: true }));

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { cwd: ROOT, stdio: 'pipe' });
}

/** The file of the package with this ending. */
function packed(ending: RegExp): string {
  return path.join(made, fs.readdirSync(made).find((name) => ending.test(name)) ?? '');
}

/** What two people read at the end whose program is started by `command` inside; their folders are where they are outside. */
function talkInside(...command: readonly string[]): string[] {
  const people = fs.mkdtempSync(path.join(scratch, 'people-'));
  const inside = path.join(debian, people);
  fs.mkdirSync(inside, { recursive: true });
  run('mount', '--bind', people, inside);
  try {
    return firstContact(['chroot', debian, ...command], people, { PATH });
  } finally {
    run('umount', inside);
  }
}

function inside(...command: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('chroot', [debian, ...command], { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

it("is installed by apt from Debian's package, and removed", () => {
  fs.copyFileSync(packed(/\.deb$/), path.join(debian, 'root/satchel.deb'));
  expect(inside('apt-get', 'install', '-y', '/root/satchel.deb')).toMatchObject({ status: 0 });
  expect(talkInside('satchel')).toEqual(SAID);
  expect(inside('apt-get', 'purge', '-y', 'satchel')).toMatchObject({ status: 0 });
  for (const name of ['usr/bin/satchel', 'usr/share/satchel', 'usr/share/doc/satchel'])
    expect(fs.existsSync(path.join(debian, name))).toBe(false);
});

it("runs as npm's package, installed without a network", () => {
  const prefix = path.join(debian, 'opt/npm');
  run('npm', 'install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', packed(/\.tgz$/));
  expect(talkInside('/opt/npm/bin/satchel')).toEqual(SAID);
});

it('runs as an executable where there is no Node', () => {
  expect(inside('apt-get', 'purge', '-y', 'nodejs')).toMatchObject({ status: 0 });
  expect(inside('sh', '-c', 'command -v node')).toMatchObject({ status: 127 });
  fs.copyFileSync(packed(/satchel-[\d.]+-linux-\w+$/), path.join(debian, 'opt/satchel'));
  expect(talkInside('/opt/satchel')).toEqual(SAID);
});
