// Several visits to one folder at the same moment, by real processes: of different people, and of one.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Replica } from '../testkit/replica.js';
import { errorsIn, makeFriends } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';

const PROGRAM = path.resolve(import.meta.dirname, '../../dist/satchel.cjs');
const LIMIT_MS = 180_000;
const ROUNDS = 4;

describe('visits at the same moment', () => {
  it('of three people to one folder lose and mix nothing', { timeout: LIMIT_MS }, async () => {
    const directory = memoryDirectory();
    const folder = makeStick(path.join(directory, 'shared'), 1);
    const people = await makeFriends(directory, ['alice', 'bob', 'carol'], 't');
    for (let round = 0; round < ROUNDS; round++) {
      for (const one of people) await one.post('t', `${one.name} in round ${round} ${'word '.repeat(50)}`);
      const ended = await Promise.all(people.map((one) => sync(one, folder)));
      expect(ended).toEqual(people.map(() => ({ status: 0, stderr: '' })));
      expectSound(folder);
    }
    for (const one of people) one.reopen();
    for (let i = 0; i < 3; i++)
      for (const one of people) expect(await one.visit(folder)).toMatchObject({ failure: undefined });
    for (const one of people) {
      expect(one.texts('t')).toHaveLength(ROUNDS * people.length);
      expect(errorsIn(one)).toEqual([]);
    }
    for (const one of people) expect((await one.visit(folder)).touched).toBe(false);
  });

  it('of one person wait for each other, and say the same thing once', { timeout: LIMIT_MS }, async () => {
    const directory = memoryDirectory();
    const folder = makeStick(path.join(directory, 'shared'), 1);
    const [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica, Replica];
    await bob.visit(folder);
    for (let round = 0; round < ROUNDS; round++) {
      const before = bundlesOn(folder).length;
      await alice.post('t', `round ${round}`);
      const ended = await Promise.all([sync(alice, folder), sync(alice, folder), sync(alice, folder)]);
      expect(ended.map(({ status }) => status)).toEqual([0, 0, 0]);
      expect(bundlesOn(folder).length - before).toBeLessThanOrEqual(1);
      expectSound(folder);
    }
    await bob.visit(folder);
    expect(bob.texts('t')).toHaveLength(ROUNDS);
    expect(errorsIn(alice.reopen())).toEqual([]);
  });

  it('of one person that may not wait: one of them is busy, and with -q says nothing', {
    timeout: LIMIT_MS,
  }, async () => {
    const directory = memoryDirectory();
    const folder = makeStick(path.join(directory, 'shared'), 1);
    const [alice] = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica, Replica];
    await alice.post('t', 'hello');
    const lock = path.join(alice.repository.layout.journal, 'drives', `${'1'.padStart(32, '0')}.lock`);
    fs.mkdirSync(path.dirname(lock), { recursive: true });
    const owner = { pid: process.pid, host: (await import('node:os')).hostname(), started: startedAt(process.pid) };
    fs.writeFileSync(lock, JSON.stringify(owner));
    expect(await sync(alice, folder, ['--lock-timeout', '0'])).toEqual({ status: 11, stderr: '' });
    fs.rmSync(lock);
    expect(await sync(alice, folder)).toEqual({ status: 0, stderr: '' });
  });
});

/** Every bundle is what its name says, and nothing half-written lies about. */
function expectSound(folder: string): void {
  for (const name of fs.readdirSync(path.join(folder, 'satchel'))) {
    expect(name).not.toMatch(/partial$/);
    if (!name.endsWith('.satchel')) continue;
    const bytes = fs.readFileSync(path.join(folder, 'satchel', name));
    expect(name).toBe(`${createHash('sha256').update(bytes).digest('hex').slice(0, 24)}.satchel`);
  }
}

function sync(person: Replica, folder: string, words: readonly string[] = []) {
  const { directory: home, stateDirectory } = person;
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, SATCHEL_STATE_DIR: stateDirectory };
  const child = spawn(process.execPath, [PROGRAM, 'sync', '-q', '-C', home, folder, ...words], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return new Promise<{ status: number | null; stderr: string }>((resolve) => {
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.on('close', (status) => resolve({ status, stderr }));
  });
}

function startedAt(pid: number): string {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
