// A server that is asked over HTTP by a helper: where it is, and what it answers.
import { SatchelError } from '../../src/format/error.js';
import { type CredentialsPlace, credentialsFor } from '../../src/sync/store/credentials.js';
import { Http, isLoopback } from '../../src/sync/store/http.js';
import { STORE_TIMES } from '../../src/sync/store/store.js';

/** The server at a URL; its credentials are looked for by its host. @throws SatchelError `usage`, `denied` */
export function serverAt(text: string, credentials: CredentialsPlace): { readonly base: URL; readonly http: Http } {
  const base = baseOf(text);
  const http = new Http({
    shown: base.origin,
    credentials: credentialsFor({ host: base.hostname }, credentials),
    times: STORE_TIMES,
  });
  return { base, http };
}

/** A URL that names a server and nothing in it, reached over TLS unless it is this computer. @throws SatchelError `usage` */
export function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new SatchelError('usage', `${text} is no URL of a server`);
  if (url.protocol === 'http:' && !isLoopback(url))
    throw new SatchelError(
      'usage',
      `${text} is not on this computer, and everybody on the way could change it: use https:`,
    );
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** What is set behind the `?` of a drive's URL. @throws SatchelError `usage` for what is not one of these, or twice */
export function settingsOf(query: string, known: readonly string[]): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(query)) {
    if (!known.includes(key) || settings.has(key) || value === '')
      throw new SatchelError('usage', `behind the ? can stand ${known.join(', ')}, each once`);
    settings.set(key, value);
  }
  return settings;
}

/** All of an answer that is kept. */
export class Kept {
  readonly #most: number;
  readonly #parts: Buffer[] = [];
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws SatchelError `io` when it is too much */
  readonly add = (bytes: Buffer): void => {
    this.#size += bytes.length;
    if (this.#size > this.#most) throw new SatchelError('io', 'the server answers more than it can mean');
    this.#parts.push(bytes);
  };

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** The value that it is as JSON; undefined when it is none. */
  get json(): unknown {
    try {
      return JSON.parse(this.bytes.toString('utf8'));
    } catch {
      return undefined;
    }
  }
}

/** A field of what may be an object. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
