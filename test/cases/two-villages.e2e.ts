// Six people in two villages with one stick, and a carrier without keys, through the built program: a group is begun, joined, left
// behind and joined late, and neither the stick nor the carrier's disk shows a byte of it (spec/security.md, "What others can see").
// The same in more visits, with copies of disks: scenarios/private-villages.long.ts.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { filesBelow, foundIn, type Secret, secretId, secretText } from '../testkit/search.js';
import { Scene } from './scene.js';

const LABEL = 'the walled garden';
const FILE = 'map-of-the-cellar.txt';
const HERE = ['ana', 'ben', 'cleo'];
const THERE = ['dora', 'emil', 'finn'];

it('a private group between two villages', () => {
  const scene = new Scene();
  scene.people(...HERE, ...THERE, 'gus');
  scene.drive('ana');
  const visit = (...names: readonly string[]): void => {
    for (const name of names) scene.must(name, ['sync', '-q', scene.stick]);
  };
  const say = (name: string, text: string): string => scene.must(name, ['post', '-q', '-t', LABEL, text]);
  const read = (name: string): string[] => scene.texts(name, LABEL, '-n', '50');

  // everybody's card is there; then Ana begins, and all but Finn are invited
  visit(...HERE, 'gus', ...THERE);
  scene.must('ana', ['topic', 'create', '-q', LABEL, '--with', 'ben,cleo,dora,emil']);
  say('ana', 'the spare key lies under the third stone');
  visit('ana', 'ben', 'cleo', 'gus', 'dora', 'emil');
  for (const name of ['ben', 'cleo', 'dora', 'emil']) scene.must(name, ['topic', 'join', '-q', LABEL]);
  fs.writeFileSync(path.join(scene.directory, FILE), 'what lies in the cellar '.repeat(40));
  scene.must('dora', ['post', '-q', '-t', LABEL, '--attach', path.join(scene.directory, FILE), 'a map of it']);
  say('emil', 'then the gate stays shut on Sunday');
  visit('dora', 'emil', 'gus', ...HERE, 'gus', 'dora', 'emil');
  const first = ['the spare key lies under the third stone', 'a map of it', 'then the gate stays shut on Sunday'];
  for (const name of ['ana', 'ben', 'cleo', 'dora', 'emil'])
    expect(read(name).toSorted(), name).toEqual(first.toSorted());

  // a late one reads all of it
  const letter = scene.must('ana', ['topic', 'invite', 'finn', '-t', LABEL, '--text']).trim();
  scene.must('finn', ['topic', 'join', '-q', letter]);
  visit('ana', 'gus', 'finn');
  expect(read('finn').toSorted()).toEqual(first.toSorted());
  say('finn', 'late, as ever');

  // and one is out, while somebody who is away writes on
  scene.must('ana', ['topic', 'remove', '-q', 'emil', '-t', LABEL]);
  say('cleo', 'written far away');
  visit('finn', 'ana', 'ben', 'gus', 'dora', 'ana', 'ben');
  say('ben', 'among us');
  visit('ben', 'ana', 'gus', 'dora', 'finn', 'emil', 'cleo', 'ana', 'ben', 'gus', 'dora', 'finn');
  const all = [...first, 'late, as ever', 'written far away', 'among us'];
  for (const name of [...HERE, 'dora', 'finn']) expect(read(name).toSorted(), name).toEqual(all.toSorted());
  expect(read('emil')).not.toContain('among us');
  expect(scene.as('emil', ['post', '-t', LABEL, 'anybody?']).status).toBe(18);

  // until he is let in again
  scene.must('ana', ['topic', 'invite', '-q', 'emil', '-t', LABEL]);
  visit('ana', 'emil', 'ana', 'emil');
  say('emil', 'thank you');
  visit('emil', ...HERE, 'gus', 'dora', 'finn');
  for (const name of [...HERE, ...THERE]) {
    expect(read(name).toSorted(), name).toEqual([...all, 'thank you'].toSorted());
  }

  const secrets = secretsOf(scene, [...all, 'thank you']);
  const carried = path.join(scene.directory, 'gus');
  for (const { name, bytes } of [...filesBelow(scene.stick), ...filesBelow(carried)]) {
    expect(foundIn(bytes, secrets, { isPlain: !name.endsWith('.pack') }), name).toEqual([]);
  }
  // who is in it has all of that; or the search would say nothing
  const own = filesBelow(path.join(scene.directory, 'ana')).flatMap(({ bytes }) =>
    foundIn(bytes, secrets, { isPlain: true }),
  );
  expect(new Set(own)).toContain(`label "${LABEL}"`);
});

function secretsOf(scene: Scene, texts: readonly string[]): Secret[] {
  const { topics } = JSON.parse(scene.must('ana', ['topic', 'list', '--json'])) as { topics: { topicId: string }[] };
  return [
    ...topics.map(({ topicId }) => secretId('topic', topicId)),
    secretText('label', LABEL),
    secretText('file', FILE),
    ...texts.map((text) => secretText('text', text)),
  ];
}
