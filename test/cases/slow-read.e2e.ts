// Text of a stranger in an open topic makes reading no slower than other text (spec/cli.md, "Escaping").
import { type StdioOptions, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { environment, PROGRAM } from '../cli/program.js';
import { Scene } from './scene.js';

const MESSAGES = 20;
const SIZE = 65_000;

it('reads blanks as fast as words', () => {
  const scene = new Scene();
  scene.people('Ana');
  scene.people('Xeno');
  const texts = { blanks: `${' '.repeat(SIZE)}x`, words: 'beans '.repeat(SIZE / 6) };
  scene.joined('words', 'Ana', 'Xeno');
  scene.joined('blanks', 'Ana', 'Xeno');
  for (const [topic, text] of Object.entries(texts)) {
    const input = `${JSON.stringify({ text })}\n`.repeat(MESSAGES);
    scene.must('Xeno', ['post', '-q', '-t', topic, '--ndjson'], { input });
  }
  const file = path.join(scene.directory, 'xeno.satchel');
  scene.must('Xeno', ['export', '--open', '-q', '--full', '-o', file]);
  scene.must('Ana', ['import', '-q', file]);
  expect(scene.must('Ana', ['read', '-t', 'blanks']).match(/\| x$/gm)).toHaveLength(MESSAGES);
  // with \s+$ it was more than thirty times as much
  expect(effortOf(scene, 'blanks')).toBeLessThan(5 * effortOf(scene, 'words'));
});

/** Processor time of reading a topic, the least of three times. */
function effortOf(scene: Scene, topic: string): number {
  const cwd = path.join(scene.directory, 'Ana');
  const probe = path.join(scene.directory, 'probe.cjs');
  fs.writeFileSync(probe, "process.on('exit', () => require('node:fs').writeSync(2, String(process.cpuUsage().user)))");
  const times = [1, 2, 3].map(() => {
    const words = ['--require', probe, PROGRAM, 'read', '-t', topic];
    const stdio: StdioOptions = ['ignore', 'ignore', 'pipe'];
    return Number(spawnSync(process.execPath, words, { cwd, env: environment(cwd), encoding: 'utf8', stdio }).stderr);
  });
  expect(Math.min(...times)).toBeGreaterThan(0);
  return Math.min(...times);
}
