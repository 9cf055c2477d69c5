// satchel sync, with the built program: a first contact by nothing but a stick, failures that stop no other, cron.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick, snapshotOf } from '../testkit/stick.js';
import { type Ended, run } from './program.js';

interface Visit {
  readonly drive: string | null;
  readonly label?: string;
  readonly first?: boolean;
  readonly new?: number;
  readonly arriving?: readonly string[];
  readonly strangers?: readonly { readonly name: string; readonly card: string }[];
  readonly export?: { readonly file: string | null; readonly entries: number } | null;
  readonly touched?: boolean;
  readonly error: { readonly code: string } | null;
}

/** A person with a repository of its own below `cwd`. */
function person(cwd: string, name: string): (...words: string[]) => Ended {
  const home = path.join(cwd, name);
  fs.mkdirSync(home);
  run(['init', '--name', name, '-q'], { cwd: home });
  return (...words) => run(words, { cwd: home });
}

function visitsOf({ stdout }: Ended): readonly Visit[] {
  return (JSON.parse(stdout) as { drives: Visit[] }).drives;
}

describe('sync', () => {
  it('lets two people find each other by nothing but a stick', () => {
    const cwd = scratchDirectory();
    const stick = path.join(cwd, 'stick');
    fs.mkdirSync(stick);
    const ana = person(cwd, 'Ana');
    const ben = person(cwd, 'Ben');
    expect(ana('sync', stick)).toMatchObject({ status: 30, stderr: expect.stringContaining('satchel drive init') });
    expect(ana('drive', 'init', stick, '--label', 'blue stick').stdout).toContain('is the drive "blue stick"');
    ana('post', '-q', '-t', 'garden', 'Is the bean row up?');
    const first = ana('sync', stick);
    expect(first).toMatchObject({ status: 0, stderr: expect.stringContaining('nobody to seal for yet') });
    expect(first.stderr).toContain('on this drive travel "garden"; to choose: satchel drive topics');
    expect(bundlesOn(stick)).toEqual([]);
    const met = ben('sync', stick);
    expect(met).toMatchObject({ status: 0, stderr: expect.stringContaining('to accept: satchel contact add Ana') });
    ben('contact', 'add', '-q', 'Ana');
    expect(ben('sync', '-q', stick).status).toBe(0);
    expect(ana('sync', stick).stderr).toContain('to accept: satchel contact add Ben');
    ana('contact', 'add', '-q', 'Ben');
    const added = ana('sync', stick);
    expect(added.stdout).toMatch(/added 1 message in 1 log \(.*\), sealed for Ben\nblue stick is safe/);
    expect(ben('sync', stick).stdout).toContain('blue stick: 1 new message');
    expect(ana('sync', '-q', stick)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('touches nothing and says nothing when there is nothing new', () => {
    const cwd = scratchDirectory();
    const stick = makeStick(path.join(cwd, 'stick'), 7);
    const ana = person(cwd, 'Ana');
    ana('post', '-q', '-t', 'garden', 'hello');
    const [dry] = visitsOf(ana('sync', '--open', '--dry-run', '--json', stick));
    expect(dry).toMatchObject({ drive: '7'.padStart(32, '0'), first: true, touched: false, error: null });
    expect(dry?.export).toMatchObject({ file: null, entries: 2 });
    expect(bundlesOn(stick)).toEqual([]);
    ana('sync', '--open', '-q', stick);
    const before = snapshotOf(stick);
    expect(ana('sync', '--open', '-q', stick)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(snapshotOf(stick)).toEqual(before);
    expect(visitsOf(ana('sync', '--open', '--json', stick))).toMatchObject([
      { touched: false, export: { file: null }, error: null },
    ]);
  });

  it('visits the others when one fails, and passes over what is not there if it may', () => {
    const cwd = scratchDirectory();
    const good = makeStick(path.join(cwd, 'good'), 1);
    const gone = path.join(cwd, 'gone');
    const plain = path.join(cwd, 'plain');
    fs.mkdirSync(plain);
    const ana = person(cwd, 'Ana');
    const some = ana('sync', '--json', gone, good, plain);
    expect(some.status).toBe(3);
    expect(visitsOf(some).map(({ error }) => error?.code)).toEqual(['drive-absent', undefined, 'no-drive']);
    expect(ana('sync', gone, plain).status).toBe(30);
    expect(ana('sync', '-q', '--if-present', gone, plain)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(ana('sync', '--import-only', '--export-only', good).status).toBe(2);
    expect(ana('sync', '--max-size', 'much', good).status).toBe(2);
  });

  it('names damaged bundles, and does not call arriving ones damaged', () => {
    const cwd = scratchDirectory();
    const stick = makeStick(path.join(cwd, 'stick'), 1);
    const ana = person(cwd, 'Ana');
    const ben = person(cwd, 'Ben');
    ana('post', '-q', '-t', 'garden', 'hello');
    ana('sync', '--open', '-q', stick);
    const file = path.join(stick, 'satchel', bundlesOn(stick)[0] ?? '');
    const whole = fs.readFileSync(file);
    fs.writeFileSync(file, whole.subarray(0, whole.length / 2));
    const arriving = ben('sync', stick);
    expect(arriving).toMatchObject({ status: 0, stderr: expect.stringContaining('somebody may still be copying it') });
    expect(arriving.stderr).not.toContain('error');
    const longAgo = new Date(Date.now() - 3_600_000);
    fs.writeFileSync(file, Buffer.from(whole).fill(0x55, whole.length - 2_000, whole.length - 1_500));
    fs.utimesSync(file, longAgo, longAgo);
    expect(ben('sync', '-q', stick)).toMatchObject({ status: 3, stderr: expect.stringContaining(path.basename(file)) });
    expect(ben('sync', '-q', stick)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(ben('drive', 'tidy', stick, '--damaged').stdout).toContain('it is damaged');
    ana('sync', '-q', stick);
    // Ben is a stranger, and gets nothing before Ana has accepted him
    expect(bundlesOn(stick)).toEqual([]);
    ana('contact', 'add', '-q', 'Ben');
    ana('sync', '-q', stick);
    expect(visitsOf(ben('sync', '--json', stick))).toMatchObject([{ error: null }]);
    expect(bundlesOn(stick).length).toBeGreaterThan(0);
  });
});
