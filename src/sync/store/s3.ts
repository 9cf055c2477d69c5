// A bucket of S3, or of what speaks like it: `s3://BUCKET/PREFIX?endpoint=URL&region=NAME` (spec/drive.md, "S3").
import { AwsV4Signer } from 'aws4fetch';
import { SatchelError } from '../../format/error.js';
import { isTag } from '../medium/names.js';
import { decoded } from '../medium/url.js';
import { type BucketObject, readBucketPage } from './bucket-listing.js';
import { type CredentialsPlace, credentialsFor } from './credentials.js';
import { type Asking, GONE, Http, isLoopback } from './http.js';
import type { DriveStore, ListedInStore, LocalFile, StoreTimes } from './store.js';

const PAGES_MAX = 1_000;
const LISTING_MAX = 268_435_456;
const REGION = 'us-east-1';
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const OPTIONS = ['endpoint', 'region'];

/** How it is asked. */
export interface S3Options {
  readonly times: StoreTimes;
  readonly credentials: CredentialsPlace;
}

interface Place {
  readonly bucket: URL;
  /** What keys begin with: empty, or with a slash behind. */
  readonly prefix: string;
  readonly region: string;
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The bucket at a URL; nothing is asked of it yet. @throws SatchelError `usage`, `denied` */
export function s3Store(url: string, { times, credentials }: S3Options): DriveStore {
  const place = placeOf(url, credentials.env);
  const keys = keysOf(place.bucket, credentials);
  const http = new Http({
    shown: url,
    host: place.bucket.host,
    hint: HINT,
    sign: (asking) => signed(asking, place, keys),
    times,
  });
  const objects = new Objects(place, http);
  return {
    url,
    isExclusive: false,
    list: (each, signal) => objects.list(each, signal),
    get: (name, write, signal) => objects.get(name, write, signal),
    put: (name, file, _, signal) => objects.put(name, file, signal),
    remove: (name, signal) => objects.remove(name, signal),
  };
}

const HINT =
  'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name the endpoint as a machine in the file that drive.credentials names';

function placeOf(url: string, env: NodeJS.ProcessEnv): Place {
  const given = URL.canParse(url) ? new URL(url) : undefined;
  const options = new URLSearchParams(given?.search);
  const region = options.get('region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? REGION;
  const endpoint = options.get('endpoint') ?? `https://s3.${region}.amazonaws.com`;
  const isKnown = [...options.keys()].every((key) => OPTIONS.includes(key));
  if (!given || !isKnown || given.hash !== '' || !BUCKET.test(given.host) || !URL.canParse(endpoint))
    throw noBucket(url);
  const base = new URL(endpoint);
  if (base.protocol !== 'https:' && !isLoopback(base)) throw noBucket(url);
  if (base.username !== '' || base.password !== '' || base.search !== '') throw noBucket(url);
  const prefix = decoded(given.pathname).replace(/^\/+|\/+$/g, '');
  const bucket = new URL(`${base.pathname.replace(/\/$/, '')}/${given.host}/`, base);
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/`, region };
}

function noBucket(url: string): SatchelError {
  return new SatchelError('usage', `${url.replace(/\?.*/, '')} with what stands behind it names no bucket`, {
    hint: 'such as "s3://bucket/relay?endpoint=https://s3.example&region=eu-1"; an endpoint has https:',
  });
}

/** @throws SatchelError `denied` without any */
function keysOf({ hostname }: URL, { env, named }: CredentialsPlace): Keys {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (id && secret) return { accessKeyId: id, secretAccessKey: secret, ...(token && { sessionToken: token }) };
  const found = credentialsFor({ host: hostname }, { env, named });
  if (found) return { accessKeyId: found.login, secretAccessKey: found.password };
  throw new SatchelError('denied', `there are no credentials for ${hostname}`, { hint: HINT });
}

/** Headers that say who asks. What is sent is protected by TLS, and read back by nobody who trusts it. */
async function signed(
  { method, url, headers }: Asking,
  { region }: Place,
  keys: Keys,
): Promise<Record<string, string>> {
  const signer = new AwsV4Signer({ ...keys, method, url: url.href, service: 's3', region });
  const { headers: made } = await signer.sign();
  return { ...headers, ...Object.fromEntries(made) };
}

class Objects {
  readonly #place: Place;
  readonly #http: Http;

  constructor(place: Place, http: Http) {
    this.#place = place;
    this.#http = http;
  }

  async list(each: (file: ListedInStore) => void, signal: AbortSignal): Promise<void> {
    let size = 0;
    let token: string | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const url = this.#pageAt(token);
      token = await this.#http.ask({ method: 'GET', url, signal }, async (answer) => {
        const reader = readBucketPage((object) => this.#tell(object, each));
        await answer.read((bytes) => {
          size += bytes.length;
          if (size > LISTING_MAX) throw tooMuch();
          reader.add(bytes);
        });
        reader.end();
        return reader.next;
      });
      if (token === undefined) return;
    }
    throw tooMuch();
  }

  #pageAt(token: string | undefined): URL {
    const url = new URL(this.#place.bucket);
    url.searchParams.set('list-type', '2');
    if (this.#place.prefix !== '') url.searchParams.set('prefix', this.#place.prefix);
    if (token !== undefined) url.searchParams.set('continuation-token', token);
    return url;
  }

  #tell({ key, size, etag }: BucketObject, each: (file: ListedInStore) => void): void {
    const { prefix } = this.#place;
    if (!key.startsWith(prefix)) return;
    if (etag === undefined || !isTag(etag)) throw new SatchelError('io', `the bucket tells no ETag of ${key}`);
    each({ name: key.slice(prefix.length), size, tag: etag });
  }

  get(name: string, write: (bytes: Buffer) => void, signal: AbortSignal): Promise<boolean> {
    return this.#http.ask({ method: 'GET', url: this.#at(name), fine: GONE, signal }, async (answer) => {
      if (GONE.includes(answer.status)) return false;
      await answer.read(write);
      return true;
    });
  }

  put(name: string, file: LocalFile, signal: AbortSignal): Promise<{ readonly tag?: string }> {
    return this.#http.ask({ method: 'PUT', url: this.#at(name), body: file, signal }, (answer) => {
      const tag = answer.header('etag');
      return tag === undefined || !isTag(tag) ? {} : { tag };
    });
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#http.ask({ method: 'DELETE', url: this.#at(name), fine: GONE, signal }, () => {});
  }

  #at(name: string): URL {
    const key = `${this.#place.prefix}${name}`.split('/').map(encodeURIComponent).join('/');
    return new URL(`${this.#place.bucket.pathname}${key}`, this.#place.bucket);
  }
}

function tooMuch(): SatchelError {
  return new SatchelError('io', 'the bucket lists more than a drive can be', {
    hint: 'give the drive a prefix of its own',
  });
}
