// Streams over a serial line (spec/cli.md, "Streams"): two terminals of this computer with a bad wire between them.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { Chance } from '../testkit/chance.js';
import { seedOf } from '../testkit/seed.js';
import { post, type TwoPeople, textsOf, twoPeople } from '../testkit/two-people.js';
import { environment, PROGRAM, run, runBeside } from './program.js';

let people: TwoPeople;
beforeAll(() => {
  people = twoPeople();
  return () => people.remove();
});

const BAUD = 1_000_000;
const BOTH = ['ana was here', 'ben was here'];
/** One byte in so many is another one. */
const CHANGED = 1 / 2_000;

it('carries all over a line that changes bytes, one stream after the other, and says when nobody is there', async () => {
  const cwd = people.friends();
  const chance = new Chance(seedOf('STREAM_SEED'));
  const wire = await wireBetween(cwd, (bytes) => {
    for (let i = 0; i < bytes.length; i++) if (chance.happens(CHANGED)) bytes[i] = chance.below(256);
    return bytes;
  });
  const url = (end: string): string => `serial:${end}?baud=${BAUD}`;
  const ben = await serve(cwd, url(wire.b));
  const sync = () => runBeside(['-C', 'ana', 'sync', url(wire.a)], { cwd });
  expect(await sync()).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('from ben: 1 new message; sent: 1'),
  });
  expect([textsOf('ana', cwd), textsOf('ben', cwd)]).toEqual([BOTH, BOTH]);
  post('ana', randomBytes(3_000).toString('base64'), cwd);
  expect(await sync()).toMatchObject({ status: 0, stdout: expect.stringContaining('sent: 1 message') });
  run(['-C', 'eve', 'init', '--name', 'eve', '-q'], { cwd });
  const eve = await runBeside(['-C', 'eve', 'sync', url(wire.a)], { cwd });
  expect(eve).toMatchObject({ status: 21, stderr: expect.stringContaining('knows no device of yours') });
  // cut in the middle, with a wire that is pulled out; plugged in again, all is there
  post('ana', randomBytes(9_000).toString('base64'), cwd);
  const cut = sync();
  await wire.pullOut(5_000);
  ben.kill('SIGTERM');
  expect([3, 30]).toContain((await cut).status);
  wire.plugIn();
  const again = await serve(cwd, url(wire.b));
  expect(await sync()).toMatchObject({ status: 0 });
  expect(textsOf('ben', cwd)).toEqual(textsOf('ana', cwd));
  expect(textsOf('ben', cwd)).toHaveLength(4);
  again.kill('SIGTERM');
});

it('says of what is no device that it is none', () => {
  const cwd = people.silent();
  fs.writeFileSync(path.join(cwd, 'file'), '');
  for (const device of ['/dev/no-such-line', path.join(cwd, 'file')]) {
    const ended = run(['-C', 'ana', 'sync', `serial:${device}`], { cwd });
    expect(ended).toMatchObject({ status: 30, stderr: expect.stringContaining(`${device} cannot be set up`) });
  }
  for (const url of ['serial:', 'serial:/dev/tty?baud=fast', 'serial:/dev/tty?baud=0'])
    expect(run(['-C', 'ana', 'sync', url], { cwd }).status, url).toBe(2);
});

interface Wire {
  readonly a: string;
  readonly b: string;
  /** Nothing passes any more once so many bytes more have passed; resolves then. */
  pullOut(after: number): Promise<void>;
  plugIn(): void;
}

/** Two terminals; what is written to one is read from the other, as far as the change lets it. */
async function wireBetween(cwd: string, change: (bytes: Buffer) => Buffer): Promise<Wire> {
  const a = await terminal(path.join(cwd, 'tty-a'));
  const b = await terminal(path.join(cwd, 'tty-b'));
  let left = Number.POSITIVE_INFINITY;
  let isOut = (): void => {};
  const pass = (from: ChildProcess, to: ChildProcess): void =>
    void from.stdout?.on('data', (bytes: Buffer) => {
      left -= bytes.length;
      if (left > 0) to.stdin?.write(change(bytes));
      else isOut();
    });
  pass(a.child, b.child);
  pass(b.child, a.child);
  return {
    a: a.file,
    b: b.file,
    pullOut: (after) =>
      new Promise((resolve) => {
        left = after;
        isOut = resolve;
      }),
    plugIn: () => {
      left = Number.POSITIVE_INFINITY;
    },
  };
}

/** One that stays when nobody has it open. */
async function terminal(file: string) {
  const child = spawn('socat', ['-d', '-d', '-', `PTY,link=${file},raw,echo=0`], { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill());
  let said = '';
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (bytes: Buffer) => {
      said += String(bytes);
      if (said.includes('starting data transfer')) resolve();
    });
  });
  const held = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_NOCTTY);
  onTestFinished(() => fs.closeSync(held));
  return { child, file };
}

async function serve(cwd: string, url: string): Promise<ChildProcess> {
  const args = [PROGRAM, '-C', 'ben', 'serve', '--listen', url];
  const child = spawn(process.execPath, args, { cwd, env: environment(cwd), stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise<void>((resolve) => {
    child.stderr?.on('data', (bytes: Buffer) => {
      if (String(bytes).includes('answering at')) resolve();
    });
  });
  return child;
}
