// rclone as a WebDAV server.
import { type ChildProcess, spawn } from 'node:child_process';
import net from 'node:net';
import { onTestFinished } from 'vitest';
import { scratchDirectory } from './scratch.js';

/** The host of a server of a folder of its own, for the login `ana` with `p w`, while the test lasts. */
export async function serveWebdav(folder = scratchDirectory()): Promise<string> {
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
