// Export and import as two people and their scripts use them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeFifo } from '../testkit/fifo.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';

const PROGRAM = path.resolve(import.meta.dirname, '../../dist/satchel.cjs');

interface Exported {
  readonly file: string | null;
  readonly bytes: number;
  readonly logs: number;
  readonly entries: number;
  readonly for: readonly string[];
}

interface Imported {
  readonly bundles: readonly Record<string, unknown>[];
  readonly new: number;
  readonly known: number;
  readonly refused: number;
}

let prepared: string;

/** Ana and Bob, who know each other; Ana wrote into the garden. */
beforeAll(() => {
  prepared = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-friends-'));
  const cwd = prepared;
  for (const name of ['ana', 'bob']) {
    run(['-C', name, 'init', '--name', name, '-q'], { cwd });
    run(['-C', name, 'card', '-o', `${name}.card`], { cwd });
  }
  run(['-C', 'ana', 'contact', 'add', 'bob.card'], { cwd });
  run(['-C', 'bob', 'contact', 'add', 'ana.card'], { cwd });
  return () => fs.rmSync(cwd, { recursive: true, force: true });
});

/** The two in a place of their own, with what is kept of them outside their repositories. */
function friends(): string {
  const cwd = scratchDirectory();
  fs.cpSync(prepared, cwd, { recursive: true });
  // a repository that has written something is known for a copy
  run(['-C', 'ana', 'post', '-t', 'garden', 'hello'], { cwd });
  return cwd;
}

describe('export and import', () => {
  it('carry a message there, its acknowledgement back, and come to rest', () => {
    const cwd = friends();
    const sent = runJson<Exported>(['-C', 'ana', 'export'], { cwd });
    expect(sent).toMatchObject({ logs: 1, entries: 2, for: [expect.stringMatching(/^[0-9a-f]{64}$/)] });
    expect(sent.file).toMatch(/^[0-9a-f]{24}\.satchel$/);
    expect(fs.statSync(path.join(cwd, sent.file ?? '')).size).toBe(sent.bytes);
    const got = runJson<Imported>(['-C', 'bob', 'import', sent.file ?? ''], { cwd });
    expect(got).toMatchObject({ new: 2, known: 0, refused: 0 });
    expect(got.bundles).toMatchObject([
      { file: sent.file, new: 2, known: 0, skipped: 0, error: null, refused: [], gaps: [], name: 'ana' },
    ]);
    expect(got.bundles[0]?.['by']).toMatch(/^[0-9a-f]{64}$/);
    run(['-C', 'bob', 'topic', 'join', 'garden'], { cwd });
    expect(runJson<Exported>(['-C', 'bob', 'export', '-o', 'back.satchel'], { cwd }).file).toBe('back.satchel');
    expect(runJson<Imported>(['-C', 'ana', 'import', 'back.satchel'], { cwd })).toMatchObject({ refused: 0 });
    expect(runJson<Exported>(['-C', 'ana', 'export'], { cwd })).toMatchObject({ file: null, bytes: 0, for: [] });
    expect(runJson<Imported>(['-C', 'bob', 'import', sent.file ?? ''], { cwd })).toMatchObject({ new: 0, known: 2 });
  });

  it('work through a pipe, byte for byte the same bundle', () => {
    const cwd = friends();
    const env = { PATH: process.env['PATH'], HOME: path.join(cwd, 'home'), SATCHEL_STATE_DIR: path.join(cwd, 'state') };
    const satchel = `"${process.execPath}" "${PROGRAM}"`;
    const line = `${satchel} -C ana export --open -o - | tee copy.satchel | ${satchel} -C bob import - --json`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd, env, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('1 message in 1 log for bob') });
    expect(JSON.parse(stdout)).toMatchObject({ bundles: [{ file: '-', new: 2 }] });
    expect(run(['verify', 'copy.satchel'], { cwd })).toMatchObject({ status: 0 });
  });

  it('tell people what happened and what to do next', () => {
    const cwd = friends();
    const sent = run(['-C', 'ana', 'export', '--open', '--to', 'bob', '-o', 'for-bob.satchel'], { cwd });
    expect(sent.stdout).toMatch(
      /^wrote for-bob\.satchel \([\d.]+ KiB\): 1 message in 1 log for bob; open: whoever finds it can read it\n$/,
    );
    expect(sent.stderr).toBe('next, on the other side: satchel import for-bob.satchel\n');
    const got = run(['-C', 'bob', 'import', 'for-bob.satchel'], { cwd });
    expect(got.stdout).toBe('for-bob.satchel from ana: 1 new message\n');
    expect(got.stderr).toContain('ana writes in "garden", which you have not joined; to join: satchel -C ');
    expect(run(['-C', 'bob', 'import', 'for-bob.satchel', '-q'], { cwd })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    run(['-C', 'carl', 'init', '--name', 'carl', '-q'], { cwd });
    const stranger = run(['-C', 'carl', 'import', 'for-bob.satchel'], { cwd });
    expect(stranger.status).toBe(3);
    expect(stranger.stdout).toBe('for-bob.satchel from ~ana: nothing new; 2 messages and receipts left in the file\n');
    expect(stranger.stderr).toMatch(
      /^~ana is no contact yet.*; to accept: satchel -C \S+ contact add ana\nthen again: satchel -C \S+ import for-bob.satchel\n$/,
    );
    expect(run(['-C', 'carl', 'import', 'ana.card'], { cwd }).stdout).toMatch(
      /the card of ~ana; to accept it: satchel -C/,
    );
  });

  it('go as text, which is taken in as it was pasted, or out of a mail that was saved', () => {
    const cwd = friends();
    const text = run(['-C', 'ana', 'export', '--full', '--armor'], { cwd });
    expect(text.stdout).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n[\w+/=\n]+-----END AGE ENCRYPTED FILE-----\n$/);
    const quoted = `Hello,\r\n${text.stdout.replace(/^/gm, '> ').replaceAll('\n', '\r\n')}Ana`;
    run(['-C', 'bob', 'topic', 'join', '-q', 'garden'], { cwd });
    expect(run(['-C', 'bob', 'import', '-'], { cwd, input: quoted }).stdout).toContain('1 new message');
    const written = runJson<{ bytes: number }>(
      ['-C', 'ana', 'export', '--full', '--open', '--armor', '-o', 'mail.txt'],
      { cwd },
    );
    expect(written.bytes).toBe(fs.statSync(path.join(cwd, 'mail.txt')).size);
    expect(run(['-C', 'ana', 'export', '--full', '--armor', '-o', 'mail.txt'], { cwd }).status).toBe(2);
    expect(run(['-C', 'bob', 'import', 'mail.txt'], { cwd })).toMatchObject({ status: 0 });
    const looked = runJson<{ ok: boolean; sealed: boolean }>(['verify', 'mail.txt'], { cwd });
    expect(looked).toMatchObject({ ok: true, sealed: false });
    expect(run(['inspect', 'mail.txt', '--text'], { cwd }).stdout).toContain('manifest');
    const sealed = run(['-C', 'bob', 'inspect', '-', '--json'], { cwd, input: quoted });
    expect(JSON.parse(sealed.stdout)).toMatchObject({ ok: true, sealed: true, entries: expect.any(Number) });
    expect(run(['verify', '-'], { cwd, input: quoted })).toMatchObject({ status: 17 });
    expect(run(['verify', '-'], { cwd, input: `${quoted}\n${quoted}` })).toMatchObject({ status: 2 });
    fs.writeFileSync(path.join(cwd, 'mail.txt'), quoted.slice(0, -60));
    expect(run(['verify', 'mail.txt'], { cwd })).toMatchObject({
      status: 20,
      stderr: expect.stringContaining('mail.txt: the bundle in this text has no end: it was cut off'),
    });
    expect(run(['-C', 'bob', 'import', 'mail.txt'], { cwd })).toMatchObject({
      status: 20,
      stderr: expect.stringContaining('was cut off'),
    });
  });

  it('take a directory, and name what is bad in it', () => {
    const cwd = friends();
    fs.mkdirSync(path.join(cwd, 'stick'));
    run(['-C', 'ana', 'export', '--open', '-o', 'stick', '-q'], { cwd });
    const [name = ''] = fs.readdirSync(path.join(cwd, 'stick'));
    const bytes = fs.readFileSync(path.join(cwd, 'stick', name));
    fs.writeFileSync(path.join(cwd, 'stick', 'a-bad-one.satchel'), bytes.subarray(0, 4000));
    makeFifo(path.join(cwd, 'stick', 'fifo.satchel'));
    const got = run(['-C', 'bob', 'import', 'stick', '--json'], { cwd });
    expect(got.status).toBe(3);
    expect(JSON.parse(got.stdout)).toMatchObject({
      bundles: [
        { file: 'stick/a-bad-one.satchel', by: null, new: 0, error: { code: 'bad-tar' } },
        { file: `stick/${name}`, new: 2, error: null },
      ],
      new: 2,
      refused: 1,
    });
    expect(JSON.parse(got.stderr)).toMatchObject({ type: 'error', code: 'bad-tar', exit: 20 });
    const text = run(['-C', 'bob', 'import', 'stick'], { cwd });
    expect(text.stderr).toContain('satchel: error: stick/a-bad-one.satchel: file is cut off: it has 4000 of');
  });

  it('never overwrite what they did not make', () => {
    const cwd = friends();
    expect(run(['-C', 'ana', 'export', '-o', 'bob.card'], { cwd })).toMatchObject({ status: 2, stdout: '' });
    expect(fs.readFileSync(path.join(cwd, 'bob.card'), 'utf8')).toMatch(/^satchel1:/);
    const again = (): number | null => run(['-C', 'ana', 'export', '-o', 'x.satchel', '-q'], { cwd }).status;
    expect([again(), again()]).toEqual([0, 0]);
    expect(run(['-C', 'ana', 'export', '--to', 'nobody'], { cwd })).toMatchObject({ status: 15 });
    expect(run(['-C', 'ana', 'export', '-t', 'nowhere'], { cwd })).toMatchObject({ status: 15 });
    expect(run(['-C', 'ana', 'export', '-o', 'no/where'], { cwd })).toMatchObject({ status: 30 });
  });
});
