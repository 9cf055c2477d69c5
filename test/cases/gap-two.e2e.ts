// Two friends, one stick; each syncs, reads, answers, and syncs again before pulling it out. Nothing is lost, so nothing may
// be called missing.
import { expect, it } from 'vitest';
import { Scene } from './scene.js';

it('calls nothing missing when both sync before and after writing', () => {
  const scene = new Scene();
  scene.people('ana', 'ben');
  scene.joined('t', 'ana', 'ben');
  scene.drive('ana');
  const writers = ['ana', 'ben', 'ana', 'ben', 'ana'];
  for (const [i, who] of writers.entries()) {
    expect(scene.visit(who).stderr).not.toMatch(/missing|not here/);
    scene.must(who, ['post', '-q', '-t', 't', `${i + 1}`]);
    expect(scene.visit(who).status).toBe(0);
  }
  const last = scene.visit('ben');
  expect(`${last.stdout}${last.stderr}`).not.toMatch(/missing|not here/);
  for (const who of ['ana', 'ben']) {
    expect(scene.texts(who, 't')).toEqual(['1', '2', '3', '4', '5']);
    expect(scene.must(who, ['read', '--all', '-t', 't'])).not.toMatch(/missing|not here/);
    expect(scene.must(who, ['read', '-t', 't', '--json'])).not.toContain('"gap":true');
  }
});
