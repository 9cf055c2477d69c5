// Small files of a repository rot: what may be lost counts as lost, what may not is named, and nothing that is written is
// unreadable for others (spec/repository.md, "Small files").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Scene } from './scene.js';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
  scene.people('ana', 'ben');
  scene.joined('t', 'ana', 'ben');
  scene.drive('ana');
  scene.must('ana', ['post', '-q', '-t', 't', 'one']);
  for (const who of ['ana', 'ben']) scene.visit(who);
  scene.must('ben', ['post', '-q', '-t', 't', 'two']);
  for (const who of ['ben', 'ana']) scene.visit(who);
  scene.must('ana', ['post', '-q', '-t', 't', 'three']);
});

function rotten(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.write('x', bytes.length >> 1);
  return copy;
}

/** Spoils every file below a place of Ana's repository. */
function spoil(place: string, how: (bytes: Buffer) => Buffer): void {
  const root = path.join(scene.directory, 'ana', 'home', '.satchel', place);
  for (const name of fs.readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(root, name);
    if (fs.statSync(file).isFile()) fs.writeFileSync(file, how(fs.readFileSync(file)));
  }
}

const DAMAGE: readonly [string, (bytes: Buffer) => Buffer][] = [
  ['another letter in the middle', rotten],
  ['the half of it', (bytes) => bytes.subarray(0, bytes.length >> 1)],
];

describe.each(DAMAGE)('%s', (_, how) => {
  it('of the journal is told as a hint, and stops neither export nor receivers', () => {
    spoil('journal', how);
    const { status, stdout } = scene.as('ana', ['check']);
    expect(status).toBe(0);
    expect(stdout).toContain('pending-statements.json');
    const bundle = path.join(scene.directory, 'out.satchel');
    scene.must('ana', ['export', '-q', '-o', bundle, '--to', 'ben']);
    scene.must('ana', ['status']);
    scene.must('ben', ['import', '-q', bundle]);
    expect(scene.texts('ben', 't')).toEqual(['one', 'two', 'three']);
  });

  it('of the secret keys is found, and nothing is signed by them', () => {
    spoil('keys', how);
    const { status, stdout } = scene.as('ana', ['check']);
    expect(status).toBe(12);
    expect(stdout).toContain('keys');
    const posted = scene.as('ana', ['post', '-t', 't', 'four']);
    const bundle = path.join(scene.directory, 'out.satchel');
    if (posted.status === 0) scene.must('ana', ['export', '-q', '-o', bundle, '--to', 'ben']);
    if (posted.status === 0) scene.must('ben', ['import', '-q', bundle]);
    else expect([posted.status, posted.stderr]).toEqual([12, expect.stringContaining('satchel: hint:')]);
  });

  it('of what was decided is damaged, with the file and the way on', () => {
    spoil('refs', how);
    const { status, stderr } = scene.as('ana', ['read', '-t', 't']);
    expect(status).toBe(12);
    expect(stderr).toMatch(/refs\/\w+\.json/);
    expect(stderr).toContain('restore it from a backup');
    const checked = scene.as('ana', ['check']);
    expect(checked.status).toBe(12);
    for (const name of ['self', 'contacts', 'topics']) expect(checked.stdout).toContain(`refs/${name}.json`);
  });
});

it('one digit of the key of a log is noticed before it signs', () => {
  const file = path.join(scene.directory, 'ana', 'home', '.satchel', 'keys', 'secrets.json');
  const secrets = JSON.parse(fs.readFileSync(file, 'utf8')) as { logs: Record<string, string> };
  const [[log, seed] = ['', '']] = Object.entries(secrets.logs);
  secrets.logs[log] = `${seed[0] === '0' ? '1' : '0'}${seed.slice(1)}`;
  fs.writeFileSync(file, JSON.stringify(secrets));
  const { status, stderr } = scene.as('ana', ['post', '-t', 't', 'four']);
  expect([status, stderr]).toEqual([12, expect.stringContaining(log.slice(0, 10))]);
  expect(scene.texts('ana', 't')).toEqual(['one', 'two', 'three']);
  // the way on that the hint tells
  delete secrets.logs[log];
  fs.writeFileSync(file, JSON.stringify(secrets));
  scene.must('ana', ['post', '-q', '-t', 't', 'four']);
  scene.visit('ana');
  scene.visit('ben');
  expect(scene.texts('ben', 't')).toEqual(['one', 'two', 'three', 'four']);
});
