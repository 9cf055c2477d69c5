// Streams over whatever some program carries (spec/cli.md, "Streams"): `cmd:`, standard input and output, socat, and a line that
// is bad.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { seedOf } from '../testkit/seed.js';
import { post, type TwoPeople, textsOf, twoPeople } from '../testkit/two-people.js';
import { environment, PROGRAM, run, runBeside } from './program.js';

let people: TwoPeople;
beforeAll(() => {
  people = twoPeople();
  return () => people.remove();
});

const BOTH = ['ana was here', 'ben was here'];
const BEN_SERVES = [process.execPath, PROGRAM, '-C', 'ben', 'serve', '--stdio'];
const BAD_LINE = path.resolve(import.meta.dirname, '../testkit/bad-line.mjs');

/** Words in a URL, where blanks separate them. */
function command(...words: readonly string[]): string {
  return `cmd:${words.map((word) => word.replaceAll('%', '%25').replaceAll(' ', '%20')).join(' ')}`;
}

describe('cmd:', () => {
  it('goes over a program, which no shell sees', () => {
    const cwd = people.friends();
    const odd = "ben's $(garden)";
    fs.renameSync(path.join(cwd, 'ben'), path.join(cwd, odd));
    const words = BEN_SERVES.map((word) => (word === 'ben' ? odd : word));
    const first = run(['-C', 'ana', 'sync', '--for', 'ben', command(...words)], { cwd });
    expect(first.status).toBe(0);
    expect(first.stdout).toContain('from ben: 1 new message; sent: 1 message');
    expect([textsOf('ana', cwd), textsOf(odd, cwd)]).toEqual([BOTH, BOTH]);
  });

  it.each([
    ['no-such-program there', 'no-such-program cannot be run (ENOENT)'],
    ['sh -c exit%203', 'sh ended with 3'],
  ])('%s: says what the program did', (words, message) => {
    const cwd = people.silent();
    const ended = run(['-C', 'ana', 'sync', `cmd:${words}`], { cwd });
    expect(ended).toMatchObject({ status: 30, stdout: '', stderr: expect.stringContaining(message) });
    expect(run(['-C', 'ana', 'sync', '-q', '--if-present', `cmd:${words}`], { cwd }).status).toBe(0);
  });

  it('says that the time of --max-duration was over', () => {
    const cwd = people.silent();
    const late = run(['-C', 'ana', 'sync', '--max-duration', '1', 'cmd:sleep 600'], { cwd });
    expect(late).toMatchObject({ status: 30, stderr: expect.stringContaining('the time of --max-duration was over') });
  });

  it('ended by a signal says so in the status and in the JSON alike', async () => {
    const cwd = people.silent();
    const words = [PROGRAM, '-C', 'ana', 'sync', '--json', command('sh', '-c', 'echo ready >&2; exec sleep 600')];
    const ana = spawn(process.execPath, words, { cwd, env: environment(cwd) });
    onTestFinished(() => void ana.kill('SIGKILL'));
    let said = '';
    ana.stderr.on('data', (bytes) => {
      said += bytes;
      if (said === 'ready\n') ana.kill('SIGTERM');
    });
    const [status] = await once(ana, 'close');
    expect([status, JSON.parse(said.slice('ready\n'.length))]).toMatchObject([
      143,
      { code: 'peer-lost', exit: 143, message: 'it was interrupted' },
    ]);
  });

  it('a program that is none of ours is told from a stranger', () => {
    const cwd = people.silent();
    const ended = run(['-C', 'ana', 'sync', command('sh', '-c', 'echo hello world; cat >&2')], { cwd });
    expect(ended).toMatchObject({ status: 20, stderr: expect.stringContaining('does not speak as a call does') });
  });

  it('a stranger is told how to be none, at both ends', () => {
    const cwd = people.friends();
    run(['-C', 'eve', 'init', '--name', 'eve', '-q'], { cwd });
    const ended = run(['-C', 'eve', 'sync', command(...BEN_SERVES)], { cwd });
    expect(ended).toMatchObject({ status: 21, stdout: '', stderr: expect.stringContaining('satchel card') });
    expect(ended.stderr).toContain('who calls is no device of a contact of yours');
    expect(ended.stderr).toContain('it knows no device of yours, or it was busy or cut off');
    const named = run(['-C', 'ana', 'sync', command(...BEN_SERVES, '--for', 'ana')], { cwd });
    expect(named, named.stderr).toMatchObject({ status: 0 });
    run(['-C', 'eve', 'card', '-o', 'eve.card'], { cwd });
    run(['-C', 'ben', 'contact', 'add', 'eve.card'], { cwd });
    const other = run(['-C', 'ana', 'sync', command(...BEN_SERVES, '--for', 'eve')], { cwd });
    expect(other).toMatchObject({ status: 21, stderr: expect.stringContaining('of anybody whom --for names') });
  });

  it('who does not call serve --stdio gets no byte of it', () => {
    const cwd = people.friends();
    for (const input of ['GET / HTTP/1.0\r\n\r\n', '\x01\0\0K', '']) {
      const ended = run(['-C', 'ben', 'serve', '--stdio'], { cwd, input });
      expect({ ...ended, stderr: '' }, input).toMatchObject({ stdout: '', stderr: '' });
      expect(ended.status, input).toBeGreaterThan(0);
    }
  });

  it.each([
    ['sync', '--for', 'ben'],
    ['sync', '--for', 'ben', '.'],
    ['sync', '-', '.'],
    ['sync', '-', '--json'],
    ['sync', 'cmd:'],
    ['sync', 'tcp://127.0.0.1:0'],
    ['sync', 'cmd:a%'],
  ])('%s %s %s is usage', (...args) => {
    expect(run(['-C', 'ana', ...args], { cwd: people.silent() }).status).toBe(2);
  });
});

it('two at once over pipes of their own, both with much to say: neither waits for the other for ever', async () => {
  const cwd = people.friends();
  for (const name of ['ana', 'ben']) {
    fs.writeFileSync(path.join(cwd, `${name}.bin`), randomBytes(6_000_000));
    run(['-C', name, 'post', '-t', 'garden', '--attach', `${name}.bin`, `${name}'s file`], { cwd });
  }
  const options = { cwd, env: environment(cwd) };
  const ana = spawn(process.execPath, [PROGRAM, '-C', 'ana', 'sync', '-'], options);
  const ben = spawn(process.execPath, BEN_SERVES.slice(1), options);
  onTestFinished(() => void [ana, ben].map((one) => one.kill()));
  const said = { ana: '', ben: '' };
  ana.stderr.on('data', (bytes) => {
    said.ana += bytes;
  });
  ben.stderr.on('data', (bytes) => {
    said.ben += bytes;
  });
  ana.stdout.pipe(ben.stdin);
  ben.stdout.pipe(ana.stdin);
  const statuses = await Promise.all([ana, ben].map((one) => new Promise((resolve) => one.once('exit', resolve))));
  expect([statuses, said.ben]).toEqual([[0, 0], '']);
  // what people read is not in the pipe
  expect(said.ana).toContain('-: from ben: 2 new messages');
  expect(textsOf('ana', cwd)).toEqual(textsOf('ben', cwd));
  expect(textsOf('ana', cwd)).toHaveLength(4);
});

it('two that call say so, both', async () => {
  const cwd = people.silent();
  const options = { cwd, env: environment(cwd) };
  const both = ['ana', 'ben'].map((name) => spawn(process.execPath, [PROGRAM, '-C', name, 'sync', '-'], options));
  onTestFinished(() => void both.map((one) => one.kill()));
  const [ana, ben] = both as [(typeof both)[number], (typeof both)[number]];
  ana.stdout.pipe(ben.stdin);
  ben.stdout.pipe(ana.stdin);
  const ended = both.map(async (one) => {
    one.stdin.on('error', () => {});
    const said: string[] = [];
    one.stderr.on('data', (bytes) => said.push(String(bytes)));
    const [status] = await once(one, 'close');
    return { status, said: said.join('') };
  });
  for (const one of await Promise.all(ended))
    expect(one).toMatchObject({ status: 20, said: expect.stringContaining('calls, too, and nobody answers') });
});

it('over socat, from one port of this computer to another', async () => {
  const cwd = people.friends();
  const [program = '', ...args] = BEN_SERVES;
  const exec = `EXEC:"${[program, ...args].join(' ')}"`;
  const listening = spawn('socat', ['-d', '-d', 'TCP-LISTEN:0,bind=127.0.0.1', exec], { cwd, env: environment(cwd) });
  onTestFinished(() => void listening.kill());
  const port = await portOf(listening);
  const ended = await runBeside(['-C', 'ana', 'sync', `cmd:socat - TCP:127.0.0.1:${port}`], { cwd });
  expect(ended).toMatchObject({ status: 0, stdout: expect.stringContaining('from ben: 1 new message') });
  expect(textsOf('ben', cwd)).toEqual(BOTH);
});

describe('a line that is bad', () => {
  const over = (...how: readonly string[]): string => command(process.execPath, BAD_LINE, ...how, ...BEN_SERVES);

  it('and slow, byte by byte, carries all', () => {
    const cwd = people.friends();
    expect(run(['-C', 'ana', 'sync', over('bytes', '0')], { cwd })).toMatchObject({ status: 0 });
    expect(textsOf('ben', cwd)).toEqual(BOTH);
  });

  it('ends a stream with a code, and the next one brings what is missing, once', () => {
    const chance = new Chance(seedOf('STREAM_SEED'));
    const cwd = people.friends();
    for (const how of ['flip', 'cut']) {
      post('ana', `ana ${how}`, cwd);
      const at = how === 'flip' ? 8 * (600 + chance.below(900)) : chance.below(1_500);
      const ended = run(['-C', 'ana', 'sync', over(how, `${at}`)], { cwd });
      expect([3, 20, 21, 30], `${how} ${at}: ${ended.stderr}`).toContain(ended.status);
      expect(ended.stderr, `${how} ${at}`).toMatch(/error: /);
      expect(ended.stderr).not.toContain('SSL routines');
      expect(ended.stdout).not.toContain('nothing new; sent: nothing');
      expect(run(['-C', 'ana', 'sync', command(...BEN_SERVES)], { cwd }), `${how} ${at}`).toMatchObject({ status: 0 });
      expect(textsOf('ben', cwd)).toEqual(textsOf('ana', cwd));
    }
    expect(textsOf('ben', cwd)).toHaveLength(4);
  });
});

/** Where socat listens, as it says. */
async function portOf({ stderr }: ChildProcess): Promise<string> {
  let said = '';
  for await (const bytes of stderr ?? []) {
    said += String(bytes);
    const [, port] = /listening on .*:(\d+)\n/.exec(said) ?? [];
    if (port !== undefined) return port;
  }
  throw new Error(`socat: ${said}`);
}
