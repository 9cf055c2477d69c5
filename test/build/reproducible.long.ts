// The same sources give the same bytes, wherever they lie and whoever builds them (docs/architecture.md).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SOURCES = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];

/** The sources as they are here, in a folder of their own; what the build makes of them, by name. */
function built(folder: string, env: Readonly<Record<string, string>>): Map<string, string> {
  const names = execFileSync('git', SOURCES, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  for (const name of names.filter((one) => /^(build|docs|spec|src)\/|^[^/]+$/.test(one))) {
    fs.mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    fs.copyFileSync(path.join(ROOT, name), path.join(folder, name));
  }
  // each has a folder for what is made on the way
  fs.mkdirSync(path.join(folder, 'node_modules'));
  for (const name of fs.readdirSync(path.join(ROOT, 'node_modules')).filter((one) => one !== '.cache'))
    fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name));
  execFileSync('npm', ['run', 'build'], { cwd: folder, env: { ...process.env, ...env }, stdio: 'pipe' });
  const dist = path.join(folder, 'dist');
  const made = fs.readdirSync(dist, { recursive: true, encoding: 'utf8' }).sort();
  const files = made.filter((name) => fs.statSync(path.join(dist, name)).isFile());
  return new Map(files.map((name) => [name, fs.readFileSync(path.join(dist, name), 'latin1')]));
}

it('builds of two folders, at two times of day and in two languages, are the same', () => {
  const epoch = { SOURCE_DATE_EPOCH: '1790000000' };
  const scratch = scratchDirectory();
  const here = built(path.join(scratch, 'a'), { ...epoch, TZ: 'UTC', LC_ALL: 'C' });
  const there = built(path.join(scratch, 'another folder/deep/down'), {
    ...epoch,
    TZ: 'Asia/Tokyo',
    LC_ALL: 'C.UTF-8',
  });
  expect([...here.keys()]).toEqual(expect.arrayContaining(['satchel.mjs', 'reader.html', 'sbom.json', 'satchel.1']));
  expect([...there.keys()]).toEqual([...here.keys()]);
  for (const [name, bytes] of here) expect(there.get(name) === bytes, name).toBe(true);
  // the time is in it: it is compared with something
  expect(here.get('satchel.1')).toContain('2026-09-21');
  expect(here.get('satchel.mjs')).not.toContain(scratch);
});
