// Servers over TLS: nothing is asked of one that does not prove who it is, and one whose authority the user trusts is a drive
// (spec/drive.md, "Servers over HTTP").
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/sync/store/open-store.js';
import { type Ended, environment, PROGRAM, run } from '../cli/program.js';
import { certified } from '../testkit/certificates.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { startWebdav } from '../testkit/webdav-server.js';
import { listOf } from './contract.js';

const KEYS = {
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  HERE: 'machine 127.0.0.1 login ana password pw',
};

it('a server whose authority nobody here knows is asked for nothing, and gets no password', async () => {
  const server = await startWebdav({ shown: certified('127.0.0.1') });
  const host = server.origin.replace('https://', '');
  for (const url of [`webdavs://ana@${host}/dav`, `https://ana@${host}/dav`, `s3://b?endpoint=${server.origin}`]) {
    const store = await openStore(url, { env: KEYS, credentials: 'env:HERE' });
    const refused = {
      code: 'io',
      message: expect.stringMatching(/UNABLE_TO_VERIFY_LEAF_SIGNATURE/),
      hint: expect.stringMatching(/NODE_EXTRA_CA_CERTS/),
    };
    await expect(listOf(store)).rejects.toMatchObject(refused);
  }
  expect(server.requests).toEqual([]);
});

it('a server is a drive for the program that trusts its authority, at the address that it is certified for, in time', async () => {
  const cwd = scratchDirectory();
  const authority = path.join(cwd, 'authority.pem');
  const satchel = (...words: string[]): Promise<Ended> => later(words, cwd, authority);
  const shown = certified('127.0.0.1');
  fs.writeFileSync(authority, shown.authority);
  const server = await startWebdav({ shown });
  const passwords = new Set<string | undefined>();
  server.fault = ({ headers }) => void passwords.add(headers.authorization) as undefined;
  const url = server.origin.replace('https://', 'webdavs://ana@');
  expect(run(['init', '--name', 'Ana', '-q'], { cwd }).status).toBe(0);
  run(['post', '-q', '-t', 'garden', 'hello'], { cwd });
  run(['config', 'set', 'drive.credentials', 'env:HERE'], { cwd });
  expect(await satchel('drive', 'init', `${url}/dav`)).toMatchObject({ status: 0 });
  expect(await satchel('sync', '--open', `${url}/dav`)).toMatchObject({ status: 0 });
  expect([...server.files.keys()].filter((name) => name.endsWith('.satchel'))).toHaveLength(1);
  expect([...passwords]).toEqual([`Basic ${Buffer.from('ana:pw').toString('base64')}`]);
  // the same server by another name, and one whose time is over
  const asked = server.requests.length;
  const named = await satchel('sync', `${url.replace('127.0.0.1', 'localhost')}/dav`);
  expect(named).toMatchObject({ status: 30, stderr: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') });
  expect(server.requests).toHaveLength(asked);
  const over = certified('127.0.0.1', -60_000);
  fs.writeFileSync(authority, over.authority);
  const late = await startWebdav({ shown: over });
  const expired = await satchel('sync', `${late.origin.replace('https', 'webdavs')}/dav`);
  expect(expired).toMatchObject({ status: 30, stderr: expect.stringContaining('CERT_HAS_EXPIRED') });
  expect(late.requests).toEqual([]);
});

/** Runs the built program beside the server in this process, with an authority that it trusts besides. */
function later(words: readonly string[], cwd: string, authority: string): Promise<Ended> {
  const env = { ...environment(cwd), ...KEYS, NODE_EXTRA_CA_CERTS: authority };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...words], { cwd, env }, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}
