// One flipped bit in the first commit of a pack: what is whole stays readable, a bundle of a peer heals it, and garbage
// collection makes nothing worse.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { framesIn, harm, type Part } from '../testkit/rotting.js';
import { Scene } from './scene.js';

const FROM_BEN = 30;
const ALL = FROM_BEN + 3;

it('loses nothing to one flipped bit that a peer still has', () => {
  const scene = new Scene();
  scene.people('ana', 'ben');
  scene.joined('t', 'ana', 'ben');
  const lines = Array.from({ length: FROM_BEN }, (_, i) => `ben ${i + 1}\n`).join('');
  scene.must('ben', ['post', '-q', '-t', 't', '--lines'], { input: lines });
  const bundle = path.join(scene.directory, 'b.satchel');
  scene.must('ben', ['export', '-q', '--full', '-o', bundle]);
  scene.must('ana', ['import', '-q', bundle]);
  for (const i of [1, 2, 3]) scene.must('ana', ['post', '-q', '-t', 't', `ana ${i}`]);
  const home = path.join(scene.directory, 'ana');
  const first = framesIn(path.join(home, 'home'))[0] as Part;
  // in the last segment: that of the messages, behind those of introductions
  harm({ ...first, from: first.end - 300 }, 'flip');
  for (const other of ['collecting', 'checking'])
    fs.cpSync(home, path.join(scene.directory, other), { recursive: true });

  const read = scene.as('ana', ['read', '-t', 't']);
  expect(read.status).toBe(0);
  expect(scene.texts('ana', 't')).toEqual(['ana 1', 'ana 2', 'ana 3']);
  expect(read.stderr).toMatch(/⋯ 3\d messages and receipts of Ben were damaged here\nany bundle that holds them/i);
  expect(scene.must('ana', ['import', bundle])).toContain('30');
  expect(scene.texts('ana', 't')).toHaveLength(ALL);
  expect(scene.must('ana', ['check', '--all'])).toContain('had rotten');

  scene.must('collecting', ['gc', '-q']);
  expect(scene.texts('collecting', 't')).toHaveLength(3);
  scene.must('collecting', ['import', '-q', bundle]);
  expect(scene.texts('collecting', 't')).toHaveLength(ALL);

  const checked = scene.as('checking', ['check']);
  expect([checked.status, checked.stdout]).toEqual([12, expect.stringContaining('does not match its checksum')]);
  expect(scene.as('checking', ['check']).stdout).toContain('damaged here; any bundle that holds them');
});
