// One log with two pasts, because a machine was cloned with all its notes: whatever arrives first, everybody ends with the
// same proof and the same conversation (spec/log.md, "Freeze").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Scene } from './scene.js';

it('ends the same, whichever past comes first', () => {
  const scene = new Scene();
  scene.people('dee');
  scene.joined('g', 'dee');
  scene.must('dee', ['post', '-q', '-t', 'g', 'shared']);
  fs.cpSync(path.join(scene.directory, 'dee'), path.join(scene.directory, 'clone'), { recursive: true });
  scene.must('dee', ['post', '-q', '-t', 'g', '--lines'], { input: 'left 1\nleft 2\n' });
  scene.must('clone', ['post', '-q', '-t', 'g', 'right 1']);
  const left = exported(scene, 'dee');
  const right = exported(scene, 'clone');
  const zed = stateAfter(scene, 'zed', [left, right]);
  const yan = stateAfter(scene, 'yan', [right, left]);
  expect(zed).toEqual(yan);
  expect(zed.texts).toContain('shared');
  // proven, or noticed before the first of the two wrote on
  if (zed.proofs.length === 0) expect(zed.texts).toEqual(expect.arrayContaining(['left 1', 'left 2', 'right 1']));
  else expect(zed.proofs).toHaveLength(1);
});

function exported(scene: Scene, who: string): string {
  const file = path.join(scene.directory, `${who}.satchel`);
  scene.must(who, ['export', '--open', '-q', '--full', '-o', file]);
  return file;
}

/** What a newcomer has after taking the bundles in that order: proofs by name, and the texts that are shown as they were. */
function stateAfter(scene: Scene, who: string, bundles: readonly string[]): { proofs: string[]; texts: unknown[] } {
  scene.must(who, ['init', '-q', '--name', who]);
  scene.must(who, ['contact', 'add', '-q', scene.must('dee', ['card']).trim()]);
  scene.joined('g', who);
  const statuses = bundles.map((file) => scene.as(who, ['import', '-q', file]).status);
  expect([0, 3]).toEqual(expect.arrayContaining(statuses));
  const directory = path.join(scene.directory, who, 'home', '.satchel', 'proofs');
  const lines = scene.must(who, ['read', '-t', 'g', '--json']).split('\n').filter(Boolean);
  const shown = lines.map((line) => JSON.parse(line) as { text?: string; state?: string });
  return {
    proofs: fs.existsSync(directory) ? fs.readdirSync(directory) : [],
    texts: shown.flatMap(({ text, state = 'shown' }) => (text && state === 'shown' ? text : [])),
  };
}
