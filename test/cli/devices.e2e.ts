// Somebody's second device, a lost one, and a way back, with the built program: what docs/a-new-computer.md says, and as many
// commands as it says.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { recoveryWords } from '../../src/identity/recovery.js';
import { thaw } from '../testkit/frozen.js';
import { openersOf } from '../testkit/open-sealed.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';
import { run } from './program.js';

const PAGE = fs.readFileSync(path.join(import.meta.dirname, '../../docs/a-new-computer.md'), 'utf8');

/** What both have said when a computer is lost. */
const SAID = [
  ['Ana', 'before'],
  ['Ben', 'and Ben'],
];

/** What a command asks for. */
interface Given {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

let cwd: string;
let stick: string;
/** What was typed, since it was last counted. */
let typed: string[];

beforeEach(() => {
  cwd = scratchDirectory();
  stick = makeStick(at('stick'), 1);
  typed = [];
  for (const name of ['Ana', 'Ben']) {
    must(name, 'init', '--name', name, '-q');
    must(name, 'card', '-o', at(`${name}.card`), '-q');
  }
  must('Ana', 'contact', 'add', at('Ben.card'), '-q');
  must('Ben', 'contact', 'add', at('Ana.card'), '-q');
  must('Ana', 'post', '-t', 'garden', 'before', '-q');
});

it('makes a second device, whose user stays one person to a friend, and who removes it is sealed to alone', () => {
  type('Ana', 'sync', stick);
  typed = [];
  const { words: asked } = type('laptop', 'device', 'request', '--name', 'laptop', '-o', stick);
  const { words: answered } = type(
    'Ana',
    ...['device', 'add', path.join(stick, 'laptop.request'), '-o', stick, '--words', asked],
  );
  type('laptop', 'device', 'join', path.join(stick, 'laptop.welcome'), '--words', answered);
  for (const one of ['Ana', 'laptop']) type(one, 'sync', stick);
  expect(textsOf('laptop')).toEqual([['Ana', 'before']]);
  expect(typed, typed.join('\n')).toHaveLength(saidOf('a second device'));

  must('laptop', 'post', '-t', 'garden', 'from the laptop', '-q');
  must('Ana', 'post', '-t', 'garden', 'from the desk', '-q');
  for (const one of ['laptop', 'Ana', 'Ben']) type(one, 'sync', stick);
  expect(textsOf('Ben').sort()).toEqual([
    ['Ana', 'before'],
    ['Ana', 'from the desk'],
    ['Ana', 'from the laptop'],
  ]);
  expect(readersOfNext('to both')).toEqual(['Ana', 'laptop']);

  typed = [];
  type('Ana', 'device', 'remove', 'laptop', '--yes');
  type('Ana', 'sync', stick);
  expect(typed, typed.join('\n')).toHaveLength(saidOf('a lost second device'));
  type('Ben', 'sync', stick);
  expect(readersOfNext('to one')).toEqual(['Ana']);
  expect(textsOf('Ana')).toContainEqual(['Ana', 'from the laptop']);
});

it('comes back with the words, with a backup and without', async () => {
  const words = (await takeWords('Ana')).join(' ');
  const SATCHEL_PASSPHRASE_FILE = at('words');
  fs.writeFileSync(SATCHEL_PASSPHRASE_FILE, words);
  must('Ben', 'post', '-t', 'garden', 'and Ben', '-q');
  for (const one of ['Ana', 'Ben', 'Ana']) type(one, 'sync', stick);
  const { person } = type('Ana', 'whoami');

  typed = [];
  type('Ana', 'backup', '-o', at('ana.backup'));
  answer({ env: { SATCHEL_PASSPHRASE_FILE } }, 'restored', 'restore', at('ana.backup'), '--keep-none');
  expect(typed, typed.join('\n')).toHaveLength(saidOf('a backup, and what becomes of it'));
  expect(type('restored', 'whoami')).toMatchObject({ person });
  expect(textsOf('restored').sort()).toEqual(SAID);
  const { device: gone } = type('Ana', 'whoami');
  const devices = type('restored', 'device', 'list');
  const keeping = run(['-C', at('restored'), 'recovery', 'use', '--keep', gone], { cwd, input: words });
  expect(keeping).toMatchObject({ status: 15, stderr: expect.stringContaining('by a new "satchel device request"') });
  expect(type('restored', 'device', 'list')).toEqual(devices);

  typed = [];
  answer({ input: words }, 'bare', 'recovery', 'use', '--card', at('Ana.card'), '--keep-none');
  type('bare', 'contact', 'add', at('Ben.card'));
  type('bare', 'sync', stick);
  expect(typed, typed.join('\n')).toHaveLength(saidOf('a lost computer, with the words alone'));
  expect(type('bare', 'whoami')).toMatchObject({ person });
  for (const one of ['Ben', 'bare']) type(one, 'sync', stick);
  expect(textsOf('bare').sort()).toEqual(SAID);
});

it('who was founded by version 0.1 has no recovery words, here or anywhere else, but several devices', () => {
  const { cwd: before, on } = thaw('0.1');
  const done = (...args: string[]): { readonly stdout: string } => {
    const ended = on('ana', ...args);
    expect(ended.status, `${args.join(' ')}: ${ended.stderr}`).toBe(0);
    return ended;
  };
  const { person } = JSON.parse(done('whoami', '--json').stdout);
  done('card', '-o', at('old.card'), '-q');
  const bare = run(['-C', at('bare'), 'recovery', 'use', '--card', at('old.card'), '--json'], { cwd });
  for (const { status, stderr } of [on('ana', 'recovery', 'use', '--json'), bare])
    expect([status, JSON.parse(stderr)]).toEqual([18, expect.objectContaining({ code: 'no-recovery' })]);
  expect(fs.existsSync(at('bare'))).toBe(false);
  expect(fs.existsSync(path.join(before, 'ana', '.satchel'))).toBe(true);
  const { words: asked } = type('tablet', 'device', 'request', '--name', 'tablet', '-o', cwd);
  const adding = ['device', 'add', at('tablet.request'), '-o', cwd, '--words', asked, '--json'];
  const { words: answered } = JSON.parse(done(...adding).stdout);
  expect(type('tablet', 'device', 'join', at('tablet.welcome'), '--words', answered)).toMatchObject({ person });
});

/** Whose keys open what Ben adds to the stick next. */
function readersOfNext(text: string): string[] {
  const before = bundlesOn(stick);
  must('Ben', 'post', '-t', 'garden', text, '-q');
  type('Ben', 'sync', stick);
  const added = bundlesOn(stick).filter((name) => !before.includes(name));
  expect(added).toHaveLength(1);
  const openers = openersOf(path.join(stick, 'satchel', added[0] ?? ''), ['Ana', 'laptop'].map(at));
  return [...openers].map((directory) => path.basename(directory));
}

/** Who said what, in order. */
function textsOf(name: string): [string, string][] {
  const lines = must(name, 'read', '-t', 'garden', '--json').trim().split('\n');
  return lines.map((line) => JSON.parse(line)).map(({ author, text }) => [author.name, text]);
}

/** The commands that the page says are typed. */
function saidOf(what: string): number {
  const [, count] = new RegExp(`^\\| ${what} \\| (\\d+) \\|`, 'm').exec(PAGE) ?? [];
  if (count === undefined) throw new Error(`the page says nothing of "${what}"`);
  return Number(count);
}

function at(name: string): string {
  return path.join(cwd, name);
}

function must(name: string, ...args: string[]): string {
  return runAs(name, args, {});
}

/** The same, counted; what it says in JSON. */
// biome-ignore lint/suspicious/noExplicitAny: what a test expects of it says what it is
function type(name: string, ...args: string[]): any {
  typed.push(`${name}: ${args.join(' ')}`);
  return JSON.parse(runAs(name, [...args, '--json'], {}));
}

/** The same with what a command asks for. */
function answer(given: Given, name: string, ...args: string[]): void {
  typed.push(`${name}: ${args.join(' ')}`);
  runAs(name, args, given);
}

function runAs(name: string, args: readonly string[], { input = '', env }: Given): string {
  // each computer keeps notes of its own
  const state = { SATCHEL_STATE_DIR: at(`state-${name}`) };
  const { status, stdout, stderr } = run(['-C', at(name), ...args], { cwd, input, env: { ...state, ...env } });
  expect(status, `${name}: ${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

/** What "recovery print" does, which nothing can run off a terminal. */
async function takeWords(name: string): Promise<readonly string[]> {
  const file = path.join(at(name), '.satchel/keys/secrets.json');
  const { recovery, ...rest } = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, JSON.stringify(rest));
  return recoveryWords(Buffer.from(recovery, 'hex'));
}
