// A folder on a WebDAV server: `webdavs://`, and `webdav://` without encryption (spec/drive.md, "WebDAV").
import { hash } from 'node:crypto';
import { SatchelError } from '../../format/error.js';
import { isSafeName, isTag } from '../medium/names.js';
import { decoded, tryDecoded } from '../medium/url.js';
import { type CredentialsPlace, credentialsFor } from './credentials.js';
import { type Answer, GONE, Http, isLoopback } from './http.js';
import { type Resource, readMultistatus } from './multistatus.js';
import type { DriveStore, ListedInStore, LocalFile, Putting, StoreTimes } from './store.js';

const LISTING_MAX = 268_435_456;
/** Folders within that are looked into; a drive has one. */
const FOLDERS_MAX = 16;
const PEOPLE = 'people';
const PARTIAL = '.partial';
/** One that is older was left behind by a visit that broke off. */
const STALE_MS = 86_400_000;
const ASKED = `<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getetag/><getlastmodified/></prop></propfind>`;

/** How it is spoken to. */
export interface WebdavOptions {
  readonly times: StoreTimes;
  readonly credentials: CredentialsPlace;
}

/** The folder at a URL; nothing is asked of it yet. @throws SatchelError `usage`, `denied` */
export function webdavStore(url: string, { times, credentials }: WebdavOptions): DriveStore {
  const base = baseOf(url);
  const login = base.username === '' ? undefined : decoded(base.username);
  base.username = '';
  const found = credentialsFor({ host: base.hostname, login }, credentials);
  if (found && base.protocol === 'http:' && !isLoopback(base)) throw inTheClear(url);
  const folder = new Folder(base, new Http({ shown: url, credentials: found, times }));
  return {
    url,
    // two visitors may both be told that nothing is there
    isExclusive: false,
    list: (each, signal) => folder.list(each, signal),
    get: (name, write, signal) => folder.get(name, write, signal),
    put: (name, file, how, signal) => folder.put(name, file, how, signal),
    remove: (name, signal) => folder.remove(name, signal),
  };
}

/** What requests begin with. */
function baseOf(url: string): URL {
  const text = url.replace(/^webdav/, 'http');
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text) || /[?#]/.test(text))
    throw new SatchelError('usage', `${url} is no URL of a WebDAV folder`, {
      hint: 'such as webdavs://cloud.example/dav/relay',
    });
  const base = new URL(text);
  // a path that cannot be read is no place, and better said now than by a server
  decoded(base.pathname);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

function inTheClear(url: string): SatchelError {
  return new SatchelError('usage', `a password for ${url} would travel in the clear`, {
    hint: 'use webdavs://, or take the password for this host out of the file that drive.credentials names',
  });
}

class Folder {
  readonly #base: URL;
  readonly #http: Http;
  /** Unfinished files that nobody finishes any more. */
  #stale: string[] = [];
  #canMove = true;

  constructor(base: URL, http: Http) {
    this.#base = base;
    this.#http = http;
  }

  async list(each: (file: ListedInStore) => void, signal: AbortSignal): Promise<void> {
    this.#stale = [];
    const folders = await this.#listOne('', each, signal);
    const others = folders.filter((name) => name !== PEOPLE && isSafeName(name));
    const within = folders.includes(PEOPLE) ? [PEOPLE, ...others] : others;
    for (const name of within.slice(0, FOLDERS_MAX)) await this.#listOne(`${name}/`, each, signal);
  }

  /** Returns the folders in it. */
  #listOne(folder: string, each: (file: ListedInStore) => void, signal: AbortSignal): Promise<string[]> {
    const url = new URL(folder, this.#base);
    const headers = { depth: '1', 'content-type': 'application/xml; charset=utf-8' };
    // a folder within may be gone since
    const fine = folder === '' ? [] : GONE;
    return this.#http.ask({ method: 'PROPFIND', url, headers, body: ASKED, fine, signal }, async (answer) => {
      if (GONE.includes(answer.status)) return [];
      if (answer.status !== 207) throw noWebdav(url, answer.status);
      const found = new Listed(url, folder, Date.parse(answer.header('date') ?? ''));
      await readAll(answer, (resource) => found.add(resource, each));
      if (!found.hasItself) throw ofAnother(url);
      this.#stale.push(...found.stale);
      return found.folders;
    });
  }

  get(name: string, write: (bytes: Buffer) => void, signal: AbortSignal): Promise<boolean> {
    return this.#http.ask({ method: 'GET', url: this.#at(name), fine: GONE, signal }, async (answer) => {
      if (answer.status !== 200) return false;
      await answer.read(write);
      return true;
    });
  }

  async put(name: string, file: LocalFile, how: Putting, signal: AbortSignal): Promise<object | 'exists'> {
    await this.#removeStale(signal);
    if (this.#canMove) {
      await this.#upload(`${name}${PARTIAL}`, file, {}, signal);
      const moved = await this.#move(name, how, signal);
      if (moved === 'exists') await this.remove(`${name}${PARTIAL}`, signal);
      if (moved !== 'cannot') return moved === 'exists' ? 'exists' : {};
      this.#canMove = false;
      await this.remove(`${name}${PARTIAL}`, signal);
    }
    const headers: Record<string, string> = how === 'if-absent' ? { 'if-none-match': '*' } : {};
    return (await this.#upload(name, file, headers, signal)) ? {} : 'exists';
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#http.ask({ method: 'DELETE', url: this.#at(name), fine: [405, ...GONE], signal }, ({ status }) => {
      if (status === 405) throw new SatchelError('denied', `${this.#at(name)} cannot be removed (405)`);
    });
  }

  /** Where a server has no names that do not count, a file is there from its first byte on. */
  #move(name: string, how: Putting, signal: AbortSignal): Promise<'moved' | 'exists' | 'cannot'> {
    const headers = { destination: this.#at(name).href, overwrite: how === 'replace' ? 'T' : 'F' };
    const fine = [400, 403, 405, 409, 412, 500, 501, 502, ...GONE];
    const url = this.#at(`${name}${PARTIAL}`);
    return this.#http.ask({ method: 'MOVE', url, headers, fine, signal }, ({ status }) => {
      if (status === 412) return 'exists';
      return status < 300 ? 'moved' : 'cannot';
    });
  }

  /** Returns false when there is one that may not be replaced. */
  async #upload(name: string, file: LocalFile, headers: Record<string, string>, signal: AbortSignal): Promise<boolean> {
    const folder = /^(.*)\//.exec(name)?.[1];
    const lacking = folder === undefined ? [] : [409, ...GONE];
    const asking = { method: 'PUT', url: this.#at(name), headers, body: file, signal };
    const status = await this.#http.ask({ ...asking, fine: [412, ...lacking] }, (answer) => answer.status);
    if (!lacking.includes(status)) return status !== 412;
    await this.#makeFolder(`${folder}/`, signal);
    return this.#http.ask({ ...asking, fine: [412] }, (answer) => answer.status !== 412);
  }

  /** Where there is one already, that is said with 405. */
  async #makeFolder(name: string, signal: AbortSignal): Promise<void> {
    await this.#http.ask({ method: 'MKCOL', url: this.#at(name), fine: [405], signal }, () => {});
  }

  async #removeStale(signal: AbortSignal): Promise<void> {
    const names = this.#stale;
    this.#stale = [];
    for (const name of names) {
      try {
        await this.remove(name, signal);
      } catch (error) {
        if (error instanceof SatchelError && error.code === 'denied') return;
        throw error;
      }
    }
  }

  #at(name: string): URL {
    return new URL(name, this.#base);
  }
}

/** What one folder was said to hold. */
class Listed {
  hasItself = false;
  readonly folders: string[] = [];
  readonly stale: string[] = [];
  readonly #place: URL;
  readonly #folder: string;
  readonly #now: number;

  constructor(place: URL, folder: string, now: number) {
    this.#place = place;
    this.#folder = folder;
    this.#now = now;
  }

  add(resource: Resource, each: (file: ListedInStore) => void): void {
    const name = this.#nameOf(resource.href);
    if (name === '') this.hasItself = true;
    if (name === '' || name === undefined || name.includes('/')) return;
    const path = `${this.#folder}${name}`;
    if (resource.isFolder) this.folders.push(name);
    else if (!isSafeName(path)) return;
    else if (!path.endsWith(PARTIAL)) each({ name: path, size: resource.size, tag: tagOf(path, resource) });
    // by the server's own clock
    else if (this.#now - Date.parse(resource.modified ?? '') > STALE_MS) this.stale.push(path);
  }

  /** Below the folder, without a slash behind; '' for itself. Which host it is said to be on is a matter of proxies. */
  #nameOf(href: string): string | undefined {
    if (!URL.canParse(href, this.#place.href)) return undefined;
    const place = decoded(this.#place.pathname);
    const path = tryDecoded(new URL(href, this.#place).pathname.replace(/\/?$/, '/'));
    if (!path?.startsWith(place)) return undefined;
    return path.slice(place.length).replace(/\/$/, '');
  }
}

function tagOf(name: string, { etag, size, modified }: Resource): string {
  if (etag !== undefined && isTag(etag)) return etag;
  const said = etag ?? (modified === undefined ? undefined : `${modified} ${size}`);
  if (said !== undefined) return hash('sha256', said);
  throw new SatchelError('io', `the server says neither an ETag nor a date of ${name}`, {
    hint: 'without them nobody can tell whether a file changed; another program may reach it, by exec:',
  });
}

async function readAll(answer: Answer, each: (resource: Resource) => void): Promise<void> {
  const reader = readMultistatus(each);
  let size = 0;
  await answer.read((bytes) => {
    size += bytes.length;
    if (size > LISTING_MAX) throw new SatchelError('io', 'the server lists more than a drive can be');
    reader.add(bytes);
  });
  reader.end();
}

function noWebdav(url: URL, status: number): SatchelError {
  return new SatchelError('io', `${url} does not speak WebDAV (${status})`, {
    hint: 'see which URL its help gives for WebDAV',
  });
}

function ofAnother(url: URL): SatchelError {
  return new SatchelError('io', `${url} answers with the listing of another place`, {
    hint: 'see which URL its help gives for WebDAV',
  });
}
