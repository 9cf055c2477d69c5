// Two people's repositories over streams: at a socket of one computer, and over ssh with a program in its place that does what
// ssh does with its words.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { post, type TwoPeople, textsOf, twoPeople } from '../testkit/two-people.js';
import { type Ended, environment, PROGRAM, run, runJson } from './program.js';

let people: TwoPeople;
beforeAll(() => {
  people = twoPeople();
  return () => people.remove();
});

const silent = (): string => people.silent();
const friends = (): string => people.friends();

const BOTH = ['ana was here', 'ben was here'];

interface SyncJson {
  readonly drives: readonly unknown[];
  readonly streams: readonly Record<string, unknown>[];
}

describe('over ssh', () => {
  /** A program `ssh` that runs what follows the host with a shell, on this computer. */
  function withSsh(cwd: string, status?: number): Readonly<Record<string, string>> {
    const bin = path.join(cwd, 'bin');
    fs.mkdirSync(bin, { recursive: true });
    const there = `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`;
    fs.writeFileSync(path.join(bin, 'satchel'), there, { mode: 0o755 });
    const shift = 'while [ "$1" != "--" ]; do shift; done; shift';
    const body = status === undefined ? `${shift}; echo "$1" > ${cwd}/host; shift; exec sh -c "$*"` : `exit ${status}`;
    fs.writeFileSync(path.join(bin, 'ssh'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return { PATH: `${bin}:${process.env['PATH']}` };
  }

  it('brings both what they lack, whatever the directory there is called, and says so', () => {
    const cwd = friends();
    const odd = path.join(cwd, 'ben\'s $(garden) "x"');
    fs.renameSync(path.join(cwd, 'ben'), odd);
    const env = withSsh(cwd);
    const url = `ssh://ben@desk.example:2222${encodeURI(odd)}`;
    const first = run(['-C', 'ana', 'sync', url], { cwd, env });
    expect(first).toMatchObject({ status: 0, stderr: expect.not.stringContaining('error') });
    expect(first.stdout).toContain('from ben: 1 new message; sent: 1 message');
    expect(fs.readFileSync(path.join(cwd, 'host'), 'utf8')).toBe('ben@desk.example\n');
    expect(textsOf('ana', cwd)).toEqual(BOTH);
    expect(textsOf(odd, cwd)).toEqual(BOTH);
    const { drives, streams } = runJson<SyncJson>(['-C', 'ana', 'sync', url], { cwd, env });
    expect(drives).toEqual([]);
    expect(streams).toMatchObject([{ place: url, peer: { name: 'ben' }, new: 0, rounds: 1, error: null }]);
    expect(streams[0]?.['bytesOut']).toBeLessThan(600);
  });

  it('says why nobody is there', () => {
    const cwd = silent();
    const failed = (status: number): Ended =>
      run(['-C', 'ana', 'sync', 'ssh://desk'], { cwd, env: withSsh(cwd, status) });
    expect(failed(255)).toMatchObject({ status: 30, stderr: expect.stringContaining('ssh does not get to desk') });
    expect(failed(127)).toMatchObject({
      status: 30,
      stderr: expect.stringContaining('no satchel in the PATH of desk'),
    });
    expect(run(['-C', 'ana', 'sync', '-q', '--if-present', 'ssh://desk'], { cwd, env: withSsh(cwd, 255) })).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('is no drive, and what is for drives is not for it', () => {
    for (const args of [
      ['sync', '--import-only', 'ssh://host'],
      ['drive', 'init', 'ssh://host/x'],
    ])
      expect(run(['-C', 'ana', ...args], { cwd: silent() }), args.join(' ')).toMatchObject({ status: 2 });
  });
});

describe('at a socket', () => {
  it('answers who comes, one after the other and at once, and goes when it is asked to', async () => {
    const cwd = friends();
    const url = `unix:${path.join(cwd, 's')}`;
    const serving = await serve(['-C', 'ben', 'serve', '--listen', url, '--json'], cwd);
    expect(fs.statSync(path.join(cwd, 's')).mode & 0o777).toBe(0o600);
    const first = run(['-C', 'ana', 'sync', url], { cwd });
    expect(first).toMatchObject({ status: 0, stdout: expect.stringContaining('from ben: 1 new message') });
    expect(textsOf('ben', cwd)).toEqual(BOTH);
    // a stranger is turned away, and told how to be none
    run(['-C', 'eve', 'init', '--name', 'eve', '-q'], { cwd });
    const eve = run(['-C', 'eve', 'sync', url], { cwd });
    expect(eve).toMatchObject({ status: 21, stderr: expect.stringContaining('satchel card') });
    post('ana', 'later', cwd);
    expect(run(['-C', 'ana', 'sync', url], { cwd }).stdout).toContain('sent: 1 message');
    serving.kill('SIGTERM');
    const { status, lines } = await serving.ended;
    expect(status).toBe(143);
    expect(lines.map((line) => (JSON.parse(line) as Record<string, unknown>)['messages'])).toEqual([1, 0, 1]);
    expect(fs.existsSync(path.join(cwd, 's'))).toBe(false);
    expect(textsOf('ben', cwd)).toHaveLength(3);
    expect(run(['-C', 'ana', 'sync', url], { cwd })).toMatchObject({
      status: 30,
      stderr: expect.stringContaining(`serve --listen ${url}`),
    });
  });

  it('brings a private conversation, which both sides read as soon as it has come', async () => {
    const cwd = silent();
    const url = `unix:${path.join(cwd, 's')}`;
    const serving = await serve(['-C', 'ben', 'serve', '--listen', url, '--json'], cwd);
    run(['-C', 'ana', 'post', '--to', 'ben', 'between us'], { cwd });
    expect(run(['-C', 'ana', 'sync', url], { cwd })).toMatchObject({ status: 0 });
    const heard = (who: string, other: string): string => run(['-C', who, 'read', '-t', other], { cwd }).stdout;
    await serving.told;
    expect(heard('ben', 'ana')).toContain('between us');
    run(['-C', 'ben', 'post', '-t', 'ana', 'and back'], { cwd });
    const { stdout } = run(['-C', 'ana', 'sync', url], { cwd });
    expect(stdout).toContain('from ben: 1 new message');
    expect(heard('ana', 'ben')).toContain('and back');
    serving.kill('SIGTERM');
    const { lines } = await serving.ended;
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { messages: 1, begun: [{ topic: 'ana' }], invitations: [], removals: [] },
      { messages: 0, begun: [] },
    ]);
  });

  it('takes the place of one that was killed, and of nothing else', async () => {
    const cwd = silent();
    const file = path.join(cwd, 's');
    const killed = await serve(['-C', 'ben', 'serve', '--listen', `unix:${file}`], cwd);
    const second = run(['-C', 'ben', 'serve', '--listen', `unix:${file}`], { cwd });
    expect(second).toMatchObject({ status: 30, stderr: expect.stringContaining('something is there already') });
    killed.kill('SIGKILL');
    await killed.ended;
    expect(fs.existsSync(file)).toBe(true);
    const again = await serve(['-C', 'ben', 'serve', '--listen', `unix:${file}`], cwd);
    again.kill('SIGTERM');
    await again.ended;
    fs.writeFileSync(file, 'mine');
    expect(run(['-C', 'ben', 'serve', '--listen', `unix:${file}`], { cwd })).toMatchObject({ status: 30 });
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
  });

  it('needs to know where, and that nobody else writes to standard output', () => {
    for (const args of [
      ['serve'],
      ['serve', '--listen', 'http://0.0.0.0:1'],
      ['serve', '--listen', 'unix:s', '--plain'],
      ['serve', '--stdio', '--json'],
    ])
      expect(run(['-C', 'ana', ...args], { cwd: silent() }), args.join(' ')).toMatchObject({ status: 2 });
  });
});

interface Serving {
  /** Of the first stream. */
  readonly told: Promise<void>;
  readonly ended: Promise<{ readonly status: number | null; readonly lines: readonly string[] }>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts it, and waits until its socket is there. */
async function serve(args: readonly string[], cwd: string): Promise<Serving> {
  const appeared = new Promise<void>((resolve) => {
    const watcher = fs.watch(cwd, (_event, name) => {
      if (name !== 's') return;
      watcher.close();
      resolve();
    });
  });
  const isThere = fs.existsSync(path.join(cwd, 's'));
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: environment(cwd) });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes;
  });
  const told = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  const ended = new Promise<Awaited<Serving['ended']>>((resolve) => {
    child.once('close', (status) => resolve({ status, lines: stdout.split('\n').filter((line) => line !== '') }));
  });
  await appeared;
  // of one in the place of another the name appears when the old one goes, too
  if (isThere) await new Promise<void>((resolve) => child.stderr.once('data', () => resolve()));
  return { ended, told, kill: (signal) => void child.kill(signal) };
}
