// npm run release -- VERSION: on a clean checkout whose tests have passed, makes the commit of the release, its package, what
// later versions are tested with (fixtures/VERSION), and the tag. Nothing is sent anywhere.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { firstContact } from '../test/testkit/first-contact.js';
import { releasedChangelog } from './changelog.js';

const OUT = 'release';
const VERSION_FILE = 'src/cli/command/version.ts';
const HELPERS = ['imap', 'ipfs', 'mqtt', 'nats', 'swarm'];

const [version = ''] = process.argv.slice(2);
const frozen = `fixtures/${version.replace(/\.0$/, '')}`;

assertReady();
writeVersion();
run('git', 'commit', '--quiet', '--all', '--message', `Release ${version}`);
const commit = output('git', 'rev-parse', 'HEAD');
const file = makePackage();
checkPackage(file);
const helpers = HELPERS.map(packHelper);
run('npm', 'run', 'deb', '--', OUT);
run('npm', 'run', 'executable', '--', OUT);
freeze();
run('npx', 'vitest', 'run', '--config', 'test/vitest.config.ts', 'test/frozen');
run('git', 'add', '--force', frozen);
run('git', 'commit', '--quiet', '--message', `Keep what ${version} leaves behind`);
run('git', 'tag', '--annotate', `v${version}`, '--message', `satchel ${version}`, commit);
const executable = `satchel-${version}-${process.platform}-${process.arch}${process.platform === 'win32' ? '.exe' : ''}`;
for (const name of [file, ...helpers, path.join(OUT, `satchel_${version}_all.deb`), path.join(OUT, executable)])
  console.log(`${name}\nSHA-256 ${sha256(name)}`);
console.log(
  `v${version} is commit ${commit}. To publish it: git push --follow-tags, and the files to where people find them.`,
);

/** @throws Error, before anything is written, when this can be no release */
function assertReady(): void {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('usage: npm run release -- MAJOR.MINOR.PATCH');
  if (output('git', 'status', '--porcelain') !== '') throw new Error('the checkout has changes that are not committed');
  if (output('git', 'tag', '--list', `v${version}`) !== '') throw new Error(`there is a tag v${version}`);
  if (fs.existsSync(frozen)) throw new Error(`there is ${frozen}: this version has left something behind already`);
}

function writeVersion(): void {
  const today = new Date().toISOString().slice(0, 10);
  rewrite('CHANGELOG.md', (text) => releasedChangelog(text, version, today));
  for (const place of ['.', ...HELPERS.map(folderOf)])
    run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version', '--prefix', place);
  rewrite(VERSION_FILE, (text) => text.replace(/VERSION = '[^']*'/, `VERSION = '${version}'`));
}

/** The path of the package, built of this very commit. */
function makePackage(): string {
  fs.mkdirSync(OUT, { recursive: true });
  // not left to npm: some are set up to run no scripts, and pack nothing then
  run('npm', 'run', 'build');
  run('npm', 'pack', '--ignore-scripts', '--pack-destination', OUT);
  return path.join(OUT, `satchel-${version}.tgz`);
}

/** The path of the package of a helper, which is installed by itself. */
function packHelper(name: string): string {
  run('npm', 'run', 'build', '--prefix', folderOf(name));
  run('npm', 'pack', `./${folderOf(name)}`, '--ignore-scripts', '--pack-destination', OUT);
  return path.join(OUT, `satchel-drive-${name}-${version}.tgz`);
}

function folderOf(helper: string): string {
  return `helpers/${helper}`;
}

/** Installs the package without a network, asks it for its version, and has two people come to talk with it. */
function checkPackage(file: string): void {
  const prefix = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-release-'));
  try {
    run('npm', 'install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', path.resolve(file));
    const told = output(path.join(prefix, 'bin', 'satchel'), '--version');
    if (told !== `satchel ${version}`) throw new Error(`what ${file} installs says it is "${told}"`);
    const read = firstContact([process.execPath, path.join(prefix, 'bin', 'satchel')], path.join(prefix, 'people'));
    if (read.length !== 2) throw new Error(`with what ${file} installs nobody came to talk`);
    const brings = [
      'dist/satchel.1',
      'dist/satchel.mjs',
      'dist/reader.html',
      'dist/sbom.json',
      'dist/licences.txt',
      'docs/trouble.md',
      'spec/README.md',
      'CHANGELOG.md',
    ];
    for (const name of brings) fs.accessSync(path.join(prefix, 'lib', 'node_modules', 'satchel', name));
  } finally {
    fs.rmSync(prefix, { recursive: true });
  }
}

/** Repositories, a drive and bundles as this version leaves them, and the program itself (test/frozen/make.mjs). */
function freeze(): void {
  run('node', 'test/frozen/make.mjs', 'dist/satchel.cjs', frozen);
  fs.copyFileSync('dist/satchel.mjs', path.join(frozen, 'satchel.mjs'));
  fs.writeFileSync(path.join(frozen, 'README.md'), about());
}

function sha256(name: string): string {
  return createHash('sha256').update(fs.readFileSync(name)).digest('hex');
}

function about(): string {
  return `# What version ${version} left behind

\`test/frozen/make.mjs\` made all of it, once, with the program of version ${version}: two repositories with their notes, a drive, and bundles. \`satchel.mjs\` is that program, in one file, as \`npm run build\` of commit ${commit} leaves it in \`dist\`. Nothing here is ever changed.
`;
}

function rewrite(name: string, change: (text: string) => string): void {
  const before = fs.readFileSync(name, 'utf8');
  fs.writeFileSync(name, change(before));
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: 'inherit' });
}

function output(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).trim();
}
