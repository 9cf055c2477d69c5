// The built program on one of each kind of file that has rotten: flipped, cut or gone. Whatever the command, it ends as spec/cli.md
// lists, what others hold comes back by what its hints name, and what is posted afterwards is accepted (spec/repository.md, "Rot").
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from '../cases/scene.js';
import { framesIn, type Harm, harm, type Part } from '../testkit/rotting.js';

const ALL = ['ana 1', 'ben 1', 'cal 1', 'cal 2'];
/** Statuses with which a command may end beside what has rotten. */
const LISTED = [0, 3, 10, 12, 13];

let scene: Scene;
let root: string;
let bundle: string;

const only = (folder: string, ending: string) => (): Part => {
  const [name] = fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((one) => one.endsWith(ending))
    .sort();
  if (name === undefined) throw new Error(`nothing in ${folder} ends with ${ending}`);
  const file = path.join(root, folder, name);
  return { file, from: 0, end: fs.statSync(file).size };
};
const file = (name: string) => (): Part => ({
  file: path.join(root, name),
  from: 0,
  end: fs.statSync(path.join(root, name)).size,
});
/** The largest chunk: lists are shorter. */
const chunk = (): Part => {
  const names = fs.readdirSync(path.join(root, 'objects/blobs'), { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => path.join(root, 'objects/blobs', name)).filter((one) => fs.statSync(one).isFile());
  const [largest = ''] = files.sort((a, b) => fs.statSync(b).size - fs.statSync(a).size);
  return { file: largest, from: 0, end: fs.statSync(largest).size };
};

const KINDS: readonly (readonly [string, () => Part])[] = [
  ['a commit', () => framesIn(path.dirname(root))[1] as Part],
  ['the index', file('index/runs')],
  ['the journal', file('journal/pending-statements.json')],
  ['format', file('format')],
  ['HEAD', file('HEAD')],
  ['contacts', file('refs/contacts.json')],
  ['refs/state', file('refs/state')],
  ['an attachment', chunk],
  ['a proof', () => only('proofs', '')()],
  ['a file in quarantine', only('quarantine', '.satchel')],
  ['the secret keys', file('keys/secrets.json')],
];

const home = (who: string): string => path.join(scene.directory, who);
const give = (from: string, to: string): string => {
  const out = path.join(scene.directory, `${from}.satchel`);
  fs.rmSync(out, { force: true });
  scene.must(from, ['export', '--open', '-q', '--full', '-o', out]);
  // 3 where a log contradicts itself
  expect([0, 3]).toContain(scene.as(to, ['import', '-q', out]).status);
  return out;
};
/** In place, as a backup is copied back: nothing but the content changes. */
const restore = (from: string, to: string): void => {
  const there = new Set(fs.readdirSync(home(from), { recursive: true, encoding: 'utf8' }));
  for (const name of fs.readdirSync(home(to), { recursive: true, encoding: 'utf8' }))
    if (!there.has(name)) fs.rmSync(path.join(home(to), name), { recursive: true, force: true });
  execFileSync('cp', ['-a', `${home(from)}/.`, home(to)]);
};

beforeAll(() => {
  scene = new Scene(fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-test-')));
  scene.people('ana', 'ben', 'cal');
  scene.joined('t', 'ana', 'ben', 'cal');
  root = path.join(home('ana'), 'home', '.satchel');
  const photo = path.join(scene.directory, 'photo');
  fs.writeFileSync(photo, 'what ben has seen '.repeat(10_000));
  scene.must('ben', ['post', '-q', '-t', 't', '--attach', photo, 'ben 1']);
  scene.must('cal', ['post', '-q', '-t', 't', 'cal 1']);
  fs.cpSync(home('cal'), home('cal-before'), { recursive: true, preserveTimestamps: true });
  scene.must('cal', ['post', '-q', '-t', 't', 'cal 2']);
  for (const to of ['ana', 'ben']) give('cal', to);
  restore('cal-before', 'cal');
  scene.must('cal', ['post', '-q', '-t', 't', 'cal 2, the other one']);
  // each of them has the proof then
  for (const to of ['ana', 'ben']) give('cal', to);
  give('ben', 'ana');
  scene.must('ana', ['post', '-q', '-t', 't', 'ana 1']);
  give('ana', 'ben');
  fs.writeFileSync(path.join(scene.directory, 'junk.satchel'), 'what is no bundle');
  scene.as('ana', ['import', path.join(scene.directory, 'junk.satchel')]);
  bundle = path.join(scene.directory, 'all.satchel');
  scene.must('ben', ['export', '--open', '-q', '--full', '-o', bundle]);
  expect(scene.texts('ana', 't').sort()).toEqual(ALL);
  for (const who of ['ana', 'ben'])
    fs.cpSync(home(who), home(`${who}-before`), { recursive: true, preserveTimestamps: true });
});

afterAll(() => fs.rmSync(scene.directory, { recursive: true, force: true }));

describe.each(KINDS)('%s', (what, part) => {
  it.each<Harm>(['flip', 'cut', 'remove'])('%s', (how) => {
    for (const who of ['ana', 'ben']) restore(`${who}-before`, who);
    harm(part(), how, 0.6);
    for (const args of [['read', '-t', 't', '--json'], ['status'], ['check', '--all']]) {
      const { status, stderr } = scene.as('ana', args);
      expect(LISTED, `${args.join(' ')}: ${stderr}`).toContain(status);
      expect(stderr).not.toMatch(/^\s+at /m);
      if (status !== 0 && status !== 3) expect(stderr).toMatch(/hint: |"hint":"/);
    }
    heal(what);
    // what lies behind a contradiction is passed on to its author alone: lost, it does not come back
    const isPackGone = what === 'a commit' && how === 'remove';
    expect(scene.texts('ana', 't').sort()).toEqual(ALL.filter((text) => !isPackGone || text !== 'cal 2'));
    expect(scene.as('ana', ['check', '--all']).status).toBe(0);
    const saved = path.join(scene.directory, `${what} ${how}`.replace('/', ' '));
    const [{ id } = { id: '' }] = found('ben 1');
    fs.mkdirSync(saved);
    scene.must('ana', ['get', id, '-o', saved]);
    expect(fs.readFileSync(path.join(saved, 'photo'))).toEqual(fs.readFileSync(path.join(scene.directory, 'photo')));
    scene.must('ana', ['post', '-q', '-t', 't', 'and on']);
    give('ana', 'ben');
    expect(scene.texts('ben', 't')).toContain('and on');
  });
});

/** The bundle, then `repair` and the bundle, then the file from a backup. */
function heal(what: string): void {
  if (isWholeAfter()) return;
  scene.as('ana', ['repair', '--yes', '-o', path.join(scene.directory, 'ana-wants.satchel')]);
  fs.rmSync(path.join(scene.directory, 'ana-wants.satchel'), { force: true });
  if (isWholeAfter()) return;
  // what was decided, and keys, have no other copy
  expect(['contacts', 'the secret keys'], what).toContain(what);
  for (const folder of ['refs', 'keys'])
    fs.cpSync(path.join(home('ana-before'), 'home/.satchel', folder), path.join(root, folder), { recursive: true });
  expect(isWholeAfter()).toBe(true);
}

function isWholeAfter(): boolean {
  const isTaken = [0, 3].includes(scene.as('ana', ['import', '-q', bundle]).status ?? 1);
  return isTaken && scene.as('ana', ['check', '--all']).status === 0;
}

function found(text: string): { readonly id: string }[] {
  const lines = scene
    .must('ana', ['read', '-t', 't', '--json'])
    .split('\n')
    .filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as { readonly id: string; readonly text: string })
    .filter((one) => one.text === text);
}
