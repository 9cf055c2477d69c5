import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Part, packProgram } from '../../../build/pack.js';

const LOADER = fs.readFileSync('build/loader.mjs', 'utf8');
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-pack-'));
const file = path.join(directory, 'program.mjs');

afterAll(() => fs.rmSync(directory, { recursive: true }));

function part(name: string, code: string, imports: readonly string[] = []): Part {
  return { name, code, imports };
}

function pack(...parts: Part[]): string {
  return packProgram(LOADER, parts, 'Licence of a package\nin two lines');
}

/** What the packed program prints and how it ends. */
function run(parts: readonly Part[]): {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
} {
  fs.writeFileSync(file, pack(...parts));
  return spawnSync(process.execPath, [file, 'a', 'b'], { cwd: '/', encoding: 'utf8', env: {} });
}

const print = (what: string): string => `process.stdout.write(String(${what}));`;

describe('a packed program', () => {
  it('runs from its one file, with the words of its command line', () => {
    const { stdout, status } = run([part('main', `async function run(words){${print('words')}return 3}export{run};`)]);
    expect([stdout, status]).toEqual(['a,b', 3]);
  });

  it('links its parts with each other and with Node, whatever form an import has', () => {
    const forms = `import{one,two as deux}from"./numbers-AB12.js";import"./effect.js";import fs from"node:fs";import*as os from"node:os";import{join}from"node:path";`;
    const { stdout, stderr } = run([
      part(
        'main',
        `${forms}async function run(){${print('[one,deux(),effects,typeof fs.readFileSync,os.EOL,join("a","b")].join()')}return 0}export{run};`,
        ['./numbers-AB12.js', './effect.js', 'node:fs', 'node:os', 'node:path'],
      ),
      part('numbers-AB12', 'var one=1;function zwei(){return 2}export{one,zwei as two};'),
      part('effect', 'globalThis.effects=(globalThis.effects??0)+1;'),
    ]);
    expect(stderr).toBe('');
    expect(stdout).toBe('1,2,1,function,\n,a/b');
  });

  it('compiles a part when it is first needed, once', () => {
    const main = `async function run(){let a=await import("./late.js"),b=await import("./late.js");${print('a===b&&a.times')}return 0}export{run};`;
    const parts = [
      part('main', main, ['./late.js', './late.js']),
      part('late', 'globalThis.times=(globalThis.times??0)+1;var times=globalThis.times;export{times};'),
      part('never', 'this is no JavaScript'),
    ];
    expect(run(parts).stdout).toBe('1');
  });

  it('keeps text with line ends and comments in it', () => {
    const text = 'a\n//b\n\n// */ `c`\n';
    const main = `async function run(){${print(`\`${text.replaceAll('`', '\\`')}\``)}return 0}export{run};`;
    expect(run([part('main', main)]).stdout).toBe(text);
  });

  it('names the place in the file where it failed', () => {
    const main = 'async function run(){throw new Error("broken")}export{run};';
    const { stderr, status } = run([part('other', 'var text=`1\n2\n3`;export{text};'), part('main', main)]);
    const [, line, column] = /run \(.*program\.mjs:(\d+):(\d+)\)/.exec(stderr) ?? [];
    expect(status).toBe(1);
    const place = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      [Number(line) - 1]?.slice(Number(column) - 1);
    expect(place).toMatch(/^new Error\("broken"\)/);
  });

  it('carries the licences', () => {
    expect(pack()).toContain('//Licence of a package\n//in two lines\n');
  });
});

describe('what cannot be packed is refused', () => {
  it.each([
    ['an import it does not understand', part('main', 'import a from"./a.js"with{type:"json"};', ['./a.js'])],
    ['an import the bundler does not know of', part('main', 'x="";import a from"./a.js";')],
    ['an export that gets its value later', part('main', 'var late;function set(){late=1}export{late,set};')],
    ['what is not ASCII', part('main', 'var a="ä";export{a};')],
  ])('%s', (_, bad) => {
    expect(() => pack(bad)).toThrow();
  });
});
