// What commands take to start: which files of the program and which modules of Node they load.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAM, run } from './program.js';

const PRELOADED = path.resolve(import.meta.dirname, '../testkit/started.cjs');
/** What the program loads before it knows what it is asked for. */
const FIRST = ['satchel.cjs', 'program.cjs', 'rolldown-runtime.cjs'];
/** What carries messages. */
const ALL_CARRYING = ['running', 'carrying', 'everyday', 'post', 'status'];
/** Each costs a command more than its own work. */
const SLOW_MODULES = ['child_process', 'dns', 'events/promises', 'fs/promises', 'http', 'net', 'readline', 'tty'];

interface Started {
  readonly files: readonly string[];
  readonly modules: readonly string[];
}

/** What is asked for every day, and the parts that it loads besides. */
const EVERYDAY: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['post', ['post', 'And the peas'], ['running', 'post', 'everyday']],
  ['status', ['status'], ['running', 'status', 'everyday', 'post']],
  ['read', ['read', '-n', '50'], ['running', 'everyday']],
  ['export', ['export', '--open', '-o', 'second.satchel'], ALL_CARRYING],
  ['import', ['import', 'first.satchel'], ALL_CARRYING],
];

/** What else has a part for few commands: a command, and the parts of that kind that it loads. */
const RARE: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['help', ['help', 'post'], ['help']],
  ['a guide', ['help', 'guides'], ['guide', 'guides']],
  ['the twelve words', ['whoami'], ['scure-bip39', 'words']],
  ['a picture', ['card', '--qr'], ['uqr']],
  ['a new identity', ['-C', 'ben', 'init', '--name', 'Ben'], ['scure-base']],
  ['an attachment', ['post', '--attach', 'first.satchel'], ['mime']],
  ['a mail', ['post', '--mbox', 'one.eml'], ['mails']],
  ['an archive', ['import', 'folder.tgz'], ['archives']],
  ['a passphrase', ['passphrase', 'set'], ['age-encryption', 'scure-bip39', 'scure-base']],
  ['nothing', [], ['home', 'help']],
];

/** The parts of the program itself. */
const OWN = [
  'program',
  'rolldown-runtime',
  'running',
  'everyday',
  'commands',
  'post',
  'status',
  'more',
  'carrying',
  'drives',
  'rest',
];

/** What is used in watch.e2e.ts, and in far.e2e.ts and test/stores/: folders that are watched, WebDAV, S3. */
const ELSEWHERE = ['chokidar', 'stores'];

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
  it.each(EVERYDAY)('%s loads its own part and what that needs', (_, args, parts) => {
    const { files, modules } = started(...args);
    expect(files).toEqual([...FIRST, ...named(parts)]);
    expect(modules.filter((name) => SLOW_MODULES.includes(name))).toEqual([]);
  });

  it('--version loads nearly nothing, and none of what can encrypt', () => {
    const { files, modules } = started('--version');
    expect(files).toEqual(FIRST);
    expect(modules.filter((name) => ['crypto', 'stream', 'zlib', ...SLOW_MODULES].includes(name))).toEqual([]);
  });

  it('help loads no repository', () => {
    expect(started('help', 'post').files).not.toContain('everyday.cjs');
  });

  it.each(RARE)('%s loads what it needs', (_, args, parts) => {
    const own = named(OWN);
    expect(started(...args).files.filter((file) => !FIRST.includes(file) && !own.includes(file))).toEqual(named(parts));
  });

  it('what is loaded is all there is, but for what watches folders, or reaches places far away', () => {
    const there = fs.readdirSync(path.join(path.dirname(PROGRAM), 'parts'));
    const rare = RARE.flatMap(([, , parts]) => parts);
    expect(there.sort()).toEqual([...new Set(named([...OWN, ...ELSEWHERE, ...rare]))].sort());
  });
});

function named(parts: readonly string[]): string[] {
  return parts.map((part) => `${part}.cjs`);
}
