// A drive that somebody published, at `https://`: only read, by the list that lies beside its files (spec/drive.md, "Published").
// Any server of files will do, and gateways to places that list nothing.
import { createHash } from 'node:crypto';
import { SatchelError } from '../../format/error.js';
import { DRIVE_INDEX, type Published, parseIndexHead, parseIndexLine } from '../drive/drive-index.js';
import { decoded } from '../medium/url.js';
import { type CredentialsPlace, credentialsFor } from './credentials.js';
import { type Answer, GONE, Http, isLoopback } from './http.js';
import { Lines } from './lines.js';
import type { DriveStore, ListedInStore, StoreTimes } from './store.js';

const INDEX_MAX = 33_554_432;

/** How it is asked. */
export interface PublishedOptions {
  readonly times: StoreTimes;
  readonly credentials: CredentialsPlace;
}

/** The drive at a URL; nothing is asked of it yet. @throws SatchelError `usage`, `denied` */
export function publishedStore(url: string, { times, credentials }: PublishedOptions): DriveStore {
  const base = baseOf(url);
  const login = base.username === '' ? undefined : decoded(base.username);
  base.username = '';
  const http = new Http({
    shown: url,
    credentials: credentialsFor({ host: base.hostname, login }, credentials),
    times,
  });
  const place = new Place(base, http);
  return {
    url,
    isExclusive: false,
    isReadOnly: true,
    edition: () => place.edition,
    list: (each, signal) => place.list(each, signal),
    get: (name, write, signal) => place.get(name, write, signal),
    put: () => Promise.reject(readOnly(url)),
    remove: () => Promise.reject(readOnly(url)),
  };
}

function baseOf(url: string): URL {
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url) || /[?#]/.test(url))
    throw new SatchelError('usage', `${url} is no URL of a folder`, { hint: 'such as https://ana.example/satchel' });
  const base = new URL(url);
  if (base.protocol === 'http:' && !isLoopback(base))
    throw new SatchelError('usage', 'http: is for this computer only, since everybody on the way could change it', {
      hint: 'use https:',
    });
  // a path that cannot be read is no place, and better said now than by a server
  decoded(base.pathname);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

/** @throws SatchelError `denied` */
function readOnly(url: string): SatchelError {
  return new SatchelError('denied', `${url} is only read`, {
    hint: 'publish your own with "satchel sync" to a folder, and "satchel drive index" there',
  });
}

class Place {
  readonly #base: URL;
  readonly #http: Http;
  #listed = new Map<string, Published>();
  /** Of the last list; one that does not say which it is came before all others. */
  edition = 0;

  constructor(base: URL, http: Http) {
    this.#base = base;
    this.#http = http;
  }

  list(each: (file: ListedInStore) => void, signal: AbortSignal): Promise<void> {
    this.#listed = new Map();
    this.edition = 0;
    let isFirst = true;
    const lines = new Lines((line) => {
      const edition = isFirst ? parseIndexHead(line) : undefined;
      isFirst = false;
      if (edition !== undefined) {
        this.edition = edition;
        return;
      }
      const file = parseIndexLine(line);
      if (!file) throw notIndex(this.#base, line);
      this.#listed.set(file.name, file);
      each({ name: file.name, size: file.size, tag: file.digest });
    });
    return this.#get(DRIVE_INDEX, signal, async (answer) => {
      if (GONE.includes(answer.status)) throw notPublished(this.#base);
      let size = 0;
      await answer.read((bytes) => {
        size += bytes.length;
        if (size > INDEX_MAX) throw new SatchelError('io', `${DRIVE_INDEX} is larger than it can be`);
        lines.add(bytes);
      });
      lines.end();
    });
  }

  /** @throws SatchelError `changed` for bytes that are not those of the list */
  get(name: string, write: (bytes: Buffer) => void, signal: AbortSignal): Promise<boolean> {
    const listed = this.#listed.get(name);
    return this.#get(name, signal, async (answer) => {
      if (GONE.includes(answer.status)) return false;
      const hashing = createHash('sha256');
      await answer.read((bytes) => {
        hashing.update(bytes);
        write(bytes);
      });
      if (listed && hashing.digest('hex') !== listed.digest)
        throw new SatchelError('changed', `${name} is not what ${DRIVE_INDEX} says`, {
          hint: 'it is fetched again with the next visit',
        });
      return true;
    });
  }

  #get<T>(name: string, signal: AbortSignal, take: (answer: Answer) => Promise<T>): Promise<T> {
    const url = new URL(name, this.#base);
    return this.#http.ask({ method: 'GET', url, fine: GONE, isFollowing: true, signal }, take);
  }
}

function notIndex(base: URL, line: string): SatchelError {
  return new SatchelError(
    'io',
    `${DRIVE_INDEX} at ${base} has ${JSON.stringify(line.slice(0, 60))}, which is not "SIZE SHA256 NAME"`,
  );
}

function notPublished(base: URL): SatchelError {
  return new SatchelError('no-drive', `there is no ${DRIVE_INDEX} at ${base}`, {
    hint: 'see whether the URL is right; who publishes a drive runs "satchel drive index" there',
  });
}
