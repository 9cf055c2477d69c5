// A stick that two friends lost: whoever finds it reads nothing of what they said (spec/security.md, "What others can see"). The
// same search finds all of it on a stick that they made open, or it would say nothing.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { foundIn, type Secret, secretId, secretText } from '../testkit/search.js';
import { Scene } from './scene.js';

const LABEL = 'the walled garden';
const TEXTS = [
  'the spare key lies under the third stone',
  'then the gate stays shut on Sunday',
  'nobody is to know of it',
];
const FILE = 'map-of-the-cellar.txt';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
  scene.people('ana', 'ben');
  for (const who of ['ana', 'ben']) scene.must(who, ['config', 'set', '-q', 'seal', 'true']);
  scene.joined(LABEL, 'ana', 'ben');
});

it('shows nothing of texts, labels, logs, entries and names of files; an open one shows each of them', () => {
  scene.drive('ana');
  fs.writeFileSync(path.join(scene.directory, FILE), 'what lies in the cellar '.repeat(40));
  scene.must('ana', ['post', '-q', '-t', LABEL, '--attach', path.join(scene.directory, FILE), TEXTS[0] ?? '']);
  scene.must('ana', ['sync', scene.stick]);
  const sealed: Buffer[] = [...filesOn(scene.stick)];
  scene.must('ben', ['sync', scene.stick]);
  scene.must('ben', ['post', '-q', '-t', LABEL, TEXTS[1] ?? '']);
  scene.must('ben', ['sync', scene.stick]);
  sealed.push(...filesOn(scene.stick));
  scene.must('ana', ['sync', scene.stick]);
  scene.must('ana', ['post', '-q', '-t', LABEL, TEXTS[2] ?? '']);
  expect(scene.must('ana', ['sync', scene.stick])).toContain(', sealed for ben\n');
  sealed.push(...filesOn(scene.stick));
  const secrets = secretsOf('ana');
  expect(sealed.flatMap((bytes) => foundIn(bytes, secrets))).toEqual([]);
  scene.must('ben', ['sync', scene.stick]);
  expect(scene.texts('ben', LABEL)).toEqual(TEXTS);

  const open = path.join(scene.directory, 'open');
  fs.mkdirSync(open);
  scene.must('ana', ['drive', 'init', '-q', '--open', open]);
  scene.must('ana', ['drive', 'forget', '-q', scene.stick]);
  scene.must('ana', ['export', '-q', '--open', '--full', '-o', path.join(open, 'satchel', 'all.satchel')]);
  const found = new Set(filesOn(open).flatMap((bytes) => foundIn(bytes, secrets)));
  expect(secrets.filter(({ what }) => !found.has(what)).map(({ what }) => what)).toEqual([]);
});

it('holds nothing open but cards, the marker and what explains it', () => {
  scene.drive('ana');
  scene.must('ana', ['post', '-q', '-t', LABEL, TEXTS[0] ?? '']);
  for (const who of ['ana', 'ben', 'ana', 'ben']) scene.must(who, ['sync', scene.stick]);
  const drive = path.join(scene.stick, 'satchel');
  const names = fs.readdirSync(drive, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'people');
  const isOpen = (name: string): boolean => !fs.readFileSync(path.join(drive, name)).includes('age-encryption.org/v1');
  expect(
    names.filter(isOpen).every((name) => /^(README\.txt|drive\.json|people\/[0-9a-f]{64}\.card)$/.test(name)),
  ).toBe(true);
  expect(names.filter((name) => !isOpen(name))).not.toEqual([]);
});

/** Everything on a stick, the names of its files too. */
function filesOn(stick: string): Buffer[] {
  const names = fs.readdirSync(stick, { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => path.join(stick, name)).filter((file) => fs.statSync(file).isFile());
  return [Buffer.from(names.join('\n')), ...files.map((file) => fs.readFileSync(file))];
}

/** All that was said, and by what it is known. */
function secretsOf(who: string): Secret[] {
  const lines = scene.must(who, ['read', '-t', LABEL, '--json']).split('\n');
  const messages = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as { id: string; log: string });
  const logs = [...new Set(messages.map(({ log }) => log))];
  const { topics } = JSON.parse(scene.must(who, ['topic', 'list', '--json'])) as { topics: { topicId: string }[] };
  return [
    ...topics.map(({ topicId }) => secretId('topic', topicId)),
    secretText('label', LABEL),
    secretText('file', FILE),
    ...TEXTS.map((text) => secretText('text', text)),
    ...logs.map((log) => secretId('log', log)),
    ...messages.slice(-1).map(({ id }) => secretId('entry', id)),
  ];
}
