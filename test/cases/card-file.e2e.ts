// "card -o" replaces nothing but a card of one's own (spec/cli.md, "Identity and contacts").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Scene } from './scene.js';

it('leaves whatever is not a card of the same person', () => {
  const scene = new Scene();
  scene.people('Ana');
  const mine = scene.must('Ana', ['card']);
  const file = path.join(scene.directory, 'notes.txt');
  const others = ['precious\n', '', `my card, not to be lost: ${mine}`, mine.slice(0, 100), `${mine}and more\n`];
  for (const content of others) {
    fs.writeFileSync(file, content);
    const refused = scene.as('Ana', ['card', '-o', file, '--name', 'Ann']);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('is not your card');
    expect(fs.readFileSync(file, 'utf8')).toBe(content);
  }
  expect(scene.must('Ana', ['card'])).toBe(mine);
});

it('replaces an own card, also through a link and under a new name', () => {
  const scene = new Scene();
  scene.people('Ana');
  const file = path.join(scene.directory, 'me.card');
  fs.symlinkSync(file, path.join(scene.directory, 'link.card'));
  scene.must('Ana', ['card', '-q', '-o', file]);
  scene.must('Ana', ['card', '-q', '-o', path.join(scene.directory, 'link.card'), '--name', 'Ann']);
  expect(fs.readFileSync(file, 'utf8')).toBe(scene.must('Ana', ['card']));
  expect(fs.lstatSync(path.join(scene.directory, 'link.card')).isSymbolicLink()).toBe(true);
});

it('keeps the cards of two people of one name apart in a directory', () => {
  const scene = new Scene();
  const share = path.join(scene.directory, 'share');
  fs.mkdirSync(share);
  for (const who of ['a', 'b']) scene.must(who, ['init', '-q', '--name', 'Ana']);
  for (const who of ['a', 'b', 'a', 'b']) scene.must(who, ['card', '-q', '-o', share]);
  const cards = fs.readdirSync(share).map((name) => fs.readFileSync(path.join(share, name), 'utf8'));
  expect(cards.sort()).toEqual([scene.must('a', ['card']), scene.must('b', ['card'])].sort());
});

it('replaces the same QR code and no other picture', () => {
  const scene = new Scene();
  scene.people('Ana');
  const file = path.join(scene.directory, 'me.svg');
  for (const _ of [1, 2]) scene.must('Ana', ['card', '--qr', '-q', '-o', file]);
  fs.writeFileSync(file, '<svg></svg>');
  expect(scene.as('Ana', ['card', '--qr', '-o', file]).status).toBe(2);
});
