// satchel live as two people run it, through a broker that a test plays (spec/cli.md, "live"; spec/live.md, "Programs").
import fs from 'node:fs';
import net, { type Socket } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { run, runBeside } from '../cli/program.js';
import { startLive, startStaying } from '../testkit/live-program.js';
import { meet, post, type TwoPeople, textsOf, twoPeople } from '../testkit/two-people.js';

/** Names that are listened to for one key. */
const DAYS = 3;
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

  /** Resolves when so many listen to so many names each. */
  isListenedTo(count: number, names = 1): Promise<void> {
    return new Promise((resolve) => {
      this.#listened = () => {
        if ([...this.#clients.values()].filter(({ size }) => size >= names).length >= count) resolve();
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

describe('live', () => {
  it('shows what the other one writes, which any command may do, and tells how it went', async () => {
    const cwd = people.met();
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
    const told = ana.stderr().trim().split('\n');
    expect(told.map((line) => JSON.parse(line) as object)).toMatchObject([
      { type: 'live', state: 'connected' },
      { type: 'live', state: 'ended', sent: 1, lost: 0, fresh: 1, ignored: 0 },
    ]);
    expect(broker.published.map((payload) => Buffer.from(payload, 'base64').length)).toEqual([272, 512]);
    expect(run(['-C', 'ana', 'check', '-q'], { cwd })).toMatchObject({ status: 0 });
  });

  it('through a broker that loses every third leaves the rest to one visit, and nothing comes twice', async () => {
    const cwd = people.met();
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
    meet(cwd);
    expect(textsOf('ana', cwd).filter((text) => text.startsWith('it is'))).toEqual(
      said.map((one) => `it is ${one}`).sort(),
    );
  });

  it('shows what is private also under keys that came while it ran', async () => {
    const cwd = people.met();
    const broker = new SocketBroker(cwd);
    const as = (who: string, ...words: readonly string[]): void => {
      const { status, stderr } = run(['-C', who, ...words], { cwd });
      if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
    };
    as('ana', 'post', '--to', 'ben', 'between us');
    meet(cwd);
    as('ben', 'post', '-t', 'ana', 'and back');
    meet(cwd);
    const ana = startLive('ana', ['-t', 'ben', broker.url], { cwd });
    const ben = startLive('ben', ['-t', 'ana', broker.url], { cwd });
    const reading = startStaying('ben', ['read', '-t', 'ana', '--follow'], { cwd });
    await Promise.all([ana.says('connected'), ben.says('connected'), reading.says('and back')]);
    as('ana', 'post', '-t', 'ben', 'under the first keys');
    await Promise.all([ana.says('under the first keys'), ben.says('under the first keys')]);
    as('ana', 'topic', 'renew', '-t', 'ben');
    meet(cwd);
    await broker.isListenedTo(2, 2 * DAYS);
    as('ana', 'post', '-t', 'ben', 'under the next keys');
    const all = [ana, ben, reading];
    await Promise.all(all.map((one) => one.says('under the next keys')));
    for (const one of all) expect(one.stdout()).not.toContain('its key is not here');
  });

  it('goes on when the connection breaks, and whatever a broker says that nobody asked for', async () => {
    const cwd = people.met();
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
    const cwd = people.met();
    const away = path.join(cwd, 'away');
    const body = 'for at in 1 2 3; do echo nobody there >&2; sleep 0.1; done; exec cat';
    fs.writeFileSync(away, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    const ana = startLive('ana', ['--max-duration', '2', `exec:${away}`], { cwd });
    expect(await ana.ended).toBe(0);
    expect(ana.stderr().split('nobody there')).toHaveLength(2);
    expect(ana.stderr()).toContain('not connected: ');
  });

  it('ends with a code where going on is in vain', async () => {
    const cwd = people.met();
    const ended = (...words: readonly string[]) => runBeside(['-C', 'ana', 'live', ...words], { cwd });
    expect(await ended()).toMatchObject({ status: 2, stderr: expect.stringContaining('live.channel') });
    expect(await ended('mqtts://me:secret@there')).toMatchObject({ status: 2 });
    expect(await ended('exec:foo%00bar')).toMatchObject({ status: 2 });
    expect(await ended('exec:sh -c exit%202')).toMatchObject({ status: 2 });
    expect(await ended('NOWHERE://there')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('satchel-live-nowhere'),
    });
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
    const long = startLive('ana', ['--max-duration', '3000000', 'exec:sh -c echo%20connected;cat'], { cwd });
    await long.says('connected to the broker');
    post('ana', 'still running', cwd);
    await long.says('still running');
    expect(await long.stop()).toBe(143);
    run(['-C', 'ana', 'config', 'set', 'live.channel', `exec:${refusing}`], { cwd });
    expect(await ended()).toMatchObject({ status: 30 });
  });
});
