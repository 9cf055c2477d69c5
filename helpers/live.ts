// A broker that satchel speaks to through a helper of ours, for as long as its standard input lasts (spec/live.md, "Programs").
import { SatchelError } from '../src/format/error.js';
import { assertShowable } from '../src/sync/medium/url.js';
import { type CredentialsPlace, USUAL_CREDENTIALS } from '../src/sync/store/credentials.js';
import { Lines } from '../src/sync/store/lines.js';
import { EXIT, type Failure } from './answer.js';

/** What is asked of a broker. */
export interface Broker {
  subscribe(name: string): void;
  unsubscribe(name: string): void;
  /** Lost where there is no connection. */
  publish(name: string, payload: Buffer): void;
  /** Takes its leave. */
  close(): Promise<void>;
}

/** What a broker tells. */
export interface Told {
  connected(): void;
  disconnected(): void;
  message(name: string, payload: Uint8Array): void;
  /** Trying on is in vain. */
  failed(failure: Failure): void;
}

/** Begins to reach the broker of a URL, and tries on until it is closed. @throws SatchelError `usage`, `denied` */
export type Open = (url: string, credentials: CredentialsPlace, told: Told) => Promise<Broker>;

/** Passes on lines until standard input ends or nothing more can be reached; returns the exit status, never rejects. */
export async function passOn(open: Open): Promise<number> {
  const { status, why } = await untilTheEnd(open).catch(failureOf);
  if (why !== '') process.stderr.write(`${why.split(/[\r\n]/, 1)[0]}\n`);
  return status;
}

async function untilTheEnd(open: Open): Promise<Failure> {
  const url = process.env['SATCHEL_LIVE_URL'];
  if (url === undefined) throw new SatchelError('usage', 'satchel live runs this, with the URL in SATCHEL_LIVE_URL');
  assertShowable(url);
  const named = process.env['SATCHEL_LIVE_CREDENTIALS'] ?? USUAL_CREDENTIALS;
  const ended = resolvers();
  const broker = await open(
    url,
    { named, env: process.env },
    {
      connected: () => say('connected'),
      disconnected: () => say('disconnected'),
      message: (name, payload) => {
        // nothing waits here for long: who reads too slowly loses messages
        const isRoom = process.stdout.writableLength <= WAITING_MAX;
        if (isRoom && isName(name) && payload.length <= PAYLOAD_MAX) say(`message ${name} ${base64(payload)}`);
      },
      failed: ended.resolve,
    },
  );
  const lines = new Lines((line) => obey(broker, line), LINE_MAX);
  process.stdin.on('data', (bytes: Buffer) => lines.add(bytes));
  process.stdin.once('end', () => ended.resolve(DONE));
  // who is not listened to any more has nothing left to do
  process.stdout.once('error', () => ended.resolve(DONE));
  const failure = await ended.promise;
  process.stdin.destroy();
  await broker.close();
  return failure;
}

function obey(broker: Broker, line: string): void {
  const [word, name = '', payload = ''] = line.split(' ', 3);
  if (!isName(name)) return;
  if (word === 'subscribe') broker.subscribe(name);
  else if (word === 'unsubscribe') broker.unsubscribe(name);
  else if (word === 'publish') {
    const bytes = Buffer.from(payload, 'base64');
    if (bytes.length > 0 && bytes.length <= PAYLOAD_MAX) broker.publish(name, bytes);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function isName(name: string): boolean {
  return NAME.test(name);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof SatchelError)) throw error;
  return { status: error.code === 'denied' ? EXIT.denied : EXIT.usage, why: error.message };
}

function resolvers(): { readonly promise: Promise<Failure>; resolve(failure: Failure): void } {
  let resolve: (failure: Failure) => void = () => {};
  const promise = new Promise<Failure>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const DONE: Failure = { status: EXIT.done, why: '' };
const NAME = /^[0-9a-f]{16}$/;
const PAYLOAD_MAX = 16_384;
const LINE_MAX = 32_768;
const WAITING_MAX = 1_048_576;
