// A one-way link with the built program: the sending side never reads, the receiving side never writes.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn } from '../testkit/stick.js';
import { run, runJson } from './program.js';

interface Synced {
  readonly drives: readonly {
    readonly bundles: readonly unknown[];
    readonly oneWay: { readonly new: number; readonly repeated: number; readonly notRepeated: number } | null;
    readonly removed: readonly { readonly reason: string }[];
  }[];
}

describe('sync --one-way', () => {
  it('repeats what was lost on the way, and keeps one bundle', () => {
    const cwd = scratchDirectory();
    for (const name of ['low', 'high']) {
      run(['-C', name, 'init', '--name', name, '-q'], { cwd });
      run(['-C', name, 'card', '-q', '-o', `${name}.card`], { cwd });
      fs.mkdirSync(path.join(cwd, `${name}-side`));
      run(['-C', name, 'drive', 'init', '-q', `${name}-side`], { cwd });
    }
    for (const name of ['low', 'high']) run(['-C', name, 'contact', 'add', '-q', 'low.card', 'high.card'], { cwd });
    run(['-C', 'high', 'topic', 'join', '-q', 'logs'], { cwd });
    const write = (...words: string[]): Synced['drives'][number] | undefined =>
      runJson<Synced>(['-C', 'low', 'sync', '--one-way', 'low-side', ...words], { cwd }).drives[0];
    run(['-C', 'low', 'post', '-q', '-t', 'logs', 'one'], { cwd });
    expect(write()).toMatchObject({ oneWay: { new: 2, repeated: 0, notRepeated: 0 }, removed: [] });
    run(['-C', 'low', 'post', '-q', 'two'], { cwd });
    // the first bundle was lost: the link carries bundles and nothing else
    expect(write('--repeat-last', '2w')).toMatchObject({
      oneWay: { new: 1, repeated: 2 },
      removed: [{ reason: 'replaced' }],
    });
    const [bundle = '', ...others] = bundlesOn(path.join(cwd, 'low-side'));
    expect(others).toEqual([]);
    fs.copyFileSync(path.join(cwd, 'low-side/satchel', bundle), path.join(cwd, 'high-side/satchel', bundle));
    run(['-C', 'high', 'sync', '-q', '--import-only', 'high-side'], { cwd });
    expect(run(['-C', 'high', 'read', '-q', '--json'], { cwd }).stdout.trim().split('\n')).toHaveLength(2);
    const told = run(['-C', 'low', 'sync', '--one-way', '--repeat-last', '1', 'low-side'], { cwd });
    expect(told.stdout).toContain('nothing new, and nothing to repeat');
    expect(told.stderr).toContain('3 messages and receipts went there before and are repeated no more');
  });

  it('says what makes no sense', () => {
    const cwd = scratchDirectory();
    run(['init', '--name', 'Ana', '-q'], { cwd });
    const sync = (...words: string[]) => run(['sync', ...words, cwd], { cwd });
    expect(sync('--repeat-last', '7d')).toMatchObject({ status: 2, stderr: expect.stringContaining('--one-way') });
    expect(sync('--one-way', '--import-only')).toMatchObject({ status: 2 });
    for (const amount of ['200m', 'ever', '7'.repeat(30)])
      expect(sync('--one-way', '--repeat-last', amount)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('200MB'),
      });
    expect(sync('--one-way')).toMatchObject({ status: 30, stderr: expect.stringContaining('drive init') });
  });
});
