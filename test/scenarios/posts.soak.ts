// One message after the other, POSTS (100000) of them, while another process reads and posts in the same repository: it
// stays compact by itself, nobody who reads ever misses anything, and nothing is lost.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { tidyIfDue } from '../../src/sync/maintain.js';
import { environment, PROGRAM } from '../cli/program.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';

const POSTS = Number(process.env['POSTS'] ?? 100_000);
const TOPIC = 'garden';
const LAST = 5;

it(`keeps ${POSTS} single posts beside readers and another writer`, async () => {
  const directory = scratchDirectory();
  const ana = (await Replica.create('ana', directory)).join(TOPIC);
  await ana.post(TOPIC, 'post 0');
  let posted = 1;
  let isDone = false;
  const beside = besideIt(ana, { posted: () => posted, isDone: () => isDone });
  beside.catch(() => {
    isDone = true;
  });
  while (posted < POSTS && !isDone) {
    ana.now += 1_000;
    await ana.post(TOPIC, `post ${posted}`);
    posted++;
    await tidyIfDue(ana.session);
    await setImmediate();
  }
  isDone = true;
  const others = await beside;
  console.log(`${others.length} rounds beside it; ${packsOf(ana)}`);
  expect(others.length).toBeGreaterThan(0);

  const satchel = commandFor(ana);
  await satchel('check', '--all');
  const texts = textsIn(await satchel('read', '--json', '--all'));
  expect(texts.filter((text) => text.startsWith('post '))).toEqual(numbered('post', POSTS));
  expect(texts.filter((text) => text.startsWith('beside '))).toEqual(numbered('beside', others.length));
  expect(texts).toHaveLength(POSTS + others.length);
  // what it costs grows with the logarithm of what there is (test/unit/repository)
  expect(fs.readdirSync(ana.repository.layout.packs).length).toBeLessThan(32);
});

interface Progress {
  posted(): number;
  isDone(): boolean;
}

/** Reads and posts by the program, round after round, until it is done; what is read never falls behind what was. */
async function besideIt(ana: Replica, progress: Progress): Promise<readonly number[]> {
  const satchel = commandFor(ana);
  const counts: number[] = [];
  while (!progress.isDone()) {
    const before = progress.posted();
    const { topics } = JSON.parse(await satchel('status', '--json')) as { topics: readonly { messages: number }[] };
    const count = topics[0]?.messages ?? 0;
    expect(count).toBeGreaterThanOrEqual(before + counts.length);
    const texts = textsIn(await satchel('read', '-n', String(LAST), '--json'));
    // posted on meanwhile
    expect(texts.length).toBeGreaterThanOrEqual(Math.min(LAST, count));
    await satchel('post', '-t', TOPIC, `beside ${counts.length}`);
    counts.push(count);
  }
  return counts;
}

function commandFor(ana: Replica): (...args: readonly string[]) => Promise<string> {
  const env = { ...environment(path.dirname(ana.directory)), SATCHEL_STATE_DIR: ana.stateDirectory };
  const options = { env, encoding: 'utf8', maxBuffer: 2 ** 30 } as const;
  return async (...args) => {
    const words = [PROGRAM, '-C', ana.directory, ...args];
    return (await promisify(execFile)(process.execPath, words, options)).stdout;
  };
}

function textsIn(lines: string): string[] {
  const messages = lines.split('\n').filter(Boolean);
  return messages.flatMap((line) => (JSON.parse(line) as { text: string | null }).text ?? []);
}

function numbered(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${word} ${i}`);
}

function packsOf({ repository: { layout } }: Replica): string {
  const sizes = fs.readdirSync(layout.packs).map((name) => fs.statSync(path.join(layout.packs, name)).size);
  return `packs of ${sizes.join(', ')} bytes`;
}
