// Programs that know nothing of us open our bundles: GNU tar and tar-stream.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBundle } from '../../../src/format/bundle/reader.js';
import { sourceOf } from '../../../src/format/source.js';
import { outcomeOf } from '../../testkit/outcome.js';
import { fullBundle } from '../../testkit/samples.js';

const FILE = fullBundle();
const MEMBERS = ownMembers();

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'satchel-interop-'));
  writeFileSync(join(dir, 'a.satchel'), FILE);
});
afterAll(() => rmSync(dir, { recursive: true }));

test('GNU tar lists the same names and sizes, without a warning', () => {
  const lines = tar('-tv').toString().trim().split('\n');
  const listed = lines.map((line) => line.split(/\s+/));
  expect(listed.map((columns) => columns[5])).toEqual(MEMBERS.map(({ name }) => name));
  expect(listed.map((columns) => Number(columns[2]))).toEqual(MEMBERS.map(({ content }) => content.length));
  expect(new Set(listed.map(([mode, owner]) => `${mode} ${owner}`))).toEqual(new Set(['-rw-r--r-- 0/0']));
});

test('GNU tar takes out the same content', () => {
  for (const { name, content } of MEMBERS) expect(tar('-xO', name)).toEqual(content);
});

test('the manifest that comes out is JSON', () => {
  expect(JSON.parse(tar('-xO', 'manifest.json').toString())).toMatchObject({ format: 'satchel-bundle/1', entries: 12 });
});

test('tar-stream reads the same members', async () => {
  const reader = extract();
  reader.end(FILE);
  const found: { name: string; content: Buffer }[] = [];
  for await (const entry of reader) {
    expect(entry.header).toMatchObject({ type: 'file', mode: 0o644, uid: 0, gid: 0, linkname: null });
    found.push({ name: entry.header.name, content: await buffer(entry) });
  }
  expect(found).toEqual(MEMBERS);
});

test('the same members packed by others are not taken: there is one way to write a bundle', async () => {
  const packer = pack();
  for (const { name, content } of MEMBERS) packer.entry({ name, mtime: new Date(0) }, content);
  packer.finalize();
  const packed = await buffer(packer);
  expect(outcomeOf(() => openBundle(sourceOf(packed)))).toBe('bad-tar');
});

function tar(...args: [string, ...string[]]): Buffer {
  const [mode, ...names] = args;
  return execFileSync('tar', [mode, '-f', join(dir, 'a.satchel'), ...names], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** All members as our reader finds them, the two that are not listed in front. */
function ownMembers(): { name: string; content: Buffer }[] {
  const { members } = openBundle(sourceOf(FILE));
  const size = FILE.indexOf('\n', 512) + 1 - 512;
  const signature = 512 + Math.ceil(size / 512) * 512 + 512;
  return [
    { name: 'manifest.json', content: FILE.subarray(512, 512 + size) },
    { name: 'manifest.sig', content: FILE.subarray(signature, signature + 64) },
    ...members.map(({ name, offset, size }) => ({ name, content: FILE.subarray(offset, offset + size) })),
  ];
}
