// satchel trace and what status tells of drives, with the built program.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';

interface Traced {
  readonly exports: readonly { readonly label: string | null }[];
  readonly drives: readonly { readonly label: string; readonly present: boolean }[];
  readonly heldBy: readonly {
    readonly name: string;
    readonly by: string;
    readonly arrived: { readonly label: string };
  }[];
  readonly unknown: readonly { readonly name: string; readonly waitsOn: readonly string[] }[];
  readonly arrived: { readonly name: string; readonly label: string } | null;
  readonly next: string | null;
}

describe('trace', () => {
  it('follows a message over a stick and back, and says what to do', () => {
    const cwd = scratchDirectory();
    fs.mkdirSync(path.join(cwd, 'stick'));
    for (const name of ['ana', 'ben']) {
      run(['-C', name, 'init', '--name', name, '-q'], { cwd });
      run(['-C', name, 'card', '-q', '-o', `${name}.card`], { cwd });
    }
    for (const name of ['ana', 'ben']) run(['-C', name, 'contact', 'add', '-q', 'ana.card', 'ben.card'], { cwd });
    const { id } = runJson<{ id: string }>(['-C', 'ana', 'post', '-t', 'garden', 'hello'], { cwd });
    const traced = (who: string): Traced => runJson<Traced>(['-C', who, 'trace', id.slice(0, 8)], { cwd });
    expect(traced('ana')).toMatchObject({ arrived: null, exports: [], drives: [], heldBy: [] });
    expect(traced('ana').next).toContain('export --to ben');
    const toDeliver = (): string | undefined =>
      /to deliver: .*$/m.exec(run(['-C', 'ana', 'status'], { cwd }).stderr)?.[0];
    expect(toDeliver()).toMatch(/ export$/);
    run(['-C', 'ana', 'drive', 'init', 'stick', '--label', 'blue', '-q'], { cwd });
    expect(traced('ana').next).toContain('sync ');
    expect(toDeliver()).toMatch(/ sync$/);
    run(['-C', 'ana', 'sync', '-q', 'stick'], { cwd });
    expect(traced('ana')).toMatchObject({
      exports: [{ label: 'blue' }],
      drives: [{ label: 'blue', present: true }],
      unknown: [{ name: 'ben', waitsOn: ['blue'] }],
    });
    expect(run(['-C', 'ana', 'status'], { cwd }).stdout).toContain('messages on it: 1 for ben');
    run(['-C', 'ben', 'topic', 'join', 'garden', '-q'], { cwd });
    run(['-C', 'ben', 'sync', '-q', 'stick'], { cwd });
    expect(traced('ben')).toMatchObject({ arrived: { name: 'ana', label: 'blue' }, unknown: [], next: null });
    run(['-C', 'ana', 'sync', '-q', 'stick'], { cwd });
    expect(traced('ana')).toMatchObject({ unknown: [], heldBy: [{ name: 'ben', arrived: { label: 'blue' } }] });
    const { stdout } = run(['-C', 'ana', 'trace', id], { cwd });
    expect(stdout).toMatch(/held by +ben: .*; that came .* with a bundle of ben, from drive blue/);
    expect(stdout).toContain('nothing to do');
    const { drives } = runJson<{ drives: unknown[] }>(['-C', 'ana', 'status'], { cwd });
    expect(drives).toMatchObject([{ label: 'blue', waiting: [] }]);
  });

  it('fails as every command does that names a message', () => {
    const cwd = scratchDirectory();
    run(['init', '--name', 'Ana', '-q'], { cwd });
    expect(run(['trace', 'abcd'], { cwd })).toMatchObject({ status: 15 });
    expect(run(['trace', 'no id'], { cwd })).toMatchObject({ status: 2 });
    expect(run(['trace', '--help'], { cwd }).stdout).toContain('satchel trace 3fa1');
  });
});
