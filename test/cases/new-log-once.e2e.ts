// Two clones without notes write on in one log: each is told once that it writes in new logs, and never again for what the
// other one posts in its own (spec/repository.md, "What accuses").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Scene } from './scene.js';

const NEWS = 'from now on you write in new logs';
/** Notes against copies cannot be kept there. */
const env = { SATCHEL_STATE_DIR: '/dev/null/x' };

it('is told of new logs once, by a visit', () => {
  const scene = cloned();
  const visit = (who: string): number => timesTold(scene.as(who, ['sync', scene.stick], { env }).stderr);
  expect(visit('ana')).toBe(0);
  expect(visit('clone')).toBe(1);
  expect(visit('ana')).toBe(1);
  for (const round of [1, 2]) {
    for (const who of ['ana', 'clone', 'ana', 'clone']) {
      scene.must(who, ['post', '-q', '-t', 't', `${who} ${round}`], { env });
      expect(visit(who)).toBe(0);
    }
  }
  expect(scene.texts('clone', 't')).toEqual(expect.arrayContaining(['left', 'right', 'ana 2', 'clone 1']));
});

it('is told of new logs once, by imports', () => {
  const scene = cloned();
  const bundle = (): string => {
    const file = path.join(scene.directory, `${fs.readdirSync(scene.directory).length}.satchel`);
    scene.must('clone', ['export', '-q', '--full', '-o', file], { env });
    return file;
  };
  const take = (...files: string[]): number => timesTold(scene.as('ana', ['import', ...files], { env }).stderr);
  const first = bundle();
  scene.must('clone', ['post', '-q', '-t', 't', 'right 2'], { env });
  expect(take(first, bundle())).toBe(1);
  scene.must('clone', ['post', '-q', '-t', 't', 'right 3'], { env });
  expect(take(bundle())).toBe(0);
  expect(scene.as('ana', ['post', '-t', 't', 'on'], { env }).stderr).not.toContain('restored');
});

/** Ana and a clone of hers, who both wrote on in one log; a stick. */
function cloned(): Scene {
  const scene = new Scene();
  scene.people('ana', 'ben');
  scene.joined('t', 'ana', 'ben');
  scene.must('ana', ['post', '-q', '-t', 't', 'shared'], { env });
  fs.cpSync(path.join(scene.directory, 'ana'), path.join(scene.directory, 'clone'), { recursive: true });
  scene.must('ana', ['post', '-q', '-t', 't', 'left'], { env });
  scene.must('clone', ['post', '-q', '-t', 't', 'right'], { env });
  scene.drive('ana');
  return scene;
}

function timesTold(stderr: string): number {
  expect(stderr).not.toContain('restored from a backup');
  return stderr.split(NEWS).length - 1;
}
