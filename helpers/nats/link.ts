// What is asked of the servers, over a connection that is made anew when it is lost: of a cluster one server may go at any moment
// (spec/drive.md, "NATS").
import { setTimeout as passing } from 'node:timers/promises';
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { type ConnectionOptions, connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import type { Opening } from './credentials.js';
import { isPassing } from './failure.js';
import type { Place } from './place.js';

/** So long one server has to let us in, ms. */
const CONNECT_MS = 10_000;
/** So long an answer may take at first, ms; twice as long each time: nothing tells a slow line from servers that nobody leads. */
const ANSWER_MS = 5_000;
/** Before what failed is asked once more, ms; twice as long each time. */
const PAUSE_MS = 250;
/** So long it is asked, ms: servers take up to 9 seconds to find out who leads them when one is lost. */
const PATIENCE_MS = 60_000;

/** A server that lets us in. */
export interface Connected {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** So long an answer may take, ms. */
  readonly answerMs: number;
}

/** The servers of a place. */
export class Link {
  readonly #options: ConnectionOptions;
  #connected: Connected | undefined;

  constructor(place: Place, opening: Opening) {
    // where to go when one is lost is decided here
    this.#options = { ...connecting(place, opening), reconnect: false };
  }

  /**
   * Asks with `work`, which can be repeated, and once more when what fails may pass. That nobody lets us in is not waited for.
   * @throws what the client throws
   */
  async ask<T>(work: (connected: Connected) => Promise<T>): Promise<T> {
    const until = Date.now() + PATIENCE_MS;
    for (let pause = PAUSE_MS, answerMs = ANSWER_MS; ; pause *= 2, answerMs *= 2) {
      const connected = await this.#connect(answerMs);
      try {
        return await work(connected);
      } catch (error) {
        if (!isPassing(error) || Date.now() + pause > until) throw error;
        await this.close();
        await passing(pause);
      }
    }
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    const connected = this.#connected;
    this.#connected = undefined;
    await connected?.nc.close();
  }

  async #connect(answerMs: number): Promise<Connected> {
    this.#connected ??= await connectTo(this.#options, answerMs);
    return this.#connected;
  }
}

/** How to connect to the servers of a place, and to no others. */
export function connecting({ servers, isPlain }: Place, opening: Opening): ConnectionOptions {
  return {
    ...shown(opening),
    servers: servers.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)),
    tls: isPlain ? null : {},
    timeout: CONNECT_MS,
    ignoreClusterUpdates: true,
  };
}

async function connectTo(options: ConnectionOptions, answerMs: number): Promise<Connected> {
  const nc = await connect(options);
  const { jetstream: isOn = false, cluster } = nc.info ?? {};
  if (!isOn && cluster === undefined) {
    await nc.close();
    throw new Error('JetStream is not switched on there');
  }
  const jsm = await jetstreamManager(nc, { timeout: answerMs, checkAPI: false });
  return { nc, js: jetstream(nc, { timeout: answerMs }), jsm, answerMs };
}

function shown(opening: Opening): Partial<ConnectionOptions> {
  if (!opening || !('file' in opening)) return opening ?? {};
  return { authenticator: credsAuthenticator(Buffer.from(opening.file)) };
}
