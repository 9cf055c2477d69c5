// rclone, which reaches many places, and whose WebDAV server many run. Long, as it is a program of its own for each request, or
// each test.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { run, runJson } from '../cli/program.js';
import { agedStore } from '../testkit/aged-store.js';
import { serveWebdav } from '../testkit/rclone-server.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { type SshServer, startSsh } from '../testkit/ssh-server.js';
import { describeStore, itComesToRest, LAG_MS } from './contract.js';

async function openWebdav(): Promise<DriveStore> {
  const host = await serveWebdav();
  const env = { HERE: 'machine 127.0.0.1 login ana password "p w"' };
  return openStore(`webdav://${host}/`, { env, credentials: 'env:HERE' });
}

describeStore('rclone serve webdav', openWebdav);

describe('rclone serve webdav that lags', () =>
  itComesToRest(async () => agedStore(await openWebdav(), LAG_MS), LAG_MS));

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

const servers: SshServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.stop();
});

async function openSftp(): Promise<DriveStore> {
  const server = servers[0] ?? (await startSsh('', {}));
  if (servers.length === 0) servers.push(server);
  const [user = '', , port = ''] = server.host.split(/[@:]/);
  const far = {
    RCLONE_CONFIG_FAR_TYPE: 'sftp',
    RCLONE_CONFIG_FAR_HOST: '127.0.0.1',
    RCLONE_CONFIG_FAR_PORT: port,
    RCLONE_CONFIG_FAR_USER: user,
    RCLONE_CONFIG_FAR_KEY_FILE: server.key,
    RCLONE_CONFIG_FAR_KNOWN_HOSTS_FILE: server.known,
  };
  const env = { ...process.env, RCLONE_CONFIG: '/dev/null', ...far };
  return openStore(`rclone:far:${scratchDirectory()}/relay`, { env });
}

describeStore("a folder of OpenSSH's server", openSftp, { files: FILES });

// two minutes, as each request is a process and a login
if (process.env['SOAK'] === '1')
  describe("a folder of OpenSSH's server that lags", () =>
    itComesToRest(async () => agedStore(await openSftp(), LAG_MS), LAG_MS));

it('is a drive for the built program, whose password stays where it is', async () => {
  const folder = scratchDirectory();
  const cwd = scratchDirectory();
  const url = `webdav://ana@${await serveWebdav(folder)}/`;
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
