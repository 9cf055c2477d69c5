// A whole home is restored from a backup, notes against copies included: it is noticed, what others have read stays readable,
// and what is written afterwards arrives (spec/repository.md, "Restored and copied repositories").
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Scene } from './scene.js';

const WEEKS = [1, 2, 3, 4, 5, 6].map((week) => `week ${week}`);

it('a restored home goes on in new logs, and nothing that was read vanishes', () => {
  const scene = new Scene();
  scene.people('ana', 'ben');
  scene.joined('t', 'ana', 'ben');
  const bundle = path.join(scene.directory, 'x.satchel');
  const give = (from: string, to: string): string => {
    scene.must(from, ['export', '-q', '-o', bundle, '--to', to]);
    // once everybody has everything, there is none
    if (!fs.existsSync(bundle)) return '';
    const { status, stdout, stderr } = scene.as(to, ['import', bundle]);
    expect(status, stderr).toBe(0);
    fs.rmSync(bundle);
    return stdout + stderr;
  };
  scene.must('ana', ['post', '-q', '-t', 't', 'week 1']);
  give('ana', 'ben');
  scene.must('ben', ['post', '-q', '-t', 't', 'hi']);
  give('ben', 'ana');
  const home = path.join(scene.directory, 'ana');
  const backup = path.join(scene.directory, 'backup');
  execFileSync('cp', ['-a', home, backup]);
  for (const week of WEEKS.slice(1)) scene.must('ana', ['post', '-q', '-t', 't', week]);
  give('ana', 'ben');
  execFileSync('rm', ['-r', home]);
  execFileSync('cp', ['-a', backup, home]);

  const posted = scene.as('ana', ['post', '-t', 't', 'I am back']);
  expect(posted.stderr).toContain('restored from a backup or copied: from now on you write in new logs');
  expect(scene.as('ana', ['status']).stdout).toMatch(
    /you write in new logs since .*, because .* restored from a backup/,
  );
  give('ana', 'ben');
  expect(scene.as('ana', ['status']).stdout).not.toContain('you write in new logs');
  expect(scene.as('ana', ['check']).stdout).toContain('hint: you write in new logs since');
  expect(give('ben', 'ana')).not.toContain('nothing is lost');
  give('ana', 'ben');
  for (const who of ['ana', 'ben']) expect(scene.texts(who, 't').toSorted()).toEqual(['I am back', 'hi', ...WEEKS]);
});
