// Files that are no bundle, or no longer one: a code, one line, a hint, and the status that goes with it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeFifo } from '../testkit/fifo.js';
import { FIXTURES } from '../testkit/fixture.js';
import { run } from './program.js';

const bundles = fileURLToPath(new URL('bundles/', FIXTURES));
let cwd: string;

beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-bad-'));
  const at = (name: string): string => path.join(cwd, name);
  const good = fs.readFileSync(path.join(bundles, 'good-full.satchel'));
  const flipped = Buffer.from(good);
  flipped[3000] = (flipped[3000] ?? 0) ^ 4;
  fs.writeFileSync(at('good'), good);
  fs.writeFileSync(at('cut'), good.subarray(0, good.length - 700));
  fs.writeFileSync(at('longer'), Buffer.concat([good, Buffer.alloc(512)]));
  fs.writeFileSync(at('flipped'), flipped);
  fs.writeFileSync(
    at('newer'),
    Buffer.from(good.toString('latin1').replace('satchel-bundle/1', 'satchel-bundle/2'), 'latin1'),
  );
  fs.writeFileSync(at('foreign'), 'GIF89a and so on');
  fs.writeFileSync(at('empty'), '');
  fs.writeFileSync(at('torn.card'), 'satchel1:AQEL');
  fs.writeFileSync(at('resigned'), Buffer.from(good.toString('latin1').replace('"serial":1', '"serial":2'), 'latin1'));
  fs.mkdirSync(at('directory'));
  fs.symlinkSync('good', at('link'));
  makeFifo(at('fifo'));
  run(['-C', 'ana', 'init', '--name', 'Ana', '-q'], { cwd });
  return () => fs.rmSync(cwd, { recursive: true, force: true });
});

const CASES: readonly (readonly [file: string, code: string, exit: number])[] = [
  ['cut', 'bad-tar', 20],
  ['longer', 'bad-tar', 20],
  ['foreign', 'bad-bundle', 20],
  ['empty', 'bad-bundle', 20],
  ['newer', 'newer-version', 13],
  ['resigned', 'not-authentic', 21],
  ['torn.card', 'bad-card', 2],
  ['directory', 'not-a-file', 30],
  ['link', 'not-a-file', 30],
  ['fifo', 'not-a-file', 30],
  ['/dev/zero', 'not-a-file', 30],
  ['missing', 'io', 30],
];

describe('verify', () => {
  const some = CASES.filter(([file]) => ['cut', 'directory', 'newer', 'resigned', '/dev/zero'].includes(file));
  it.each(some)('of %s says %s and exits %i', (file, code, exit) => {
    const { status, stdout, stderr } = run(['verify', file, '--json'], { cwd });
    expect({ status, stdout }).toEqual({ status: exit, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ type: 'error', code, exit });
  });
});

describe('import', () => {
  it('refuses them all by name, one after the other, and changes nothing', () => {
    const files = CASES.map(([file]) => file).filter((file) => file !== 'directory');
    const { status, stdout, stderr } = run(['-C', 'ana', 'import', 'flipped', ...files, '--json'], { cwd });
    const { bundles: told, refused } = JSON.parse(stdout) as {
      bundles: { error: { code: string } }[];
      refused: number;
    };
    const codes = CASES.filter(([file]) => file !== 'directory').map(([, code]) => code);
    expect(told.slice(1).map(({ error }) => error.code)).toEqual(codes);
    expect([20, 21]).toContain(run(['verify', 'flipped'], { cwd }).status);
    expect({ status, refused }).toEqual({ status: 3, refused: files.length + 1 });
    expect(stderr.trim().split('\n').length).toBe(files.length + 1);
    expect(run(['-C', 'ana', 'check', '--all', '--json'], { cwd }).stdout).toContain('"findings":[]');
  });

  it.each([
    ['cut', 20],
    ['resigned', 21],
    ['newer', 13],
    ['fifo', 30],
  ])('of %s alone exits %i', (file, exit) => {
    const { status, stderr } = run(['-C', 'ana', 'import', file], { cwd });
    expect(status).toBe(exit);
    expect(stderr).toMatch(/^satchel: error: [^\n]+\n(satchel: hint: [^\n]+\n)?$/);
  });

  it('of a directory without bundles has nothing to do', () => {
    expect(run(['-C', 'ana', 'import', 'directory'], { cwd })).toMatchObject({ status: 0 });
  });

  it('needs a repository, and says so', () => {
    expect(run(['-C', 'nobody', 'import', 'good'], { cwd })).toMatchObject({ status: 10, stdout: '' });
  });
});
