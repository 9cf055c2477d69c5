// Calls: a pipe that anybody may be at becomes one that only two devices read, by TLS 1.3 with a key that they alone have
// (spec/stream.md, "Calls").
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { SatchelError } from '../../format/error.js';
import { CALL_HINTS_MAX } from '../../format/limits.js';
import {
  CALL_HEADER_SIZE,
  type CallFrameType,
  type CallKeys,
  callFrameLength,
  callHint,
  decodeChoice,
  decodeHints,
  encodeCallFrame,
  encodeChoice,
  encodeHints,
  HINT_SIZE,
} from '../../format/stream/call.js';
import { NONCE_SIZE } from '../../format/stream/hello.js';
import type { CallBook } from './call-keys.js';
import { Gate } from './gate.js';
import { lost, stopped } from './inbox.js';
import { type BytePipe, pipeOf } from './pipe.js';
import { type StreamClock, SYSTEM_CLOCK } from './stream-clock.js';

/** How a call is made. */
export interface CallOptions {
  /** For reports. */
  readonly name: string;
  readonly book: CallBook;
  readonly random: (size: number) => Buffer;
  /** So long is waited until the channel is there. */
  readonly limitMs: number;
  readonly clock?: StreamClock | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The pipe to whoever answers, encrypted.
 * @throws SatchelError `untrusted-peer` when nobody known does, `bad-stream` when it is another program, `peer-lost`
 */
export function call(duplex: Duplex, options: CallOptions): Promise<BytePipe> {
  return within(duplex, options, async (line) => {
    line.send('call');
    const nonce = await line.next('nonce');
    const { keys, hints, salt } = await hintsFor(options, nonce);
    line.send('hints', encodeHints(salt, hints));
    const choice = await line.next('choice', () => hungUp(options.book));
    const chosen = keys[decodeChoice(choice, hints.length)];
    if (!chosen) throw new SatchelError('bad-stream', 'what answers chose a hint that stands for nobody');
    line.handOver();
    return channelTo(duplex, chosen.channel, line.stop);
  });
}

/**
 * The pipe to whoever calls, encrypted.
 * @throws SatchelError `untrusted-peer` when it is nobody known, `bad-stream`, `over-limit`, `peer-lost`
 */
export function answerCall(duplex: Duplex, options: CallOptions): Promise<BytePipe> {
  return within(duplex, options, async (line) => {
    await line.next('call');
    const nonce = options.random(NONCE_SIZE);
    line.send('nonce', nonce);
    const { salt, hints } = decodeHints(await line.next('hints'));
    const places = new Map(hints.map((hint, i) => [hint.toString('hex'), i]));
    const known = (await options.book.keys('answerer')).flatMap((keys) => {
      const index = places.get(callHint(keys, { nonce, salt }).toString('hex'));
      return index === undefined ? [] : { keys, index };
    });
    const [first] = known;
    if (!first) throw unknown(options.book);
    line.send('choice', encodeChoice(first.index));
    line.handOver();
    return channelFrom(duplex, first.keys.channel, line.stop);
  });
}

/** Only what the other end has, too, can be used; the rest is there so that nobody can count contacts. */
async function hintsFor({ book, random }: CallOptions, nonce: Buffer) {
  const salt = random(NONCE_SIZE);
  const known = (await book.keys('caller')).slice(0, CALL_HINTS_MAX);
  const made: { readonly hint: Buffer; readonly keys?: CallKeys }[] = known.map((keys) => ({
    hint: callHint(keys, { nonce, salt }),
    keys,
  }));
  while (made.length < paddedCount(known.length)) made.push({ hint: random(HINT_SIZE) });
  // in an order that says nothing
  made.sort((a, b) => Buffer.compare(a.hint, b.hint));
  return { salt, hints: made.map(({ hint }) => hint), keys: made.map(({ keys }) => keys) };
}

/** A power of two, so that it says little about how many there are. */
function paddedCount(count: number): number {
  let padded = HINTS_LEAST;
  while (padded < count) padded *= 2;
  return padded;
}

const HINTS_LEAST = 32;
/** One whose hash is SHA-256, as keys have it that were not made by TLS itself. */
const TLS = { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' } as const;
/** Who it is has been found out before. */
const IDENTITY = 'satchel';
const EXPORTER = 'EXPORTER-satchel';
const BINDING_SIZE = 32;

async function channelTo(socket: Duplex, key: Buffer, stop: AbortSignal): Promise<TLSSocket> {
  const { connect } = await import('node:tls');
  const channel = connect({
    ...TLS,
    socket,
    pskCallback: () => ({ psk: key, identity: IDENTITY }),
    // who has the key shows no certificate, whoever may have signed one
    checkServerIdentity: () => new Error('a certificate was shown'),
  });
  channel.on('error', () => {});
  await once(channel, 'secureConnect', { signal: stop });
  return channel;
}

async function channelFrom(socket: Duplex, key: Buffer, stop: AbortSignal): Promise<TLSSocket> {
  const { createServer } = await import('node:tls');
  const server = createServer({ ...TLS, pskCallback: () => key });
  const failed = new Promise<never>((_, reject) => {
    server.once('tlsClientError', reject);
  });
  const made = once(server, 'secureConnection', { signal: stop });
  server.emit('connection', socket);
  const [channel] = (await Promise.race([made, failed])) as [TLSSocket];
  return channel;
}

/** Makes a channel in its time, or ends the pipe. */
async function within(
  duplex: Duplex,
  options: CallOptions,
  make: (line: Line) => Promise<TLSSocket>,
): Promise<BytePipe> {
  const line = new Line(duplex, options);
  try {
    const socket = await make(line);
    const pipe = pipeOf(options.name, socket, socket);
    const destroy = (): void => {
      pipe.destroy();
      duplex.destroy();
    };
    return { ...pipe, binding: socket.exportKeyingMaterial(BINDING_SIZE, EXPORTER, Buffer.alloc(0)), destroy };
  } catch (error) {
    duplex.destroy();
    throw line.failure(error);
  } finally {
    line.release();
  }
}

/** Frames before there is a channel, for so long and no longer. */
class Line {
  /** When the time is up, or nobody wants it any more. */
  readonly stop: AbortSignal;
  readonly #duplex: Duplex;
  readonly #gate = new Gate();
  readonly #handOver: () => void;
  readonly #release: () => void;
  readonly #wanted: AbortSignal | undefined;
  #isLate = false;

  constructor(duplex: Duplex, { limitMs, clock = SYSTEM_CLOCK, signal }: LineOptions) {
    this.#duplex = duplex;
    const stop = new AbortController();
    this.#wanted = signal;
    this.stop = stop.signal;
    const end = (): void => {
      stop.abort();
      this.#gate.fail(stopped(signal));
    };
    const stopClock = clock.after(limitMs, () => {
      this.#isLate = true;
      end();
    });
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end);
    // one listener for all that is taken: each that is added is told at once of what is there
    const changed = (): void => this.#gate.changed();
    for (const event of EVENTS) duplex.on(event, changed);
    // whoever waits is told by what it waits for; nobody may be gone when it comes
    duplex.on('error', () => {});
    this.#handOver = () => {
      for (const event of EVENTS) duplex.off(event, changed);
    };
    this.#release = () => {
      stopClock();
      signal?.removeEventListener('abort', end);
    };
  }

  send(type: CallFrameType, payload?: Buffer): void {
    this.#duplex.write(encodeCallFrame(type, payload));
  }

  /** The payload of the next frame, which has to be of this type. @throws what `missing` makes when none comes */
  async next(type: CallFrameType, missing = ended): Promise<Buffer> {
    const length = callFrameLength(type, await this.take(CALL_HEADER_SIZE, missing));
    return length === 0 ? Buffer.alloc(0) : this.take(length, missing);
  }

  /** The next so many bytes, and no more of it. @throws what `missing` makes when no more come */
  async take(size: number, missing = ended): Promise<Buffer> {
    let bytes: Buffer | null = null;
    const isOver = (): boolean => this.#duplex.readableEnded || this.#duplex.destroyed;
    await this.#gate.until(() => {
      bytes = this.#duplex.read(size) as Buffer | null;
      return bytes !== null || isOver();
    });
    const taken = bytes as Buffer | null;
    if (taken?.length === size) return taken;
    throw missing();
  }

  /** What something that went wrong here means. */
  failure(error: unknown): SatchelError {
    if (this.#isLate) return lost('nothing answered in time', error);
    if (error instanceof SatchelError) return error;
    if (this.stop.aborted) return stopped(this.#wanted);
    // it had the hint, and not the key: somebody changes what passes
    return new SatchelError('untrusted-peer', 'what is at the other end has not the key that it chose', {
      cause: error,
      hint: 'look at what is between the two computers',
    });
  }

  /** Somebody else takes what comes. */
  handOver(): void {
    this.#handOver();
  }

  release(): void {
    this.#handOver();
    this.#release();
  }
}

type LineOptions = Pick<CallOptions, 'limitMs' | 'clock' | 'signal'>;

const EVENTS = ['readable', 'end', 'close', 'error'];

function ended(): SatchelError {
  return lost('the connection ended before anything was said');
}

/** To who calls they look alike: whom nobody knows is told nothing. */
function hungUp({ isForSome }: CallBook): SatchelError {
  const whom = isForSome ? 'it is none whom --for names, ' : '';
  const look = isForSome ? 'leave --for out, or ' : '';
  return new SatchelError(
    'untrusted-peer',
    `what answers hung up: ${whom}it knows no device of yours, or it was busy or cut off`,
    { hint: `try again; if it stays so, ${look}${EXCHANGE}` },
  );
}

/** Nobody of those who may call does. */
function unknown({ isForSome }: CallBook): SatchelError {
  if (isForSome)
    return new SatchelError('untrusted-peer', 'who calls is no device of anybody whom --for names', {
      hint: 'leave it out, or name who calls',
    });
  return new SatchelError('untrusted-peer', 'who calls is no device of a contact of yours, nor one of your own', {
    hint: EXCHANGE,
  });
}

const EXCHANGE = 'exchange cards: "satchel card" there, "satchel contact add" here';
