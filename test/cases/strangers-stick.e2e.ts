// A stranger who wrote one line in an open topic hands over a stick that lists only the stranger. It gets that topic, and
// nothing of any other; and what runs by itself writes nothing to it at all (spec/drive.md, "People", "Approval").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { Scene } from './scene.js';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
  scene.people('ana', 'ben');
  scene.joined('expedition', 'ana');
  scene.must('ana', ['topic', 'create', '-q', 'family', '--open']);
  scene.must('ana', ['post', '-q', '-t', 'family', 'the key lies under the stone']);
  scene.must('ana', ['post', '-q', '-t', 'expedition', 'we leave at six']);
  scene.people('xeno');
  scene.joined('expedition', 'xeno');
  scene.must('xeno', ['post', '-q', '-t', 'expedition', 'may I come along']);
  const file = path.join(scene.directory, 'x.satchel');
  scene.must('xeno', ['export', '--open', '-q', '--full', '-o', file]);
  scene.must('ana', ['import', '-q', file]);
  scene.drive('xeno', '--open');
  scene.visit('xeno');
});

it('gives a stick of a stranger the topic that both write in, and nothing of others', () => {
  for (let i = 0; i < 2; i++) {
    const { stdout } = scene.as('ana', ['sync', ...(i === 0 ? ['--open'] : []), scene.stick]);
    expect(stdout).toMatch(i === 0 ? /added 1 message in 1 log .* for ~xeno/ : /safe to remove/);
    scene.visit('xeno');
  }
  expect(scene.texts('xeno', 'expedition').toSorted()).toEqual(['may I come along', 'we leave at six']);
  expect(onStick()).not.toMatch(/under the stone|family/);
});

it('says that strangers can read what is for contacts, where both are listed', () => {
  scene.must('ben', ['sync', '-q', '--open', scene.stick]);
  const { stderr, stdout } = scene.as('ana', ['sync', '--open', scene.stick]);
  expect(stdout).toMatch(/added .* for ben/);
  expect(stdout).toMatch(/added .* for ~xeno/);
  expect(stderr).toContain('what is for your contacts lies there in the clear: ~xeno, listed there too, can read it');
});

it('writes nothing unasked to a drive that was never approved', () => {
  const before = fs.readdirSync(path.join(scene.stick, 'satchel'), { recursive: true });
  const asked = ['sync', '--if-approved', '--json', scene.stick];
  const document = (): { drives: [{ approved: boolean; export: unknown; known: number }] } =>
    JSON.parse(scene.must('ana', asked));
  expect(document().drives[0]).toMatchObject({ approved: false, export: null });
  expect(scene.must('ana', ['drive', 'status', scene.stick])).toContain('not approved');
  expect(fs.readdirSync(path.join(scene.stick, 'satchel'), { recursive: true })).toEqual(before);
  scene.must('ana', ['sync', '-q', scene.stick]);
  expect(document().drives[0]).toMatchObject({ approved: true });
  scene.must('ana', ['drive', 'forget', '-q', scene.stick]);
  expect(document().drives[0]).toMatchObject({ approved: false });
});

it('writes a file for a stranger who is named, with what is shared, and none together with contacts', () => {
  const file = path.join(scene.directory, 'for-xeno.satchel');
  scene.must('ana', ['export', '--open', '-q', '--full', '--to', '~xeno', '-o', file]);
  expect(fs.readFileSync(file, 'latin1')).not.toMatch(/family/);
  expect(scene.must('xeno', ['inspect', '--text', file])).toContain('we leave at six');
  expect(scene.as('ana', ['export', '--to', 'xeno', '--to', 'ben']).status).toBe(2);
});

/** Everything on the stick, and all texts in its bundles. */
function onStick(): string {
  const folder = path.join(scene.stick, 'satchel');
  const bundles = fs.readdirSync(folder).filter((name) => name.endsWith('.satchel'));
  expect(bundles.length).toBeGreaterThan(0);
  const files = bundles.map((name) => path.join(folder, name));
  const bytes = files.map((file) => fs.readFileSync(file, 'latin1'));
  return [...bytes, ...files.map((file) => scene.must('xeno', ['inspect', '--text', file]))].join('\n');
}
