// Requests over HTTP with what every store that speaks it needs: limits of time, files that stream, and answers in our words
// (spec/drive.md, "Servers over HTTP").
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { isThisComputer } from '../medium/url.js';
import { type Credentials, USUAL_CREDENTIALS } from './credentials.js';
import type { LocalFile, StoreTimes } from './store.js';

/** Statuses that say that nothing is there. */
export const GONE: readonly number[] = [404, 410];

const PIECE_BYTES = 65_536;
/** Of an answer that says nothing of use, so much is read to keep the connection. */
const DRAINED_MAX = 65_536;
const TRIES = 4;
const REDIRECTS_MAX = 5;
/** A server that wants to be left alone for longer is left to the next visit. */
const RETRY_MAX_S = 30;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_(SSL|TLS)|HOSTNAME_MISMATCH/;

/** What is asked. */
export interface Asking {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** What goes with it: text, a file, or pieces that can be had once, so that they are not sent again. */
  readonly body?: string | LocalFile | AsyncIterable<Uint8Array>;
  /** Where the answer is sent elsewhere, that is asked, within TLS. */
  readonly isFollowing?: boolean | undefined;
  /** Statuses that the caller makes something of, besides those from 200 to 299. */
  readonly fine?: readonly number[];
  readonly signal: AbortSignal;
}

/** What is answered. */
export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  /** Passes on all bytes of it, the next when they are taken; what `write` throws ends it, and is thrown. */
  read(write: (bytes: Buffer) => void | Promise<void>): Promise<void>;
}

/** How a server is asked. */
export interface HttpOptions {
  /** For messages, without secrets. */
  readonly shown: string;
  /** Sent to its host alone. */
  readonly credentials?: Credentials | undefined;
  /** The host that is asked, where the URL that is shown is another one. */
  readonly host?: string;
  /** Headers of a request to that host, in the place of its own. */
  readonly sign?: (asking: Asking) => Promise<Record<string, string>>;
  /** What can be done about credentials, where they are others. */
  readonly hint?: string;
  readonly times: StoreTimes;
}

/** What came of one request. */
type Done<T> = { readonly result: T } | { readonly againMs: number } | { readonly to: URL; readonly status: number };

/** A server that is asked. */
export class Http {
  readonly #options: HttpOptions;
  /** Whom the credentials are for. */
  readonly #host: string;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#host = options.host ?? new URL(options.shown.replace(/^webdav/, 'http')).host;
  }

  /**
   * Asks, and returns what `take` makes of the answer. When the server says how soon to ask again, that is waited for.
   * @throws SatchelError what the status or the connection means; whatever `take` throws
   */
  async ask<T>(asking: Asking, take: (answer: Answer) => Promise<T> | T): Promise<T> {
    let { url } = asking;
    for (let tries = 1, moves = 0; ; ) {
      const done = await this.#once({ ...asking, url }, take, tries < TRIES && !isPassing(asking.body));
      if ('result' in done) return done.result;
      if ('to' in done) {
        if (++moves > REDIRECTS_MAX) throw this.#refused(done.status, null);
        url = done.to;
        continue;
      }
      tries++;
      await pause(done.againMs, asking.signal);
      if (asking.signal.aborted) throw this.#interrupted();
    }
  }

  async #once<T>(asking: Asking, take: (answer: Answer) => Promise<T> | T, mayWait: boolean): Promise<Done<T>> {
    const { fine = [], signal, isFollowing, url } = asking;
    const limits = new Limits(this.#options.times);
    try {
      const response = await this.#fetch(asking, limits);
      limits.progress();
      const { status } = response;
      const answer = this.#answer(response, limits, signal);
      if (response.ok || fine.includes(status)) {
        const result = await take(answer);
        await answer.drain();
        return { result };
      }
      const again = secondsOf(response.headers.get('retry-after'));
      if (mayWait && (status === 429 || status === 503) && again <= RETRY_MAX_S) return { againMs: again * 1_000 };
      const location = response.headers.get('location');
      const to = isFollowing && status > 300 && status < 400 ? securePlace(location, url) : undefined;
      if (to) return { to, status };
      throw this.#refused(status, location);
    } finally {
      limits.end();
    }
  }

  async #fetch(asking: Asking, limits: Limits): Promise<Response> {
    const { method, url, body, signal } = asking;
    const { credentials, sign } = this.#options;
    const headers = sign ? await sign(asking) : asking.headers;
    const passing = isPassing(body) ? body : undefined;
    const file = typeof body === 'object' && !isPassing(body) ? body : undefined;
    const pieces = passing ? noted(passing, limits) : file && piecesOf(file, limits);
    const stream = pieces && ReadableStream.from(pieces);
    try {
      return await fetch(url, {
        method,
        headers: {
          ...headers,
          'accept-encoding': 'identity',
          ...(file && { 'content-length': String(file.size) }),
          ...(credentials && url.host === this.#host && { authorization: basic(credentials) }),
        },
        body: stream ?? (typeof body === 'string' ? body : null),
        redirect: 'manual',
        signal: AbortSignal.any([signal, limits.signal]),
        ...(stream && { duplex: 'half' }),
      });
    } catch (error) {
      throw this.#failed(error, limits, signal);
    }
  }

  #answer(response: Response, limits: Limits, signal: AbortSignal): Answer & { drain(): Promise<void> } {
    const reader = response.body?.getReader();
    const next = async (): Promise<Buffer | undefined> => {
      const piece = await reader?.read().catch((error) => {
        throw this.#failed(error, limits, signal);
      });
      limits.progress();
      return piece?.value && Buffer.from(piece.value.buffer, piece.value.byteOffset, piece.value.byteLength);
    };
    return {
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      read: async (write) => {
        for (let piece = await next(); piece; piece = await next()) await write(piece);
      },
      drain: async () => {
        let bytes = 0;
        for (let piece = await next(); piece && bytes < DRAINED_MAX; piece = await next()) bytes += piece.length;
      },
    };
  }

  #failed(error: unknown, limits: Limits, signal: AbortSignal): Error {
    if (signal.aborted) return this.#interrupted();
    const { shown } = this.#options;
    if (limits.areOver) return this.#unreachable('does not answer in time');
    const cause = causeOf(error);
    // a file of ours that cannot be read
    if (cause instanceof SatchelError) return cause;
    const { code = '', message = '' } = cause as NodeJS.ErrnoException;
    if (CERTIFICATE.test(code))
      return new SatchelError('io', `${shown} does not prove who it is: ${code}`, {
        cause: error,
        hint: 'NODE_EXTRA_CA_CERTS names a file with authorities that you trust besides',
      });
    return this.#unreachable(`cannot be reached: ${code || message}`, error);
  }

  #interrupted(): SatchelError {
    return new SatchelError('io', `the visit to ${this.#options.shown} was interrupted`);
  }

  #unreachable(why: string, cause?: unknown): SatchelError {
    return new SatchelError('unreachable', `${this.#options.shown} ${why}`, {
      cause,
      hint: 'nothing is lost; run the same command again later',
    });
  }

  #refused(status: number, location: string | null): SatchelError {
    const { shown } = this.#options;
    if (status === 401 || status === 403) return this.#denied(status);
    if (GONE.includes(status))
      return new SatchelError('drive-absent', `there is no such place as ${shown}`, {
        hint: 'see whether the URL is right; a folder that is not there has to be made first',
      });
    if (status === 507 || status === 413)
      return new SatchelError('no-space', `there is no space at ${shown} (${status})`, {
        hint: 'free some space there, or give --max-size',
      });
    if ([408, 423, 425, 429, 502, 503, 504].includes(status))
      return this.#unreachable(`cannot be asked now (${status})`);
    if (status >= 300 && status < 400)
      return new SatchelError('io', `${shown} sends us elsewhere (${status}), where nobody goes unasked`, {
        hint: location ? `use the URL of where it is now: ${shownPlace(location)}` : 'use the URL of where it is now',
      });
    return new SatchelError('io', `${shown} answers ${status}`, {
      hint: 'nothing is lost; what is wrong there its owner has to see',
    });
  }

  #denied(status: number): SatchelError {
    const { shown, credentials, hint: other } = this.#options;
    if (other) return new SatchelError('denied', `${shown} does not let us (${status})`, { hint: other });
    const { hostname } = new URL(shown);
    const hint = `the file that drive.credentials names (${USUAL_CREDENTIALS}, unless it is set) needs a line "machine ${hostname} login NAME password PASSWORD"`;
    return new SatchelError('denied', `${shown} does not let us (${status})`, {
      hint: credentials ? `see what ${credentials.login} may do there; ${hint}` : hint,
    });
  }
}

/** So long, and no longer; by a signal. */
class Limits {
  readonly #controller = new AbortController();
  readonly #idle: NodeJS.Timeout;
  readonly #whole: NodeJS.Timeout;
  areOver = false;

  constructor({ idleMs, wholeMs }: StoreTimes) {
    const over = (): void => {
      this.areOver = true;
      this.#controller.abort();
    };
    this.#idle = setTimeout(over, idleMs);
    this.#whole = setTimeout(over, wholeMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  progress(): void {
    this.#idle.refresh();
  }

  /** Ends what is still on its way, too. */
  end(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#whole);
    this.#controller.abort();
  }
}

function isPassing(body: Asking['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

async function* noted(pieces: AsyncIterable<Uint8Array>, limits: Limits): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    limits.progress();
  }
}

/** A file, piece by piece as the other side takes them. */
async function* piecesOf({ path, size }: LocalFile, limits: Limits): AsyncGenerator<Uint8Array> {
  const handle = onDisk(`reading ${path}`, () => disk.open(path, 'reading'));
  try {
    for (let at = 0; at < size; ) {
      const piece = Buffer.alloc(Math.min(PIECE_BYTES, size - at));
      const read = onDisk(`reading ${path}`, () => disk.read(handle, piece, at));
      if (read === 0) throw new SatchelError('io', `${path} became shorter while it was put`);
      yield piece.subarray(0, read);
      at += read;
      limits.progress();
    }
  } finally {
    disk.close(handle);
  }
}

/** What is at the bottom of an error of `fetch`. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? causeOf(error.cause) : error;
}

function basic({ login, password }: Credentials): string {
  return `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
}

/** Seconds of a Retry-After; one that gives a date is for later. */
function secondsOf(text: string | null): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

/** Where an answer sends us, if nobody on the way there sees more than before. */
function securePlace(location: string | null, from: URL): URL | undefined {
  if (location === null || !URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from);
  to.username = '';
  to.password = '';
  return to.protocol === 'https:' || (isLoopback(from) && isLoopback(to)) ? to : undefined;
}

/** Whether it is this computer itself, over plain HTTP. */
export function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && isThisComputer(hostname);
}

/** Where a server sends us, harmless and without secrets. */
function shownPlace(location: string): string {
  return location
    .replaceAll(/[^\x21-\x7e]/g, '')
    .replace(/\/\/[^/@]*@/, '//')
    .slice(0, 200);
}

/** Until then, or until the visit is interrupted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
