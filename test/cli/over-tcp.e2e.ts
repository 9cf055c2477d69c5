// Streams over a network (spec/cli.md, "serve"): only contacts are answered, and nobody else learns anything or keeps them out.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { post, type TwoPeople, textsOf, twoPeople } from '../testkit/two-people.js';
import { environment, PROGRAM, run, runBeside } from './program.js';

let people: TwoPeople;
beforeAll(() => {
  people = twoPeople();
  return () => people.remove();
});

const BOTH = ['ana was here', 'ben was here'];
/** More than are spoken to at once. */
const CROWD = 40;

it('answers contacts over TCP, and of all others nobody learns anything, or keeps them out', async () => {
  const cwd = people.friends();
  const ben = await serve(cwd, 'ben');
  const sync = (name: string, ...args: readonly string[]) => runBeside(['-C', name, 'sync', ben.url, ...args], { cwd });
  const first = await sync('ana');
  expect(first).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('from ben: 1 new message; sent: 1 message'),
  });
  expect(textsOf('ben', cwd)).toEqual(BOTH);
  run(['-C', 'eve', 'init', '--name', 'eve', '-q'], { cwd });
  run(['-C', 'eve', 'contact', 'add', 'ben.card'], { cwd });
  expect(await sync('eve')).toMatchObject({ status: 21, stderr: expect.stringContaining('knows no device of yours') });
  expect(await heardBy(ben.port, 'GET / HTTP/1.1\r\n\r\n')).toBe('');
  // who comes in a crowd and says nothing is turned away for who is known
  const crowd = Array.from({ length: CROWD }, () => connect(ben.port, '127.0.0.1').on('error', () => {}));
  await Promise.all(crowd.map((socket) => once(socket, 'connect')));
  post('ana', 'through the crowd', cwd);
  expect(await sync('ana', '--json')).toMatchObject({ status: 0 });
  for (const socket of crowd) socket.destroy();
  ben.child.kill('SIGTERM');
  const { status, stdout } = await ben.ended;
  expect(status).toBe(143);
  // one line for each who was known
  expect(stdout.match(/from ana: 1 new message/g)).toHaveLength(2);
  expect(stdout.match(/tcp:\/\//g)).toHaveLength(2);
  expect(textsOf('ben', cwd)).toEqual(['ana was here', 'ben was here', 'through the crowd']);
});

it('says of strangers what came, and not each time, and who is there already', async () => {
  const cwd = people.silent();
  const ben = await serve(cwd, 'ben');
  const taken = run(['-C', 'ben', 'serve', '--listen', ben.url], { cwd });
  expect(taken).toMatchObject({ status: 30, stderr: expect.stringContaining('name a port that is free') });
  for (let i = 0; i < 5; i++) await heardBy(ben.port, 'GET / HTTP/1.1\r\n\r\n');
  ben.child.kill('SIGTERM');
  const { stderr } = await ben.ended;
  expect(stderr.match(/\d calls? of nobody known/g)).toEqual(
    ['1 call', '2 calls', '4 calls'].map((n) => `${n} of nobody known`),
  );
  const gone = run(['-C', 'ana', 'sync', ben.url.replace('tcp', 'TCP')], { cwd });
  expect(gone).toMatchObject({
    status: 30,
    stderr: expect.stringContaining(`nobody answers at ${ben.url} (ECONNREFUSED`),
  });
  expect(run(['-C', 'ana', 'sync', '-q', '--if-present', ben.url], { cwd })).toMatchObject({ status: 0, stderr: '' });
});

/** All that is answered to who says this. */
async function heardBy(port: number, said: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(said);
  let heard = '';
  socket.on('data', (bytes) => {
    heard += bytes;
  });
  await once(socket, 'close');
  return heard;
}

interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  readonly ended: Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Somebody who listens at a free port. */
async function serve(cwd: string, name: string): Promise<Serving> {
  const words = ['-C', name, 'serve', '--listen', 'tcp://127.0.0.1:0'];
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd, env: environment(cwd) });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  const ended = new Promise<Awaited<Serving['ended']>>((resolve) => {
    child.once('close', (status) => resolve({ status, ...said }));
  });
  const url = await new Promise<string>((resolve) => {
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (bytes: Buffer) => {
        said[stream] += bytes;
        const [, at] = /answering at (\S+)/.exec(said.stderr) ?? [];
        if (at !== undefined) resolve(at);
      });
  });
  return { child, url, port: Number(url.split(':').at(-1)), ended };
}
