// Every kind of damage, and where its hints lead: from the command that met it by the commands that are named to a repository
// that is whole, with all that anybody held (spec/cli.md, "Upkeep").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Scene } from '../cases/scene.js';
import { framesIn, harm, type Part } from '../testkit/rotting.js';

/** Commands that a hint may name, at most, until all is well. */
const HINTS_MAX = 4;
const ALL = ['ben 1', 'ben 2', 'ana 1'];

const at =
  (...parts: string[]) =>
  (root: string) =>
    path.join(root, ...parts);
const whole = (file: string): Part => ({ file, from: 0, end: fs.statSync(file).size });
const firstFrame = (root: string): Part => framesIn(path.dirname(root))[0] as Part;

const DAMAGES: readonly (readonly [string, readonly string[], (root: string) => void])[] = [
  ['format is gone', ['status'], (root) => fs.rmSync(at('format')(root))],
  ['format is gone, and init is tried', ['init', '--name', 'ana'], (root) => fs.rmSync(at('format')(root))],
  ['format says something else', ['status'], (root) => fs.writeFileSync(at('format')(root), 'satchel-repositor{/1\n')],
  ['a digit of format is rotten', ['status'], (root) => fs.writeFileSync(at('format')(root), 'satchel-repository/3\n')],
  [
    'a digit of format is rotten, and what would tell so too',
    ['status'],
    (root) => {
      fs.writeFileSync(at('format')(root), 'satchel-repository/6\n');
      harm(whole(at('refs', 'state')(root)), 'flip');
    },
  ],
  [
    'config.json is rotten',
    ['config', 'list'],
    (root) => fs.writeFileSync(at('refs', 'config.json')(root), '{"gc.auto": tr'),
  ],
  ['HEAD names nothing', ['status'], (root) => fs.writeFileSync(at('HEAD')(root), 'a16233\n')],
  ['a commit is rotten', ['check'], (root) => harm(firstFrame(root), 'flip', 0.9)],
  ['a commit is zeroed', ['check'], (root) => harm(firstFrame(root), 'zero')],
  ['the pack is cut', ['check'], (root) => harm(firstFrame(root), 'cut', 0.5)],
  ['the pack is gone', ['check'], (root) => harm(firstFrame(root), 'remove')],
  ['the index is rotten', ['check', '--all'], (root) => harm(whole(at('index', 'runs')(root)), 'flip')],
];

it('leads from every damage to a whole repository', () => {
  const scene = new Scene();
  scene.people('ana', 'ben');
  scene.joined('t', 'ana', 'ben');
  scene.must('ben', ['post', '-q', '-t', 't', 'ben 1']);
  scene.must('ben', ['post', '-q', '-t', 't', 'ben 2']);
  const bundle = path.join(scene.directory, 'b.satchel');
  const own = path.join(scene.directory, 'own.satchel');
  scene.must('ben', ['export', '-q', '--full', '-o', bundle]);
  scene.must('ana', ['import', '-q', bundle]);
  scene.must('ana', ['post', '-q', '-t', 't', 'ana 1']);
  scene.must('ana', ['export', '-q', '-o', own]);
  scene.must('ben', ['import', '-q', own]);
  scene.must('ben', ['export', '-q', '--full', '-o', bundle]);
  for (const [i, [what, command, damage]] of DAMAGES.entries()) {
    const who = `ana-${i}`;
    fs.cpSync(path.join(scene.directory, 'ana'), path.join(scene.directory, who), { recursive: true });
    damage(path.join(scene.directory, who, 'home', '.satchel'));
    follow(scene, who, command, what);
    scene.must(who, ['import', '-q', bundle]);
    expect(scene.texts(who, 't').sort(), what).toEqual([...ALL].sort());
    expect(scene.as(who, ['check', '--all']).status, what).toBe(0);
    scene.must(who, ['post', '-q', '-t', 't', `on ${i}`]);
    scene.must(who, ['export', '-q', '--full', '-o', own]);
    scene.must('ben', ['import', '-q', own]);
  }
  const on = DAMAGES.map((_, i) => `on ${i}`);
  expect(scene.texts('ben', 't').sort()).toEqual([...ALL, ...on].sort());
});

/** Runs what hints name, one after the other; no command is named twice. */
function follow(scene: Scene, who: string, first: readonly string[], what: string): void {
  const done = new Set<string>();
  let next: readonly string[] | undefined = first;
  for (let i = 0; next && i < HINTS_MAX; i++) {
    const { stdout, stderr } = scene.as(who, next);
    expect(done.has(next.join(' ')), `${what}: ${[...done].join(', ')}: ${stderr}`).toBe(false);
    done.add(next.join(' '));
    next = /satchel: hint: .*run "satchel (repair[^"]*)"/.exec(`${stdout}${stderr}`)?.[1]?.split(' ');
  }
  expect(next, what).toBeUndefined();
}
