// verify and inspect through the built program, beside GNU tar and without a repository.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run, runJson } from './program.js';

interface Summary {
  readonly ok: boolean;
  readonly by: string;
  readonly created: string;
  readonly members: readonly { readonly name: string; readonly size: number }[];
  readonly logs: readonly {
    readonly log: string;
    readonly from: number;
    readonly to: number;
    readonly label: string;
  }[];
  readonly entries: number;
  readonly bytes: number;
  readonly blobs: number;
}

let cwd: string;
const at = (name: string): string => path.join(cwd, name);

/** A bundle with nothing but a frontier and acks, and one with 300 messages, compressed and not. */
beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-inspect-'));
  run(['-C', 'ana', 'init', '--name', 'Ana', '-q'], { cwd });
  run(['-C', 'ana', 'card', '-o', 'ana.card'], { cwd });
  const lines = Array.from({ length: 300 }, (_, i) => `message number ${i}: \u202e\u001b[31m${'x'.repeat(i)}`);
  run(['-C', 'ana', 'post', '-t', 'the garden', '--lines', '-q'], { cwd, input: `${lines.join('\n')}\n` });
  run(['-C', 'ana', 'export', '--open', '-o', 'packed.satchel', '-q'], { cwd });
  run(['-C', 'ana', 'export', '--uncompressed', '-o', 'plain.satchel', '-q'], { cwd });
  return () => fs.rmSync(cwd, { recursive: true, force: true });
});

describe('inspect', () => {
  it.each(['packed.satchel', 'plain.satchel'])('lists %s exactly as GNU tar does', (name) => {
    expect(execFileSync('tar', ['--version'], { encoding: 'utf8' })).toContain('GNU tar');
    const listing = execFileSync('tar', ['tvf', name], { cwd, encoding: 'utf8' }).trim().split('\n');
    const members = listing.map((line) => /^-rw-r--r-- 0\/0 +(\d+) 1970-01-01 \d\d:\d\d (\S+)$/.exec(line));
    const { members: told } = runJson<Summary>(['inspect', name], { cwd });
    expect(told).toEqual(members.map((found) => ({ name: found?.[2], size: Number(found?.[1]) })));
    expect(told.length).toBe(5);
  });

  it('tells the same as verify, and the same of standard input', () => {
    const verified = runJson<Summary>(['verify', 'packed.satchel'], { cwd });
    expect(verified).toMatchObject({
      ok: true,
      entries: 301,
      blobs: 0,
      logs: [{ from: 0, to: 301, label: 'the garden' }],
    });
    expect(verified.bytes).toBe(fs.statSync(at('packed.satchel')).size);
    expect(new Date(verified.created).toISOString()).toBe(verified.created);
    const piped = run(['inspect', '-', '--json'], { cwd, input: fs.readFileSync(at('packed.satchel')) });
    expect(JSON.parse(piped.stdout)).toEqual(verified);
  });

  it('shows a guard every message, harmless for a terminal', () => {
    const { status, stdout } = run(['inspect', '--text', 'plain.satchel'], { cwd });
    expect(status).toBe(0);
    for (let i = 0; i < 300; i++) expect(stdout).toContain(`| message number ${i}: \\u202e\\x1b[31m`);
    expect(stdout.replaceAll('\n', '')).toMatch(/^[\x20-\x7e]*$/);
    expect(stdout).toContain('topic "the garden"');
    expect(stdout).toMatch(/author ~Ana, person [0-9a-f]{64}, device [0-9a-f]{64}/);
    expect(fs.readFileSync(at('plain.satchel')).includes('message number 299')).toBe(true);
  });

  it('tells programs the same item by item', () => {
    const { stdout } = run(['inspect', '--text', '--json', 'packed.satchel'], { cwd });
    const items = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    const count = (type: string): number => items.filter((item) => item.type === type).length;
    expect([count('member'), count('introduction'), count('entry'), count('bundle')]).toEqual([5, 1, 300, 1]);
    expect(items.at(-1)).toMatchObject({ type: 'bundle', ok: true });
  });

  it('explains a card', () => {
    expect(run(['inspect', 'ana.card'], { cwd }).stdout).toMatch(
      /^ana\.card: the card of ~Ana\n {2}words {3}([a-z]+ ){11}[a-z]+\n/,
    );
    expect(runJson(['verify', 'ana.card'], { cwd })).toMatchObject({ ok: true, type: 'card', name: 'Ana' });
  });

  it('says of a damaged bundle what is wrong, after what is right', () => {
    const bytes = fs.readFileSync(at('plain.satchel'));
    const where = bytes.indexOf('message number 299');
    bytes[where] = 0x4d;
    fs.writeFileSync(at('damaged.satchel'), bytes);
    expect(run(['inspect', 'damaged.satchel'], { cwd })).toMatchObject({ status: 20, stdout: '' });
    const full = run(['inspect', '--text', 'damaged.satchel'], { cwd });
    expect(full.status).toBe(20);
    expect(full.stderr).toMatch(/^satchel: error: /);
    expect(full.stdout).not.toContain('whole and authentic');
  });
});
