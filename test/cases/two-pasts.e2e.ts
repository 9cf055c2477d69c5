// A backup is copied over a home in place, which nobody can notice: what others have read stays readable, what is written
// afterwards arrives, and the author gets back what the backup lacked (spec/message.md, "Written again").
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Scene } from './scene.js';

const WEEKS = [1, 2, 3, 4, 5, 6].map((week) => `week ${week}`);

it('loses nothing of anybody, and says everything once', () => {
  const scene = new Scene();
  scene.people('ana', 'ben');
  scene.joined('t', 'ana', 'ben');
  const give = (from: string, to: string): string => {
    const file = path.join(scene.directory, 'x.satchel');
    fs.rmSync(file, { force: true });
    scene.as(from, ['export', '-q', '-o', file, '--to', to]);
    const { stdout, stderr } = scene.as(to, ['import', file]);
    return stdout + stderr;
  };
  scene.must('ana', ['post', '-q', '-t', 't', 'week 1']);
  give('ana', 'ben');
  scene.must('ben', ['post', '-q', '-t', 't', 'hi']);
  give('ben', 'ana');
  const home = path.join(scene.directory, 'ana');
  fs.cpSync(home, path.join(scene.directory, 'backup'), { recursive: true, preserveTimestamps: true });
  for (const week of WEEKS.slice(1)) scene.must('ana', ['post', '-q', '-t', 't', week]);
  give('ana', 'ben');
  scene.must('ben', ['read', '-t', 't', '--mark']);
  execFileSync('cp', ['-a', `${path.join(scene.directory, 'backup')}/.`, home]);
  expect(scene.as('ana', ['post', '-t', 't', 'I am back']).stderr).not.toContain('new logs');
  const said = ['ben', 'ana', 'ben', 'ana', 'ben'].map((to) => give(to === 'ben' ? 'ana' : 'ben', to)).join('');
  expect(scene.texts('ben', 't').toSorted()).toEqual(['I am back', 'hi', ...WEEKS].toSorted());
  expect(scene.texts('ana', 't').toSorted()).toEqual(['I am back', 'hi', ...WEEKS].toSorted());
  expect(scene.texts('ben', 't', '--unread')).toEqual(['I am back']);
  expect(said).not.toContain('nothing is lost');
  const { topics } = JSON.parse(scene.must('ben', ['topic', 'list', '--json'])) as { topics: { messages: number }[] };
  expect(topics[0]?.messages).toBe(8);
});
