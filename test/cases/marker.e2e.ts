// The marker of a drive is as a stick that was pulled out leaves it: the bundles beside it are whole, and there is a way
// on (spec/drive.md, "Marker").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Scene } from './scene.js';

let scene: Scene;
let marker: string;
beforeEach(() => {
  scene = new Scene();
  scene.people('ana', 'ben');
  scene.joined('t', 'ana', 'ben');
  scene.drive('ana');
  scene.must('ana', ['post', '-q', '-t', 't', 'one']);
  scene.visit('ana');
  marker = path.join(scene.stick, 'satchel', 'drive.json');
});

const DAMAGE: readonly [string, (file: Buffer) => Buffer | string][] = [
  ['empty', () => ''],
  ['zeros', (file) => Buffer.alloc(file.length)],
  ['cut off', (file) => file.subarray(0, file.length / 2)],
  ['with another letter in its format', (file) => file.toString().replace('satchel-drive', 'satchfl-drive')],
  ['with another letter in its id', (file) => file.toString().replace(/"id": "./, '"id": "x')],
];

describe('a damaged marker', () => {
  it.each(DAMAGE)('that is %s is told with both ways on, and mended by init', (_, damage) => {
    const before = fs.readFileSync(marker);
    fs.writeFileSync(marker, damage(before));
    const refused = scene.visit('ben');
    expect(refused.status).toBe(30);
    expect(refused.stderr).toContain('satchel drive init');
    expect(refused.stderr).toContain('satchel import');
    scene.must('ben', ['import', '-q', scene.stick]);
    expect(scene.texts('ben', 't')).toEqual(['one']);
    expect(scene.must('ben', ['drive', 'init', scene.stick])).toContain('now');
    const id = (JSON.parse(fs.readFileSync(marker, 'utf8')) as { id: string }).id;
    expect(id).not.toBe((JSON.parse(before.toString()) as { id: string }).id);
    scene.must('ben', ['post', '-q', '-t', 't', 'two']);
    for (const who of ['ben', 'ana']) scene.must(who, ['sync', '-q', scene.stick]);
    expect(scene.texts('ana', 't')).toEqual(['one', 'two']);
  });

  it('is left alone when it is another program’s, or of a later version', () => {
    for (const content of [
      '{"name": "my drive"}',
      '{"format": "satchel-drive/2", "id": "1", "label": "x"}',
      '[]',
      'my notes\n',
    ]) {
      fs.writeFileSync(marker, content);
      expect(scene.as('ben', ['drive', 'init', scene.stick]).status).not.toBe(0);
      expect(fs.readFileSync(marker, 'utf8')).toBe(content);
    }
  });
});

it('import of a directory names what it passes over for its name', () => {
  const [name] = fs.readdirSync(path.join(scene.stick, 'satchel')).filter((one) => one.endsWith('.satchel'));
  const bundle = path.join(scene.stick, 'satchel', name ?? '');
  const mail = path.join(scene.directory, 'mail');
  fs.mkdirSync(mail);
  fs.renameSync(bundle, path.join(mail, 'news.satchel.txt'));
  fs.writeFileSync(path.join(mail, '.DS_Store'), '');
  const { stderr, status } = scene.as('ben', ['import', mail]);
  expect(status).toBe(0);
  expect(stderr).toContain(`passed over 1 file for the name`);
  expect(stderr).toContain('news.satchel.txt');
  expect(stderr).not.toContain('DS_Store');
  const json = JSON.parse(scene.must('ben', ['import', '--json', mail])) as { passedOver: string[] };
  expect(json.passedOver).toEqual([path.join(mail, 'news.satchel.txt')]);
});
