// rclone, which reaches many places, and whose WebDAV server many run. Long, as it is a program of its own for each request, or
// each test.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/sync/store/open-store.js';
import { run, runJson } from '../cli/program.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { describeStore } from './contract.js';

/** The origin of a server of a folder of its own, while the test lasts. */
async function serve(folder = scratchDirectory()): Promise<string> {
  const port = await freePort();
  const env = { ...process.env, RCLONE_CONFIG: '/dev/null', RCLONE_USER: 'ana', RCLONE_PASS: 'p w' };
  const child = spawn('rclone', ['serve', 'webdav', '--addr', `127.0.0.1:${port}`, folder], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => ended(child));
  await serving(child);
  return `127.0.0.1:${port}`;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill();
  });
}

/** Until it says that it listens. */
function serving(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`rclone ended: ${said}`)));
    child.stderr?.on('data', (more) => {
      said += more;
      if (/Serving|started on/i.test(said)) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describeStore('rclone serve webdav', async () => {
  const host = await serve();
  const env = { HERE: 'machine 127.0.0.1 login ana password "p w"' };
  return openStore(`webdav://${host}/`, { env, credentials: 'env:HERE' });
});

/** Each request is a process. */
const FILES = 12;

describeStore(
  'a remote of rclone',
  async () => {
    const env = { ...process.env, RCLONE_CONFIG: '/dev/null', RCLONE_CONFIG_FAR_TYPE: 'local' };
    return openStore(`rclone:far:${scratchDirectory()}/relay`, { env });
  },
  { files: FILES },
);

it('is a drive for the built program, whose password stays where it is', async () => {
  const folder = scratchDirectory();
  const cwd = scratchDirectory();
  const url = `webdav://ana@${await serve(folder)}/`;
  fs.writeFileSync(path.join(cwd, 'passwords'), 'machine 127.0.0.1 login ana password "p w"\n', { mode: 0o600 });
  const ana = (...words: string[]) => run(words, { cwd });
  ana('init', '--name', 'Ana', '-q');
  expect(ana('drive', 'init', url)).toMatchObject({ status: 30, stderr: expect.stringContaining('drive.credentials') });
  expect(ana('config', 'set', 'drive.credentials', path.join(cwd, 'passwords')).status).toBe(0);
  expect(ana('drive', 'init', '--label', 'cloud', url)).toMatchObject({ status: 0 });
  ana('post', '-q', '-t', 'garden', 'hello');
  expect(ana('sync', url).stdout).toMatch(/cloud: all is uploaded\n$/);
  expect(fs.readdirSync(folder)).toContain('drive.json');
  expect(runJson<{ drives: object[] }>(['sync', url], { cwd }).drives).toMatchObject([
    { url, requests: 1, touched: false },
  ]);
  const kept = fs.readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'passwords');
  expect(kept.some((name) => /journal.stores/.test(name))).toBe(true);
  const files = kept.map((name) => path.join(cwd, name)).filter((file) => fs.statSync(file).isFile());
  for (const file of files) expect(fs.readFileSync(file).includes('p w'), file).toBe(false);
});
