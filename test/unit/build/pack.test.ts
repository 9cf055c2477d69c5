import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Part, packProgram } from '../../../build/pack.js';

const read = (name: string): string => fs.readFileSync(`build/${name}.cjs`, 'utf8');
const FRAME = { loader: read('loader'), starter: read('starter'), licenses: 'Licence of a package\nin two lines' };
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-pack-'));
const file = path.join(directory, 'program.cjs');

afterAll(() => fs.rmSync(directory, { recursive: true }));

function part(name: string, code: string, imports: readonly string[] = []): Part {
  return { name, code, imports };
}

/** Each part in a group of its own. */
function pack(...parts: Part[]): string {
  return packGroups(parts.map((one) => [one]));
}

function packGroups(groups: readonly (readonly Part[])[]): string {
  return packProgram(FRAME, groups).whole;
}

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** What the packed program prints and how it ends. */
function run(parts: readonly Part[]): Ended {
  return runText(pack(...parts));
}

function runText(program: string, place: { readonly as?: string; readonly command?: string } = {}): Ended {
  const { as = file } = place;
  fs.writeFileSync(as, program);
  return spawnSync(process.execPath, [place.command ?? as, 'a', 'b'], { cwd: '/', encoding: 'utf8', env: {} });
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
      part('never', 'this is no JavaScript;'),
    ];
    expect(run(parts).stdout).toBe('1');
  });

  it('keeps text with line ends and comments in it', () => {
    const text = 'a\n//b\n\n// */ `c`\n';
    const main = `async function run(){${print(`\`${text.replaceAll('`', '\\`')}\``)}return 0}export{run};`;
    expect(run([part('main', main)]).stdout).toBe(text);
  });

  it('names the place in the file where it failed', () => {
    const late = 'async function run(){throw new Error("broken")}export{run};';
    const { stderr, status } = run([
      part('main', 'import{run}from"./late.js";export{run};', ['./late.js']),
      part('other', 'var text=`1\n2\n3`;export{text};'),
      part('late', late),
    ]);
    const [, line, column] = /run \(.*program\.cjs:(\d+):(\d+)\)/.exec(stderr) ?? [];
    expect(status).toBe(1);
    const place = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      [Number(line) - 1]?.slice(Number(column) - 1);
    expect(place).toMatch(/^new Error\("broken"\)/);
  });

  it('compiles a group when one of its parts is needed, and evaluates only that one', () => {
    const main = `async function run(){await import("./one.js");${print('typeof two')}return 0}export{run};`;
    const group = [part('one', 'var one=1;export{one};'), part('two', 'globalThis.two=2;')];
    expect(runText(packGroups([[part('main', main, ['./one.js'])], group])).stdout).toBe('undefined');
    const broken = [part('one', 'var one=1;export{one};'), part('two', 'this is no JavaScript;')];
    expect(runText(packGroups([[part('main', main, ['./one.js'])], broken])).status).toBe(1);
  });

  it('loads what is slow of Node when it is first called', () => {
    const loaded = 'process.moduleLoadList.includes("NativeModule crypto")';
    const main = `import{hash as h}from"node:crypto";async function run(){let before=${loaded};let one=h("sha1","x"),two=h("sha1","x");${print(`[before,one===two,${loaded}].join()`)}return 0}export{run};`;
    expect(run([part('main', main, ['node:crypto'])]).stdout).toBe('false,true,true');
  });

  it.each([
    'program.cjs',
    'program.mjs',
    'program',
    'module/program.mjs',
    'module/program.cjs',
    'script/program.js',
    'module/program.js',
  ])('runs as %s, and by a link to it', (name) => {
    for (const type of ['module', 'script']) {
      fs.mkdirSync(path.join(directory, type), { recursive: true });
      fs.writeFileSync(
        path.join(directory, type, 'package.json'),
        type === 'module' ? '{"type":"module"}' : '{"type":"commonjs"}',
      );
    }
    const program = pack(part('main', `async function run(words){${print('words')}return 3}export{run};`));
    const link = path.join(directory, `link-to-${name.replaceAll(/[/.]/g, '-')}`);
    const as = path.join(directory, name);
    expect(runText(program, { as })).toMatchObject({ stdout: 'a,b', status: 3, stderr: '' });
    fs.symlinkSync(as, link);
    expect(runText(program, { as, command: link })).toMatchObject({ stdout: 'a,b', status: 3, stderr: '' });
  });

  it('fails when it stops before it is done', () => {
    expect(run([part('main', 'async function run(){await new Promise(()=>{})}export{run};')]).status).toBe(13);
  });

  it('carries the licences', () => {
    expect(pack()).toContain('//Licence of a package\n//in two lines\n');
  });
});

describe('the file that starts a program', () => {
  const starter = path.join(directory, 'satchel.cjs');
  const whole = path.join(directory, 'satchel.mjs');
  const late = 'async function run(words){let{say}=await import("./late.js");return say(words)}export{run};';
  const parts = [
    [part('main', late, ['./late.js'])],
    [
      part(
        'late',
        `function say(words){${print('words')}if(words[0]==="fail")throw new Error("/* broken */");return 3}export{say};`,
      ),
    ],
  ];
  const write = (): void => {
    const packed = packProgram(FRAME, parts);
    fs.writeFileSync(starter, packed.starter);
    fs.writeFileSync(whole, packed.whole);
  };
  const start = (command: string, ...words: string[]): Ended =>
    spawnSync(process.execPath, [command, ...words], { cwd: '/', encoding: 'utf8', env: {} });

  it('runs what lies beside it, and by a link to it', () => {
    write();
    expect(start(starter, 'a', 'b')).toMatchObject({ stdout: 'a,b', status: 3, stderr: '' });
    const link = path.join(directory, 'link-to-starter');
    fs.symlinkSync(starter, link);
    expect(start(link, 'a', 'b')).toMatchObject({ stdout: 'a,b', status: 3, stderr: '' });
  });

  it('does not go on with another program that has taken the place of its own', () => {
    const main =
      'import fs from"node:fs";async function run([file]){await new Promise(setImmediate);fs.writeFileSync(file,"x".repeat(1e4));await import("./late.js")}export{run};';
    const packed = packProgram(FRAME, [
      [part('main', main, ['node:fs', './late.js'])],
      [part('late', 'var late=1;export{late};')],
    ]);
    fs.writeFileSync(starter, packed.starter);
    fs.writeFileSync(whole, packed.whole);
    const { stderr, status } = start(starter, whole);
    expect(status).toBe(1);
    expect(stderr).toContain(`${whole} has changed since this started: start it again`);
  });

  it('names the place in the whole program where it failed', () => {
    write();
    const [, line, column] = /say \(.*satchel\.mjs:(\d+):(\d+)\)/.exec(start(starter, 'fail').stderr) ?? [];
    const place = fs
      .readFileSync(whole, 'utf8')
      .split('\n')
      [Number(line) - 1]?.slice(Number(column) - 1);
    expect(place).toMatch(/^new Error\(/);
  });

  it.each<readonly [string, () => void]>([
    ['it is alone', () => fs.rmSync(whole)],
    ['the whole is of another build', () => fs.writeFileSync(whole, pack(part('main', print('2'))))],
    ['the whole is empty', () => fs.writeFileSync(whole, '')],
  ])('says so when %s', (_, change) => {
    write();
    change();
    const { stdout, stderr, status } = start(starter, 'a');
    expect([stdout, status]).toEqual(['', 1]);
    expect(stderr).toBe(`satchel: error: ${whole} has to lie beside ${starter}, from the same build\n`);
  });
});

describe('what cannot be packed is refused', () => {
  it.each([
    ['an import it does not understand', part('main', 'import a from"./a.js"with{type:"json"};', ['./a.js'])],
    ['an import the bundler does not know of', part('main', 'x="";import a from"./a.js";')],
    ['an export that gets its value later', part('main', 'var late;function set(){late=1}export{late,set};')],
    ['what is not ASCII', part('main', 'var a="ä";export{a};')],
    ['what stands for the end of a comment', part('main', 'var a="*%/";export{a};')],
    ['an import of what is not there', part('main', 'import"./a.js";', ['./a.js'])],
  ])('%s', (_, bad) => {
    expect(() => pack(bad)).toThrow();
  });
});
