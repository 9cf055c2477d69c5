// A broker behind a program: `exec:COMMAND`, and any scheme X with a program `satchel-live-X` in the PATH (spec/live.md,
// "Programs"). It runs for as long as it is needed, and is begun again when it ends.
import type { ChildProcess } from 'node:child_process';
import { SatchelError } from '../../format/error.js';
import { assertShowable, restOf, schemeOf, wordsOf } from '../medium/url.js';
import { Lines } from '../store/lines.js';
import { lastOf, withoutSecrets } from '../store/program.js';
import type { StreamClock } from '../stream/stream-clock.js';

/** How a broker is reached. */
export interface BrokerOptions {
  readonly url: string;
  readonly env: NodeJS.ProcessEnv;
  /** What the setting `drive.credentials` names; the program may look there. */
  readonly credentials: string;
  readonly clock: StreamClock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What is heard of a broker. */
export interface BrokerEvents {
  connected(): void;
  /** Why, as far as it is known: nothing goes or comes until it is connected again. */
  disconnected(why: string): void;
  message(name: string, payload: Buffer): void;
}

/** A broker. */
export class Broker {
  readonly #command: readonly [string, ...string[]];
  readonly #options: BrokerOptions;
  readonly #events: BrokerEvents;
  #child: ChildProcess | undefined;
  #names: ReadonlySet<string> = new Set();
  #isConnected = false;
  #isToldApart = false;
  #pause = PAUSE_MS;

  /** @throws SatchelError `usage` for a URL that names no program, or shows a password */
  constructor(options: BrokerOptions, events: BrokerEvents) {
    assertShowable(options.url);
    this.#command = commandOf(options.url);
    this.#options = options;
    this.#events = events;
  }

  /** Whether what is published now reaches it. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** From now on messages of these names come, and of no other ones. */
  subscribe(names: ReadonlySet<string>): void {
    const before = this.#names;
    this.#names = names;
    for (const name of names) if (!before.has(name)) this.#say(`subscribe ${name}`);
    for (const name of before) if (!names.has(name)) this.#say(`unsubscribe ${name}`);
  }

  /** Hands a message over; false when it is lost at once: there is no connection, or too much waits already. */
  publish(name: string, payload: Buffer): boolean {
    return this.#isConnected && this.#say(`publish ${name} ${payload.toString('base64')}`);
  }

  /**
   * Runs the program until the signal comes, again and again with growing pauses.
   * @throws SatchelError `usage` when it cannot be run, `denied` when the broker refuses it, `io` when it does not do what it has to
   */
  async run(): Promise<void> {
    const { signal, clock } = this.#options;
    while (!signal.aborted) {
      const ended = await this.#once();
      this.#isConnected = false;
      if (signal.aborted) return;
      this.#assertWorthwhile(ended);
      this.#tellApart(` ended${lastOf(ended.stderr)}`);
      await passed(clock, this.#pause, signal);
      this.#pause = Math.min(2 * this.#pause, PAUSE_MAX_MS);
    }
  }

  async #once(): Promise<ProgramEnded> {
    const { spawn } = await import('node:child_process');
    const { url, env, credentials, signal } = this.#options;
    const [program, ...args] = this.#command;
    const child = spawn(program, args, {
      env: { ...withoutSecrets(env), SATCHEL_LIVE_URL: url, SATCHEL_LIVE_CREDENTIALS: credentials },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#child = child;
    let stderr = '';
    child.stderr.on('data', (bytes: Buffer) => {
      stderr = `${stderr}${bytes.toString('utf8')}`.slice(-STDERR_MAX);
      if (stderr.endsWith('\n')) this.#tellApart(lastOf(stderr));
    });
    const lines = new Lines((line) => this.#hear(line), LINE_MAX);
    child.stdout.on('data', (bytes: Buffer) => lines.add(bytes));
    // one that has gone takes no more lines: its end tells
    child.stdin.on('error', () => {});
    const stop = (): void => {
      child.stdin.end();
      // who does not say goodbye when nothing is said any more is ended
      const stopWaiting = this.#options.clock.after(GOODBYE_MS, () => child.kill('SIGKILL'));
      child.once('exit', stopWaiting);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    for (const name of this.#names) this.#say(`subscribe ${name}`);
    try {
      return await new Promise<ProgramEnded>((resolve) => {
        child.once('error', (error: NodeJS.ErrnoException) => resolve({ status: null, stderr, error }));
        const done = (status: number | null): void => resolve({ status, stderr, error: undefined });
        child.once('exit', (status) => {
          // what it left running may keep its outputs open for ever
          const stopWaiting = this.#options.clock.after(GOODBYE_MS, () => done(status));
          child.once('close', stopWaiting);
        });
        child.once('close', done);
      });
    } finally {
      this.#child = undefined;
      child.stdout.destroy();
      child.stderr.destroy();
      signal.removeEventListener('abort', stop);
    }
  }

  /** Once until it is connected again: a broker that is away for long is not told of each time. */
  #tellApart(why: string): void {
    if (this.#isConnected || this.#isToldApart) return;
    this.#isToldApart = true;
    this.#events.disconnected(`${this.#command[0]}${why}`);
  }

  /** Whether it was handed to the program: one that takes nothing loses it rather than our memory. */
  #say(line: string): boolean {
    const stdin = this.#child?.stdin;
    if (!stdin?.writable || stdin.writableLength > WAITING_MAX) return false;
    stdin.write(`${line}\n`);
    return true;
  }

  #hear(line: string): void {
    const [word, name = '', payload = ''] = line.split(' ', 3);
    if (word === 'connected') {
      const isAnew = !this.#isConnected;
      this.#isConnected = true;
      this.#isToldApart = false;
      this.#pause = PAUSE_MS;
      if (isAnew) this.#events.connected();
    } else if (word === 'disconnected') {
      this.#isConnected = false;
      this.#tellApart(': the connection broke');
    } else if (word === 'message' && this.#names.has(name)) {
      this.#events.message(name, Buffer.from(payload, 'base64'));
    }
  }

  /** @throws SatchelError why beginning again is in vain */
  #assertWorthwhile({ status, stderr, error }: ProgramEnded): void {
    const [program] = this.#command;
    if (error) {
      const why = error.code === 'ENOENT' ? 'there is no such program' : error.message;
      throw new SatchelError('usage', `${program} cannot be run: ${why}`, {
        cause: error,
        hint: 'put one into the PATH: docs/live.md says which there are',
      });
    }
    if (status === USAGE)
      throw new SatchelError('usage', `${program} does not know such a URL${lastOf(stderr)}`, {
        hint: 'docs/live.md shows those of MQTT and NATS',
      });
    if (status !== DENIED) return;
    throw new SatchelError('denied', `the broker does not let ${program} in${lastOf(stderr)}`, {
      hint: 'see which credentials "satchel config get drive.credentials" names',
    });
  }
}

interface ProgramEnded {
  readonly status: number | null;
  readonly stderr: string;
  readonly error: NodeJS.ErrnoException | undefined;
}

function commandOf(url: string): readonly [string, ...string[]] {
  const scheme = schemeOf(url);
  if (scheme !== 'exec') return [`satchel-live-${scheme === 'mqtts' ? 'mqtt' : scheme}`];
  const [program, ...args] = wordsOf(restOf(url));
  if (program !== undefined) return [program, ...args];
  throw new SatchelError('usage', 'exec: names no program', { hint: 'such as "exec:my-broker there"' });
}

function passed(clock: StreamClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** As the helpers of drives say it. */
const USAGE = 2;
const DENIED = 7;
const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 60_000;
const GOODBYE_MS = 2_000;
/** Bytes that wait for the program to take them, at most. */
const WAITING_MAX = 1_048_576;
const STDERR_MAX = 4_096;
/** Bytes of a line: the largest hint in base64, and its name. */
const LINE_MAX = 32_768;
