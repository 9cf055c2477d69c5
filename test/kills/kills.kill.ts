// kill -9 at random moments of post, import, export, gc and feed: no reported message is lost, `check --all` finds nothing,
// and the same command run again completes. About a hundred kills, many more with SOAK=1. The seed is printed; set it with SEED.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run, runJson } from '../cli/program.js';
import { documents } from '../testkit/documents.js';
import { scratchDirectory } from '../testkit/scratch.js';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = process.env['SOAK'] ? 400 : 26;
const PROGRAM = path.resolve(import.meta.dirname, '../../dist/satchel.cjs');

/** Commands take about this long here; kills fall anywhere into it. */
let usualMs: number;
let random: () => number;

beforeAll(() => {
  console.log(`kills: SEED=${SEED}, ${ROUNDS} rounds each`);
  random = seeded(SEED);
  const start = performance.now();
  run(['--version'], { cwd: scratchDirectoryOfSuite() });
  usualMs = (performance.now() - start) * 2.5;
});

describe('a killed command', () => {
  it('post: keeps every message it reported', async () => {
    const cwd = newRepository();
    const reported = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const lines = Array.from({ length: 300 }, (_, i) =>
        JSON.stringify({ key: `${round}-${i}`, text: `message ${round}-${i}` }),
      );
      const input = `${lines.join('\n')}\n`;
      const killed = await killAt(cwd, ['-C', 'a', 'post', '-t', 't', '--ndjson', '--json'], { input });
      for (const id of idsIn(killed.stdout)) reported.add(id);
      expectSound(cwd);
      const again = run(['-C', 'a', 'post', '-t', 't', '--ndjson', '--json', '--lock-timeout', '0'], { cwd, input });
      expect(again, again.stderr).toMatchObject({ status: 0 });
      for (const id of idsIn(again.stdout)) reported.add(id);
      const texts = readAll(cwd);
      expect(texts.filter((text) => text.startsWith(`message ${round}-`)).length, 'each key exactly once').toBe(300);
    }
    const held = new Set(idsIn(run(['-C', 'a', 'read', '-t', 't', '--json'], { cwd }).stdout));
    expect([...reported].filter((id) => !held.has(id))).toEqual([]);
  });

  it('post --attach: keeps every file of a message it reported', async () => {
    const cwd = newRepository();
    const chunk = 1_048_576;
    const file = path.join(cwd, 'file');
    for (let round = 0; round < ROUNDS; round++) {
      // no chunk of it was stored before
      const bytes = Buffer.alloc(24 * chunk, `round ${round}`);
      for (let at = 0; at < bytes.length; at += chunk) bytes.writeUInt32BE(at / chunk, at);
      fs.writeFileSync(file, bytes);
      const killed = await killAt(cwd, ['-C', 'a', 'post', '-t', 't', '--attach', file, '--json'], {});
      expectSound(cwd);
      const [id] = idsIn(killed.stdout);
      if (id === undefined) continue;
      const saved = path.join(cwd, `saved-${round}`);
      expect(run(['-C', 'a', 'get', id, '-o', saved], { cwd })).toMatchObject({ status: 0 });
      expect(fs.readFileSync(saved).equals(bytes)).toBe(true);
      fs.rmSync(saved);
    }
    // what is posted is complete, reported or not
    const read = run(['-C', 'a', 'read', '-t', 't', '--json'], { cwd })
      .stdout.split('\n')
      .filter((line) => line);
    for (const line of read) expect(line).toContain('"state":"complete"');
    expect(run(['-C', 'a', 'gc'], { cwd })).toMatchObject({ status: 0 });
    expectSound(cwd);
  });

  it('get: leaves a whole file or none', async () => {
    const cwd = newRepository();
    const bytes = Buffer.alloc(24 * 1_048_576, 'get');
    fs.writeFileSync(path.join(cwd, 'file'), bytes);
    const [id = ''] = idsIn(run(['-C', 'a', 'post', '-t', 't', '--attach', 'file', '--json'], { cwd }).stdout);
    for (let round = 0; round < ROUNDS; round++) {
      const out = path.join(cwd, `out-${round}`);
      fs.mkdirSync(out);
      await killAt(cwd, ['-C', 'a', 'get', id, '-o', out], {});
      const names = fs.readdirSync(out).filter((name) => !/^\.satchel-[0-9a-f]{12}\.part$/.test(name));
      for (const name of names) expect(fs.readFileSync(path.join(out, name)).equals(bytes)).toBe(true);
      expect(run(['-C', 'a', 'get', id, '-o', out], { cwd })).toMatchObject({ status: 0 });
      expect(fs.readFileSync(path.join(out, 'file')).equals(bytes)).toBe(true);
      fs.rmSync(out, { recursive: true });
    }
  });

  it('export: leaves a whole bundle or none', async () => {
    const cwd = newRepository();
    post(cwd, 500);
    for (let round = 0; round < ROUNDS; round++) {
      const file = path.join(cwd, `x${round}.satchel`);
      await killAt(cwd, ['-C', 'a', 'export', '--open', '--full', '-o', file, '--json'], {});
      if (fs.existsSync(file)) expect(run(['verify', file], { cwd }).status).toBe(0);
      fs.rmSync(file, { force: true });
      const again = run(['-C', 'a', 'export', '--open', '--full', '-o', file, '--lock-timeout', '0'], { cwd });
      expect(again, again.stderr).toMatchObject({ status: 0 });
      expect(run(['verify', file], { cwd }).status).toBe(0);
      expectSound(cwd);
      fs.rmSync(file);
    }
  });

  it('import: takes all of a bundle or nothing', async () => {
    const cwd = newRepository();
    const total = 3_000;
    post(cwd, total);
    run(['-C', 'a', 'export', '--open', '--full', '-o', path.join(cwd, 'all.satchel')], { cwd });
    for (let round = 0; round < ROUNDS; round++) {
      fs.rmSync(path.join(cwd, 'b'), { recursive: true, force: true });
      run(['-C', 'b', 'init', '--name', 'Bob', '-q'], { cwd });
      run(['-C', 'b', 'topic', 'join', 't', '-q'], { cwd });
      await killAt(cwd, ['-C', 'b', 'import', 'all.satchel', '--json'], {});
      expectSound(cwd, 'b');
      expect([0, total]).toContain(readAll(cwd, 'b').length);
      const again = run(['-C', 'b', 'import', 'all.satchel', '--json', '--lock-timeout', '0'], { cwd });
      expect(again, again.stderr).toMatchObject({ status: 0 });
      expect(readAll(cwd, 'b').length).toBe(total);
    }
  });

  it('gc: loses nothing', async () => {
    const cwd = newRepository();
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < 3; i++) run(['-C', 'a', 'post', '-t', 't', '-q', `gc ${round}-${i}`], { cwd });
      await killAt(cwd, ['-C', 'a', 'gc'], {});
      expectSound(cwd);
      expect(readAll(cwd).length).toBe(3 * (round + 1));
      const again = run(['-C', 'a', 'gc', '--lock-timeout', '0'], { cwd });
      expect(again, again.stderr).toMatchObject({ status: 0 });
    }
  });

  it('feed: hands out each message exactly once to who skips by offset, at least once with --auto', async () => {
    const cwd = newRepository();
    const offsets = new Map<string, string>();
    const taken: string[] = [];
    const printed: string[] = [];
    const linesOf = (name: string, stdout: string): { offset: number; id: string }[] => {
      // a line that the kill cut off is no line
      const lines = stdout.split('\n').slice(0, -1);
      const handed = lines.map((line) => JSON.parse(line) as { offset: number; id: string });
      for (const { offset, id } of handed) {
        const key = `${name} ${offset}`;
        expect(offsets.get(key) ?? id, `offset ${offset}`).toBe(id);
        offsets.set(key, id);
      }
      return handed;
    };
    const take = (stdout: string): void => {
      for (const { offset, id } of linesOf('exact', stdout)) if (offset > taken.length) taken.push(id);
    };
    const collect = (stdout: string): void => void printed.push(...linesOf('auto', stdout).map(({ id }) => id));
    const exact = ['-C', 'a', 'feed', '--as', 'exact', '--json'];
    const auto = ['-C', 'a', 'feed', '--as', 'auto', '--auto', '--json'];
    for (let round = 0; round < ROUNDS; round++) {
      post(cwd, 50);
      const collecting = round % 3 === 0 ? killAt(cwd, ['-C', 'a', 'gc'], {}) : undefined;
      const [handed, automatic] = await Promise.all([killAt(cwd, exact, {}), killAt(cwd, auto, {})]);
      await collecting;
      take(handed.stdout);
      collect(automatic.stdout);
      await killAt(cwd, ['-C', 'a', 'feed', '--as', 'exact', '--commit', String(taken.length)], {});
    }
    for (const [args, done] of [
      [exact, take],
      [auto, collect],
    ] as const) {
      // what the last run was killed with, and all that came since
      for (const _ of [1, 2]) {
        const ended = run([...args, '--lock-timeout', '0'], { cwd });
        expect(ended, ended.stderr).toMatchObject({ status: 0 });
        done(ended.stdout);
        if (args === exact) run(['-C', 'a', 'feed', '--as', 'exact', '--commit', String(taken.length)], { cwd });
      }
    }
    const held = idsIn(run(['-C', 'a', 'read', '-t', 't', '--json'], { cwd }).stdout).sort();
    expect(held).toHaveLength(50 * ROUNDS);
    expect([...taken].sort()).toEqual(held);
    expect([...new Set(printed)].sort()).toEqual(held);
    expectSound(cwd);
  });
});

/** Starts the command and kills it after a random time, if it has not ended by itself. */
async function killAt(cwd: string, args: readonly string[], options: { input?: string }): Promise<{ stdout: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { ...process.env, HOME: cwd, SATCHEL_STATE_DIR: path.join(cwd, 'state') },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), usualMs * (0.2 + 1.2 * random()));
  await ended(child);
  clearTimeout(timer);
  return { stdout: Buffer.concat(chunks).toString('utf8') };
}

async function ended(child: ChildProcess): Promise<void> {
  await once(child, 'close');
}

function expectSound(cwd: string, who = 'a'): void {
  const checked = run(['-C', who, 'check', '--all', '--json'], { cwd });
  const { findings } = JSON.parse(checked.stdout) as { findings: { severity: string }[] };
  expect(
    findings.filter(({ severity }) => severity === 'error'),
    checked.stdout,
  ).toEqual([]);
}

/** Ids of whole lines: a line that the kill cut off reports nothing. */
function idsIn(stdout: string): string[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => (line.startsWith('{') ? [(JSON.parse(line) as { id: string }).id] : []));
}

function readAll(cwd: string, who = 'a'): string[] {
  const { stdout } = run(['-C', who, 'read', '-t', 't', '--json'], { cwd });
  return documents<{ text: string }>(stdout).map(({ text }) => text);
}

function newRepository(): string {
  const cwd = scratchDirectory();
  runJson(['-C', 'a', 'init', '--name', 'Alice'], { cwd });
  run(['-C', 'a', 'topic', 'join', 't', '-q'], { cwd });
  return cwd;
}

function post(cwd: string, count: number): void {
  const input = Array.from({ length: count }, (_, i) => `{"text":"message ${i}"}\n`).join('');
  expect(run(['-C', 'a', 'post', '-t', 't', '--ndjson', '-q'], { cwd, input }).status).toBe(0);
}

function scratchDirectoryOfSuite(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-kills-'));
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
