// satchel live as two people run it, through a broker that a test plays (spec/cli.md, "live"; spec/live.md, "Programs").
import fs from 'node:fs';
import net, { type Socket } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { run, runBeside } from '../cli/program.js';
import { startLive } from '../testkit/live-program.js';
import { post, type TwoPeople, textsOf, twoPeople } from '../testkit/two-people.js';

const PASS_ON = path.resolve('test/testkit/pass-on.mjs');

let people: TwoPeople;
beforeAll(() => {
  people = twoPeople();
  return () => people.remove();
});

/** A broker at a socket, which passes on what is published, but for every so many. */
class SocketBroker {
  readonly published: string[] = [];
  readonly #clients = new Map<Socket, Set<string>>();
  readonly #dropsEach: number;
  readonly url: string;
  #listened = (): void => {};

  constructor(directory: string, dropsEach = Number.POSITIVE_INFINITY) {
    this.#dropsEach = dropsEach;
    const place = path.join(directory, 'broker.sock');
    this.url = `exec:${process.execPath} ${PASS_ON} ${place}`;
    const server = net.createServer((socket) => this.#serve(socket)).listen(place);
    onTestFinished(() => {
      server.close();
      this.cut();
    });
  }

  /** Loses every connection. */
  cut(): void {
    for (const socket of this.#clients.keys()) socket.destroy();
  }

  /** Resolves when so many listen to names. */
  isListenedTo(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#listened = () => {
        if ([...this.#clients.values()].filter(({ size }) => size > 0).length >= count) resolve();
      };
      this.#listened();
    });
  }

  say(line: string): void {
    for (const socket of this.#clients.keys()) socket.write(`${line}\n`);
  }

  #serve(socket: Socket): void {
    const names = new Set<string>();
    this.#clients.set(socket, names);
    let rest = '';
    socket.write('connected\n');
    socket.on('data', (bytes) => {
      const lines = `${rest}${bytes.toString('latin1')}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#obey(names, line);
    });
    socket.on('error', () => {});
    socket.on('close', () => this.#clients.delete(socket));
  }

  #obey(names: Set<string>, line: string): void {
    const [word, name = '', payload = ''] = line.split(' ');
    if (word === 'subscribe') names.add(name);
    this.#listened();
    if (word === 'unsubscribe') names.delete(name);
    if (word !== 'publish') return;
    this.published.push(payload);
    if (this.published.length % this.#dropsEach === 0) return;
    for (const [socket, wanted] of this.#clients) if (wanted.has(name)) socket.write(`message ${name} ${payload}\n`);
  }
}

/** Two who have met, and heard from each other. */
function met(): string {
  const cwd = people.friends();
  fs.mkdirSync(path.join(cwd, 'stick'));
  run(['-C', 'ana', 'drive', 'init', '-q', 'stick'], { cwd });
  for (const who of ['ana', 'ben', 'ana']) {
    const ended = run(['-C', who, 'sync', '-q', '--open', 'stick'], { cwd });
    if (ended.status !== 0) throw new Error(ended.stderr);
  }
  return cwd;
}

describe('live', () => {
  it('shows what the other one writes, which any command may do, and tells how it went', async () => {
    const cwd = met();
    const broker = new SocketBroker(cwd);
    const ana = startLive('ana', ['--json', broker.url], { cwd });
    const ben = startLive('ben', [broker.url], { cwd });
    await Promise.all([broker.isListenedTo(2), ben.says('connected to the broker')]);
    post('ben', 'said now', cwd);
    await ana.says('said now');
    post('ana', 'and answered', cwd);
    await ben.says('and answered');
    expect(await ana.stop('SIGINT')).toBe(130);
    expect(await ben.stop('SIGTERM')).toBe(143);
    const lines = ana.stdout().trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { text: string }).text)).toEqual(['said now', 'and answered']);
    expect(ben.stderr()).toContain('1 hint sent; ');
    expect(broker.published.map((payload) => Buffer.from(payload, 'base64').length)).toEqual([272, 512]);
    expect(run(['-C', 'ana', 'check', '-q'], { cwd })).toMatchObject({ status: 0 });
  });

  it('through a broker that loses every third leaves the rest to one visit, and nothing comes twice', async () => {
    const cwd = met();
    const broker = new SocketBroker(cwd, 3);
    const ana = startLive('ana', [broker.url], { cwd });
    const ben = startLive('ben', [broker.url], { cwd });
    await Promise.all([ana.says('connected to the broker'), ben.says('connected to the broker')]);
    const said = ['one', 'two', 'three', 'four', 'five', 'six'];
    for (const text of said) {
      post('ben', `it is ${text}`, cwd);
      await ben.says(`it is ${text}`);
    }
    await ana.says('it is five');
    await Promise.all([ana.stop(), ben.stop()]);
    expect(textsOf('ana', cwd).filter((text) => text.startsWith('it is'))).toHaveLength(4);
    for (const who of ['ben', 'ana']) run(['-C', who, 'sync', '-q', '--open', 'stick'], { cwd });
    expect(textsOf('ana', cwd).filter((text) => text.startsWith('it is'))).toEqual(
      said.map((one) => `it is ${one}`).sort(),
    );
  });

  it('goes on when the connection breaks, and whatever a broker says that nobody asked for', async () => {
    const cwd = met();
    const broker = new SocketBroker(cwd);
    const ana = startLive('ana', [broker.url], { cwd });
    const ben = startLive('ben', [broker.url], { cwd });
    await Promise.all([ana.says('connected to the broker'), ben.says('connected to the broker')]);
    for (const line of ['', 'message', 'message 0123456789abcdef', 'nonsense', 'x'.repeat(100_000)]) broker.say(line);
    broker.say(`message 0123456789abcdef ${Buffer.alloc(272).toString('base64')}`);
    broker.cut();
    await Promise.all([ana.says('not connected: '), ben.says('not connected: ')]);
    await Promise.all([ana.says('connected to the broker', 2), ben.says('connected to the broker', 2)]);
    post('ben', 'still here', cwd);
    await ana.says('still here');
  });

  it('says once that nobody is reached, as long as that is so', async () => {
    const cwd = met();
    const away = path.join(cwd, 'away');
    const body = 'for at in 1 2 3; do echo nobody there >&2; sleep 0.1; done; exec cat';
    fs.writeFileSync(away, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    const ana = startLive('ana', ['--max-duration', '2', `exec:${away}`], { cwd });
    expect(await ana.ended).toBe(0);
    expect(ana.stderr().split('nobody there')).toHaveLength(2);
    expect(ana.stderr()).toContain('not connected: ');
  });

  it('ends with a code where going on is in vain', async () => {
    const cwd = met();
    const ended = (...words: readonly string[]) => runBeside(['-C', 'ana', 'live', ...words], { cwd });
    expect(await ended()).toMatchObject({ status: 2, stderr: expect.stringContaining('live.channel') });
    expect(await ended('mqtts://me:secret@there')).toMatchObject({ status: 2 });
    expect(await ended('nowhere://there')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('satchel-live-nowhere cannot be run'),
    });
    const refusing = path.join(cwd, 'refusing');
    fs.writeFileSync(refusing, '#!/bin/sh\necho not you >&2\nexit 7\n', { mode: 0o755 });
    expect(await ended(`exec:${refusing}`)).toMatchObject({
      status: 30,
      stderr: expect.stringMatching(/does not let .* in: not you/),
    });
    expect(await ended('--max-duration', '1', 'exec:false')).toMatchObject({ status: 0 });
    run(['-C', 'ana', 'config', 'set', 'live.channel', `exec:${refusing}`], { cwd });
    expect(await ended()).toMatchObject({ status: 30 });
  });
});
