// Hints over brokers that run here: one of MQTT, and one of NATS, each through its program (spec/live.md, "Programs").
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, runBeside } from '../cli/program.js';
import { startLive } from '../testkit/live-program.js';
import { startMosquitto } from '../testkit/mosquitto.js';
import { startNats } from '../testkit/nats-server.js';
import { post, type TwoPeople, textsOf, twoPeople } from '../testkit/two-people.js';

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
  url(port: number, login?: string): string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  MQTT: {
    program: 'helpers/mqtt/dist/satchel-live-mqtt.mjs',
    open: () => startMosquitto(),
    closed: () => startMosquitto({ name: 'ana', password: PASSWORD }),
    url: (port, login) => `mqtt://${login ? `${login}@` : ''}127.0.0.1:${port}/club`,
  },
  NATS: {
    program: 'helpers/nats/dist/satchel-live-nats.mjs',
    open: () => startNats({ isEmpty: true }),
    closed: () =>
      startNats({ isEmpty: true, more: `authorization { users = [{ user: "ana", password: "${PASSWORD}" }] }` }),
    url: (port, login) => `nats://${login ? `${login}@` : ''}127.0.0.1:${port}/club?plain`,
  },
};

let people: TwoPeople;
beforeAll(() => {
  people = twoPeople();
  return () => people.remove();
});

/** Two who have met. */
function met(): string {
  const cwd = people.friends();
  fs.mkdirSync(path.join(cwd, 'stick'));
  run(['-C', 'ana', 'drive', 'init', '-q', 'stick'], { cwd });
  for (const who of ['ana', 'ben', 'ana']) run(['-C', who, 'sync', '-q', '--open', 'stick'], { cwd });
  return cwd;
}

describe.each(Object.entries(KINDS))('%s', (_, { program, open, closed, url }) => {
  let server: Server;
  let env: Readonly<Record<string, string>>;
  let bin: string;
  beforeAll(async () => {
    server = await open();
    bin = fs.mkdtempSync('/tmp/satchel-bin-');
    fs.symlinkSync(path.resolve(program), path.join(bin, path.basename(program, '.mjs')));
    env = { PATH: `${bin}:${process.env['PATH']}` };
  });
  afterAll(async () => {
    await server.stop();
    fs.rmSync(bin, { recursive: true });
  });

  it('carries what is written at once, also after the broker was gone', async () => {
    const cwd = met();
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
    for (const who of ['ben', 'ana']) run(['-C', who, 'sync', '-q', '--open', 'stick'], { cwd });
    expect(textsOf('ana', cwd)).toEqual(expect.arrayContaining(['first', 'meanwhile', 'second']));
    expect(run(['-C', 'ana', 'check', '-q'], { cwd })).toMatchObject({ status: 0 });
  });

  it('lets in whom it knows, and its program says who is not', async () => {
    const guarded = await closed();
    try {
      const cwd = met();
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
});
