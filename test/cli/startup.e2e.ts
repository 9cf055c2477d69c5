// What the everyday commands take to start, counted: texts compiled, characters in them, modules of Node loaded.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { PROGRAM, run } from './program.js';

/** What the program's text is read from. */
const WHOLE = PROGRAM.replace('.cjs', '.mjs');
const PRELOADED = path.resolve(import.meta.dirname, '../testkit/started.cjs');
/** Each costs a command more than its own work. */
const SLOW_MODULES = ['child_process', 'dns', 'events/promises', 'fs/promises', 'http', 'net', 'readline', 'tty'];

interface Text {
  readonly length: number;
  /** Node did not have to compile it: it did when the program was built. */
  readonly kept: boolean;
}

interface Started {
  readonly texts: readonly Text[];
  readonly modules: readonly string[];
}

const EVERYDAY: readonly (readonly [string, readonly string[]])[] = [
  ['post', ['post', 'And the peas']],
  ['status', ['status']],
  ['read', ['read', '-n', '50']],
  ['export', ['export', '-o', 'second.satchel']],
  ['import', ['import', 'first.satchel']],
];
/** Characters. */
const LONG = 8_192;

let cwd: string;

function started(...args: string[]): Started {
  const report = path.join(cwd, 'report.json');
  const env = { NODE_OPTIONS: `--require "${PRELOADED}"`, STARTED_REPORT: report };
  const ended = run(args, { cwd, env });
  expect(ended).toMatchObject({ status: 0, stderr: expect.not.stringContaining('error') });
  return JSON.parse(fs.readFileSync(report, 'utf8')) as Started;
}

function size({ texts }: Started): number {
  return texts.reduce((sum, { length }) => sum + length, 0);
}

beforeEach(() => {
  cwd = scratchDirectory();
  expect(run(['init', '--name', 'Ana'], { cwd }).status).toBe(0);
  expect(run(['post', '-t', 'garden', 'The beans are up'], { cwd }).status).toBe(0);
  expect(run(['export', '-o', 'first.satchel'], { cwd }).status).toBe(0);
});

describe('an everyday command', () => {
  it.each(EVERYDAY)('%s compiles a few texts, and no more than a third of the program', (_, args) => {
    const { texts, modules } = started(...args);
    expect(texts.length).toBeLessThanOrEqual(16);
    expect(size({ texts, modules })).toBeLessThan(fs.statSync(WHOLE).size / 3);
    expect(modules.filter((name) => SLOW_MODULES.includes(name))).toEqual([]);
  });

  it.each(EVERYDAY)('%s has its long texts compiled already', (_, args) => {
    const long = started(...args).texts.filter(({ length }) => length > LONG);
    expect(long.length).toBeGreaterThan(2);
    expect(long.filter(({ kept }) => !kept)).toEqual([]);
  });

  it('tells its version with hardly anything', () => {
    const { texts, modules } = started('--version');
    expect(texts.length).toBeLessThanOrEqual(2);
    expect(modules.filter((name) => ['crypto', 'stream', 'zlib'].includes(name))).toEqual([]);
  });
});
