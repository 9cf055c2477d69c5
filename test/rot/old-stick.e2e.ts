// Rot of each kind, with the built program and a stick on which old bundles still lie: how many commands a person types until
// all that the stick held is back (docs/reliability.md, "From an old stick").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Scene } from '../cases/scene.js';
import { framesIn, harm, type Part } from '../testkit/rotting.js';

const ALL = ['ana 1', 'ana 2', 'ben 1', 'ben 2'];
/** Commands typed until everything is back, at most: one visit. */
const TYPED_MAX = 1;

const firstFrame = (root: string): Part => framesIn(path.dirname(root))[0] as Part;
const ownFrame = (root: string): Part => framesIn(path.dirname(root)).at(-1) as Part;

const DAMAGES: readonly (readonly [string, (root: string) => void])[] = [
  ["one flipped bit in others' commit", (root) => harm(firstFrame(root), 'flip', 0.9)],
  ['one flipped bit in an own commit', (root) => harm(ownFrame(root), 'flip', 0.9)],
  ['the pack is gone', (root) => harm(firstFrame(root), 'remove')],
  ['objects/ is gone', (root) => fs.rmSync(path.join(root, 'objects'), { recursive: true })],
];

it('brings back with one visit what the stick holds, and nothing is unread twice', () => {
  const scene = new Scene();
  scene.people('ana', 'ben', 'cal');
  scene.joined('t', 'ana', 'ben', 'cal');
  scene.drive('ben');
  scene.must('ben', ['post', '-q', '-t', 't', 'ben 1']);
  scene.must('ana', ['post', '-q', '-t', 't', 'ana 1']);
  const visit = ['sync', scene.stick];
  // cal has not been back since: for him all of it stays there
  for (const who of ['cal', 'ben', 'ana']) scene.must(who, visit);
  scene.must('ben', ['post', '-q', '-t', 't', 'ben 2']);
  scene.must('ana', ['post', '-q', '-t', 't', 'ana 2']);
  for (const who of ['ben', 'ana', 'ben']) scene.must(who, visit);
  expect(scene.texts('ana', 't').sort()).toEqual(ALL);
  scene.must('ana', ['read', '-t', 't', '--mark']);
  expect(unread(scene, 'ana')).toBe(0);
  const stick = path.join(scene.directory, 'kept');
  fs.cpSync(scene.stick, stick, { recursive: true, preserveTimestamps: true });
  for (const [i, [what, damage]] of DAMAGES.entries()) {
    const who = `ana-${i}`;
    fs.cpSync(path.join(scene.directory, 'ana'), path.join(scene.directory, who), { recursive: true });
    fs.rmSync(scene.stick, { recursive: true });
    fs.cpSync(stick, scene.stick, { recursive: true, preserveTimestamps: true });
    damage(path.join(scene.directory, who, 'home', '.satchel'));
    const met = scene.as(who, ['read', '-t', 't']);
    expect([met.status, met.stderr], what).toEqual([0, expect.stringContaining('damaged here')]);
    let typed = 0;
    for (; scene.texts(who, 't').length < ALL.length && typed < TYPED_MAX; typed++) scene.as(who, visit);
    expect(scene.texts(who, 't').sort(), what).toEqual(ALL);
    expect(unread(scene, who), what).toBe(0);
    scene.must(who, ['post', '-q', '-t', 't', `on ${i}`]);
    scene.must(who, visit);
    const ben = `ben-${i}`;
    fs.cpSync(path.join(scene.directory, 'ben'), path.join(scene.directory, ben), { recursive: true });
    scene.must(ben, visit);
    expect(scene.texts(ben, 't').sort(), what).toEqual([...ALL, `on ${i}`].sort());
    expect(scene.must(ben, ['check']), what).not.toContain('contradict');
  }
});

function unread(scene: Scene, who: string): number {
  const { topics } = JSON.parse(scene.must(who, ['topic', 'list', '--json'])) as { topics: { unread: number }[] };
  return topics.reduce((sum, topic) => sum + topic.unread, 0);
}
