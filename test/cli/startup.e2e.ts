// What commands take to start: which files of the program and which modules of Node they load.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAM, run } from './program.js';

const PRELOADED = path.resolve(import.meta.dirname, '../testkit/started.cjs');
/** What every command loads. */
const ALWAYS = ['satchel.cjs', 'program.cjs'];
/** Each costs a command more than its own work. */
const SLOW_MODULES = ['child_process', 'dns', 'events/promises', 'fs/promises', 'http', 'net', 'readline', 'tty'];

interface Started {
  readonly files: readonly string[];
  readonly modules: readonly string[];
}

const EVERYDAY: readonly (readonly [string, readonly string[]])[] = [
  ['post', ['post', 'And the peas']],
  ['status', ['status']],
  ['read', ['read', '-n', '50']],
  ['export', ['export', '--open', '-o', 'second.satchel']],
  ['import', ['import', 'first.satchel']],
];

/** What is used of each package that lies beside the program: a command, and the files it loads. */
const RARE: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['help', ['help', 'post'], ['yargs.cjs']],
  ['a guide', ['help', 'guides'], ['guides.cjs']],
  ['the twelve words', ['whoami'], ['scure-bip39.cjs', 'scure-bip39-wordlists-english.cjs']],
  ['a picture', ['card', '--qr'], ['uqr.cjs']],
  ['a new identity', ['-C', 'ben', 'init', '--name', 'Ben'], ['scure-base.cjs']],
  ['an attachment', ['post', '--attach', 'first.satchel'], ['mime.cjs']],
  ['a mail', ['post', '--mbox', 'one.eml'], ['postal-mime.cjs']],
  ['an archive', ['import', 'folder.tgz'], ['tar-stream.cjs']],
  ['a passphrase', ['passphrase', 'set'], ['age-encryption.cjs']],
];

/** What is used in watch.e2e.ts, and in far.e2e.ts and test/stores/: folders that are watched, WebDAV, S3. */
const ELSEWHERE = ['chokidar.cjs', 'saxes.cjs', 'aws4fetch.cjs'];

let cwd: string;

function started(...args: string[]): Started {
  const report = path.join(cwd, 'report.json');
  fs.writeFileSync(path.join(cwd, 'passphrase'), 'four sacks of seed potatoes\n');
  const env = { SATCHEL_PASSPHRASE_FILE: path.join(cwd, 'passphrase') };
  const ended = run(args, { cwd, env: { ...env, NODE_OPTIONS: `--require "${PRELOADED}"`, STARTED_REPORT: report } });
  expect(ended).toMatchObject({ status: 0, stderr: expect.not.stringContaining('error') });
  return JSON.parse(fs.readFileSync(report, 'utf8')) as Started;
}

beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-startup-'));
  expect(run(['init', '--name', 'Ana'], { cwd }).status).toBe(0);
  expect(run(['post', '-t', 'garden', 'The beans are up'], { cwd }).status).toBe(0);
  expect(run(['export', '--open', '-o', 'first.satchel'], { cwd }).status).toBe(0);
  fs.writeFileSync(path.join(cwd, 'one.eml'), 'Subject: beans\n\nThey are up.\n');
  execFileSync('tar', ['-czf', 'folder.tgz', 'first.satchel'], { cwd });
});

afterAll(() => fs.rmSync(cwd, { recursive: true }));

describe('to start', () => {
  it.each(EVERYDAY)('%s loads the program, and no package beside it', (_, args) => {
    const { files, modules } = started(...args);
    expect(files).toEqual(ALWAYS);
    expect(modules.filter((name) => SLOW_MODULES.includes(name))).toEqual([]);
  });

  it('--version loads neither a package nor what can encrypt', () => {
    const { files, modules } = started('--version');
    expect(files).toEqual(ALWAYS);
    expect(modules.filter((name) => ['crypto', 'stream', 'zlib', ...SLOW_MODULES].includes(name))).toEqual([]);
  });

  it.each(RARE)('%s loads what it needs', (_, args, packages) => {
    expect(started(...args).files.slice(ALWAYS.length)).toEqual(packages);
  });

  it('what is loaded is all there is, but for what watches folders, or reaches places far away', () => {
    const parts = fs.readdirSync(path.join(path.dirname(PROGRAM), 'parts'));
    const known = RARE.flatMap(([, , packages]) => packages);
    expect(parts.sort()).toEqual(['program.cjs', ...ELSEWHERE, ...known].sort());
  });
});
