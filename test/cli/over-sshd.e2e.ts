// Streams over OpenSSH, as the page for two offices says (docs/two-offices.md), to a server on this computer.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { type SshServer, startSsh } from '../testkit/ssh-server.js';
import { post, type TwoPeople, textsOf, twoPeople } from '../testkit/two-people.js';
import { environment, PROGRAM, run, runBeside } from './program.js';

let people: TwoPeople;
beforeAll(() => {
  people = twoPeople();
  return () => people.remove();
});

const BOTH = ['ana was here', 'ben was here'];

/** A server at which satchel is in the PATH, with the environment of these tests. */
async function serverIn(cwd: string, options = ''): Promise<SshServer> {
  const bin = path.join(cwd, 'there');
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, 'satchel'), `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`, { mode: 0o755 });
  const { PATH = '', ...env } = environment(cwd);
  const server = await startSsh(options, { ...env, PATH: `${bin}:${PATH}` });
  onTestFinished(() => server.stop());
  return server;
}

it('satchel sync ssh://USER@HOST/DIR is all of it', async () => {
  const cwd = people.friends();
  const { bin, host } = await serverIn(cwd);
  const env = { PATH: `${bin}:${process.env['PATH']}` };
  const sync = (place: string) => runBeside(['-C', 'ana', 'sync', place], { cwd, env });
  const odd = path.join(cwd, "ben's notes");
  fs.renameSync(path.join(cwd, 'ben'), odd);
  expect(await sync(`ssh://${host}${encodeURI(odd)}`)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('from ben: 1 new message; sent: 1 message'),
  });
  expect([textsOf('ana', cwd), textsOf(odd, cwd)]).toEqual([BOTH, BOTH]);
  // of ssh itself nothing is hidden
  const nobody = await sync(`ssh://nobody-of-that-name@${host.split('@')[1]}/x`);
  expect(nobody).toMatchObject({
    status: 30,
    stderr: expect.stringContaining('ssh does not get to nobody-of-that-name'),
  });
});

it('a key may be let in for a stream alone, and for one person', async () => {
  const cwd = people.friends();
  const command = `satchel -C ${cwd}/ben serve --stdio --plain --for ana`;
  const { bin, host } = await serverIn(cwd, `restrict,command="${command}"`);
  const env = { PATH: `${bin}:${process.env['PATH']}` };
  expect(await runBeside(['-C', 'ana', 'sync', `ssh://${host}`], { cwd, env })).toMatchObject({ status: 0 });
  expect(textsOf('ben', cwd)).toEqual(BOTH);
  run(['-C', 'eve', 'init', '--name', 'eve', '-q'], { cwd });
  run(['-C', 'eve', 'card', '-o', 'eve.card'], { cwd });
  for (const [name, card] of [
    ['ben', 'eve.card'],
    ['eve', 'ben.card'],
  ] as const)
    run(['-C', name, 'contact', 'add', card], { cwd });
  post('eve', 'let me in', cwd);
  expect(await runBeside(['-C', 'eve', 'sync', `ssh://${host}`], { cwd, env })).toMatchObject({ status: 21 });
});
