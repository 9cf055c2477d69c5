// The file beside the program: what Node made of its parts, for the next start (build/record.cjs, build/loader.cjs).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { packProgram } from '../../../build/pack.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const RECORD = path.resolve('build/record.cjs');
const STARTED = path.resolve('test/testkit/started.cjs');
/** Longer than what the program compiles itself. */
const LONG = `var text='${'x'.repeat(8_192)}';`;

let directory: string;
let program: string;
let compiled: string;

interface Ended {
  readonly stdout: string;
  /** Whether what was kept was used, for each long text. */
  readonly kept: readonly boolean[];
}

function write(answer: string): void {
  const loading =
    'for(let one of name){let{say}=one=="b"?await import("./b.js"):await import("./a.js");process.stdout.write(say())}';
  const main = `async function run([name]){${loading}return 0}export{run};`;
  const parts = [
    [{ name: 'main', code: main, imports: ['./b.js', './a.js'] }],
    [{ name: 'a', code: `${LONG}var say=()=>"${answer}";export{say};`, imports: [] }],
    [{ name: 'b', code: `${LONG}var say=()=>"b";export{say};`, imports: [] }],
  ];
  const frame = { loader: fs.readFileSync('build/loader.cjs', 'utf8'), starter: '', licenses: '' };
  fs.writeFileSync(program, packProgram(frame, parts).whole);
}

function record(word: string): void {
  expect(spawnSync(process.execPath, ['--require', RECORD, program, word], { env: {} }).status).toBe(0);
}

function start(word: string, node = process.execPath): Ended {
  const report = path.join(directory, 'report.json');
  const env = { STARTED_REPORT: report };
  const { stdout, status } = spawnSync(node, ['--require', STARTED, program, word], {
    ...{ env, encoding: 'utf8' },
  });
  expect(status).toBe(0);
  const { texts } = JSON.parse(fs.readFileSync(report, 'utf8')) as {
    texts: readonly { kept: boolean; length: number }[];
  };
  return { stdout, kept: texts.filter(({ length }) => length > LONG.length).map(({ kept }) => kept) };
}

function flipped(bytes: Buffer, at: number): Buffer {
  return Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
}

beforeEach(() => {
  directory = scratchDirectory();
  program = path.join(directory, 'program.cjs');
  compiled = path.join(directory, 'program.compiled');
  write('a');
});

describe('what was compiled when the program was built', () => {
  it('is used, each piece for its text, and is not missed', () => {
    expect(start('a')).toEqual({ stdout: 'a', kept: [false] });
    record('a');
    expect(start('a')).toEqual({ stdout: 'a', kept: [true] });
    expect(start('b')).toEqual({ stdout: 'b', kept: [false] });
    record('b');
    expect(start('a')).toEqual({ stdout: 'a', kept: [true] });
    expect(start('b')).toEqual({ stdout: 'b', kept: [true] });
  });

  it('is used for what was compiled then, also behind what was not', () => {
    record('b');
    expect(start('ab')).toEqual({ stdout: 'ab', kept: [false, true] });
  });

  it('serves the same program under its other name', () => {
    record('a');
    const other = path.join(directory, 'program.mjs');
    fs.copyFileSync(program, other);
    program = other;
    expect(start('a')).toEqual({ stdout: 'a', kept: [true] });
  });

  it('is never written by a program that runs', () => {
    start('a');
    expect(fs.existsSync(compiled)).toBe(false);
    record('a');
    const { mtimeNs } = fs.statSync(compiled, { bigint: true });
    start('b');
    expect(fs.statSync(compiled, { bigint: true }).mtimeNs).toBe(mtimeNs);
  });

  it.each<readonly [string, (bytes: Buffer) => Buffer]>([
    ['is cut short in its head', (bytes) => bytes.subarray(0, 50)],
    ['is cut short in a piece', (bytes) => bytes.subarray(0, -1)],
    ['is empty', () => Buffer.alloc(0)],
    ['is something else', () => Buffer.from('satchel\n{}\n')],
    ['has a flipped bit in its head', (bytes) => flipped(bytes, 80)],
    ['has a flipped bit in a piece', (bytes) => flipped(bytes, bytes.length - 400)],
  ])('is left alone when it %s', (_, change) => {
    record('a');
    fs.writeFileSync(compiled, change(fs.readFileSync(compiled)));
    expect(start('a')).toEqual({ stdout: 'a', kept: [false] });
  });

  it('is left alone when it is of another program of the same length', () => {
    record('a');
    write('c');
    expect(start('a')).toEqual({ stdout: 'c', kept: [false] });
  });

  it('is left alone when another Node made it', () => {
    const node = path.join(directory, 'node');
    fs.copyFileSync(process.execPath, node);
    fs.appendFileSync(node, 'a');
    fs.chmodSync(node, 0o755);
    record('a');
    expect(start('a', node)).toEqual({ stdout: 'a', kept: [false] });
  });
});
