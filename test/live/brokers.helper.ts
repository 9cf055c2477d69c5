// Hints over brokers that run here: one of MQTT, and one of NATS, each through its program (spec/live.md, "Programs").
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, runBeside } from '../cli/program.js';
import { startLive } from '../testkit/live-program.js';
import { startMosquitto } from '../testkit/mosquitto.js';
import { startNats } from '../testkit/nats-server.js';
import { meet, post, type TwoPeople, textsOf, twoPeople } from '../testkit/two-people.js';

const PASSWORD = 'correct-horse-battery';

interface Server {
  readonly port: number;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface Kind {
  readonly program: string;
  open(): Promise<Server>;
  closed(): Promise<Server>;
  /** A URL that means nothing. */
  readonly wrong: string;
  url(port: number, login?: string): string;
}

const KINDS = {
  MQTT: {
    program: 'helpers/mqtt/dist/satchel-live-mqtt.mjs',
    open: () => startMosquitto(),
    closed: () => startMosquitto({ name: 'ana', password: PASSWORD }),
    wrong: 'mqtt://127.0.0.1/a+b',
    url: (port: number, login?: string) => `mqtt://${login ? `${login}@` : ''}127.0.0.1:${port}/club`,
  },
  NATS: {
    program: 'helpers/nats/dist/satchel-live-nats.mjs',
    open: () => startNats({ isEmpty: true }),
    closed: () =>
      startNats({ isEmpty: true, more: `authorization { users = [{ user: "ana", password: "${PASSWORD}" }] }` }),
    wrong: 'nats://127.0.0.1',
    url: (port: number, login?: string) => `nats://${login ? `${login}@` : ''}127.0.0.1:${port}/club?plain`,
  },
} satisfies Record<string, Kind>;

/** A folder for the PATH in which its program is. */
function binOf({ program }: Pick<Kind, 'program'>): string {
  const bin = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-bin-'));
  fs.symlinkSync(path.resolve(program), path.join(bin, path.basename(program, '.mjs')));
  return bin;
}

let people: TwoPeople;
beforeAll(() => {
  people = twoPeople();
  return () => people.remove();
});

describe.each(Object.entries<Kind>(KINDS))('%s', (_, { program, open, closed, wrong, url }) => {
  let server: Server;
  let env: Readonly<Record<string, string>>;
  let bin: string;
  beforeAll(async () => {
    server = await open();
    bin = binOf({ program });
    env = { PATH: `${bin}:${process.env['PATH']}` };
  });
  afterAll(async () => {
    await server.stop();
    fs.rmSync(bin, { recursive: true });
  });

  it('carries what is written at once, also after the broker was gone', async () => {
    const cwd = people.met();
    const ana = startLive('ana', [url(server.port)], { cwd, env });
    const ben = startLive('ben', [url(server.port)], { cwd, env });
    await Promise.all([ana.says('connected to the broker'), ben.says('connected to the broker')]);
    post('ben', 'first', cwd);
    await ana.says('first');
    await server.kill();
    await Promise.all([ana.says('not connected'), ben.says('not connected')]);
    post('ben', 'meanwhile', cwd);
    await ben.says('meanwhile');
    await server.start();
    await Promise.all([ana.says('connected to the broker', 2), ben.says('connected to the broker', 2)]);
    post('ben', 'second', cwd);
    await ana.says('second');
    await Promise.all([ana.stop(), ben.stop()]);
    expect(textsOf('ana', cwd)).not.toContain('meanwhile');
    meet(cwd);
    expect(textsOf('ana', cwd)).toEqual(expect.arrayContaining(['first', 'meanwhile', 'second']));
    expect(run(['-C', 'ana', 'check', '-q'], { cwd })).toMatchObject({ status: 0 });
  });

  it('lets in whom it knows, and its program says who is not', async () => {
    const guarded = await closed();
    try {
      const cwd = people.met();
      const netrc = (password: string): string => `machine 127.0.0.1 login ana password ${password}\n`;
      run(['-C', 'ana', 'config', 'set', 'drive.credentials', 'env:HERE'], { cwd });
      const words = ['-C', 'ana', 'live', '--max-duration', '60', url(guarded.port, 'ana')];
      const refused = await runBeside(words, { cwd, env: { ...env, HERE: netrc('wrong') } });
      expect(refused).toMatchObject({ status: 30, stderr: expect.stringContaining('does not let') });
      expect(refused.stderr).not.toContain('wrong');
      const ana = startLive('ana', [url(guarded.port, 'ana')], { cwd, env: { ...env, HERE: netrc(PASSWORD) } });
      await ana.says('connected to the broker');
      expect(await ana.stop()).toBe(143);
    } finally {
      await guarded.stop();
    }
  });

  it('ends for a URL that means nothing', async () => {
    const cwd = people.met();
    expect(await runBeside(['-C', 'ana', 'live', wrong], { cwd, env })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('PREFIX'),
    });
  });
});

it('NATS that lets nobody listen to such names ends it', async () => {
  const rights = 'default_permissions: { subscribe: "club.>", publish: "club.>" }';
  const more = `authorization { ${rights}, users = [{ user: "any", password: "any" }] }\nno_auth_user: any`;
  const server = await startNats({ isEmpty: true, more });
  const bin = binOf(KINDS.NATS);
  try {
    const cwd = people.met();
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    const there = `nats://127.0.0.1:${server.port}/club?plain`;
    const refused = await runBeside(['-C', 'ana', 'live', there.replace('/club', '/elsewhere')], { cwd, env });
    expect(refused).toMatchObject({ status: 30, stderr: expect.stringContaining('below "elsewhere') });
    const ana = startLive('ana', [there], { cwd, env });
    await ana.says('connected to the broker');
    expect(await ana.stop()).toBe(143);
  } finally {
    await server.stop();
    fs.rmSync(bin, { recursive: true });
  }
});
