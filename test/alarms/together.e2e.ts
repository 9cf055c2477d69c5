// Several commands at the same moment, by real processes: a copied home gives up its logs once, and a topic gets one log.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Scene } from '../cases/scene.js';
import { environment, PROGRAM } from '../cli/program.js';
import { system } from '../testkit/home.js';
import { stateJson } from '../testkit/state-json.js';

const LIMIT_MS = 180_000;
const TOGETHER = 4;
const RENEWED = 'from now on you write in new logs';

it('the first posts in a topic begin one log', { timeout: LIMIT_MS }, async () => {
  const scene = new Scene();
  scene.people('ana');
  const ended = await postTogether(scene);
  expect(new Set(ended.map(({ log }) => log)).size).toBe(1);
});

it('posts in a copied home: one of them gives up the logs, and all write in the new one', {
  timeout: LIMIT_MS,
}, async () => {
  const scene = new Scene();
  scene.people('ana');
  scene.must('ana', ['post', '-q', '-t', 't', 'before']);
  const home = path.join(scene.directory, 'ana');
  fs.renameSync(home, `${home}-original`);
  system('cp', '-a', `${home}-original`, home);
  const epoch = epochOf(scene);
  const ended = await postTogether(scene);
  const { renewed } = JSON.parse(scene.must('ana', ['status', '--json'])) as { renewed: { cause: string } };
  expect(renewed.cause).toBe('copied');
  expect(new Set(ended.map(({ log }) => log)).size).toBe(1);
  // a second renewal would have given up another epoch than the first
  expect(stateJson(refs(scene, 'renewal.json'))).toMatchObject({ epoch });
  expect(scene.as('ana', ['post', '-t', 't', 'afterwards']).stderr).not.toContain(RENEWED);
});

/** Posts by several processes at once; the log that each wrote in. */
function postTogether(scene: Scene): Promise<{ readonly log: string }[]> {
  const one = async (_: unknown, i: number): Promise<{ readonly log: string }> => {
    const { status, stdout, stderr } = await start(scene, ['post', '-t', 't', `message ${i}`, '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return JSON.parse(stdout) as { log: string };
  };
  return Promise.all(Array.from({ length: TOGETHER }, one));
}

function start(scene: Scene, args: readonly string[]) {
  const cwd = path.join(scene.directory, 'ana');
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: environment(cwd), stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdin.end();
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

function epochOf(scene: Scene): string {
  return stateJson<{ epoch: string }>(refs(scene, 'self.json')).epoch;
}

function refs(scene: Scene, name: string): string {
  return path.join(scene.directory, 'ana', 'home', '.satchel', 'refs', name);
}
