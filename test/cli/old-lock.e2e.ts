// A lock that is older than an hour is no silence, not with -q either; a young one is (spec/repository.md, "Lock").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { thisProcess } from '../../src/repository/lock-owner.js';
import { Scene } from '../cases/scene.js';

const MINUTE_MS = 60_000;

it('is told with -q when it is old, and not when it is young', () => {
  const scene = new Scene();
  scene.people('ana');
  scene.joined('t', 'ana');
  const lock = path.join(scene.directory, 'ana', 'home', '.satchel', 'lock');
  const held = (minutes: number): string => {
    // this test holds it, and lives
    fs.writeFileSync(lock, JSON.stringify({ ...thisProcess(), taken: Date.now() - minutes * MINUTE_MS }));
    const { status, stderr } = scene.as('ana', ['post', '-q', '--lock-timeout', '0', '-t', 't', 'hello']);
    expect(status).toBe(11);
    return stderr;
  };
  expect(held(1)).toBe('');
  expect(held(61)).toContain('locked by process');
  expect(held(-61)).toContain('locked by process');
  fs.rmSync(lock);
  scene.must('ana', ['post', '-q', '-t', 't', 'hello']);
  expect(scene.texts('ana', 't')).toEqual(['hello']);
});
