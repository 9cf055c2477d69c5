// What is asked of a kubo node: its RPC API, version 0 (https://docs.ipfs.tech/reference/kubo/rpc/). Every request is a POST; what
// fails is answered with 500 and the reason, `{"Message", "Code", "Type": "error"}`.
import { randomUUID } from 'node:crypto';
import { SatchelError } from '../../src/format/error.js';
import type { Answer, Http } from '../../src/sync/store/http.js';
import type { Write } from '../answer.js';
import { fieldOf, Kept } from '../web/server.js';

/** Of a listing, or what else is said; not of a file. */
const SAID_MAX = 64 * 2 ** 20;
const FAILED = 500;
const NOT_THERE = /does not exist|no link named|not found under/;
const FULL = /no space left|disk quota|StorageMax/i;

/** What can be given to a request. */
export interface Asked {
  readonly args: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
  /** A file that goes with it. */
  readonly file?: AsyncIterable<Uint8Array>;
}

/** An entry of a folder. */
export interface Entry {
  readonly name: string;
  readonly size: number;
  readonly cid: string;
  readonly isFolder: boolean;
}

/** A node. */
export class Kubo {
  readonly #base: URL;
  readonly #http: Http;

  constructor({ base, http }: { readonly base: URL; readonly http: Http }) {
    this.#base = base;
    this.#http = http;
  }

  /** What it answers, as JSON, if that is any; undefined for what is not there. @throws SatchelError `no-space`, `io`, and as {@link Http} */
  async ask(command: string, asked: Asked): Promise<unknown> {
    const kept = new Kept(SAID_MAX);
    const isThere = await this.#post(command, asked, (answer) => answer.read(kept.add));
    return isThere ? (kept.json ?? NOTHING) : undefined;
  }

  /** Passes on the bytes that it answers; false for what is not there. */
  read(command: string, asked: Asked, write: Write): Promise<boolean> {
    return this.#post(command, asked, (answer) => answer.read(write));
  }

  /** The entries of a folder of the node's files; undefined where there is none. */
  async entries(folder: string): Promise<readonly Entry[] | undefined> {
    const said = await this.ask('files/ls', { args: [folder], options: { long: 'true', U: 'true' } });
    if (said === undefined) return undefined;
    const entries = fieldOf(said, 'Entries');
    // an empty folder has null
    if (entries === null) return [];
    if (!Array.isArray(entries)) throw this.#odd('files/ls');
    return entries.map((entry) => this.#entry(entry));
  }

  #entry(entry: unknown): Entry {
    const [name, size, cid, type] = ['Name', 'Size', 'Hash', 'Type'].map((field) => fieldOf(entry, field));
    const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
    if (typeof name !== 'string' || typeof cid !== 'string' || !CID.test(cid) || !isSize) throw this.#odd('files/ls');
    return { name, size, cid, isFolder: type === FOLDER };
  }

  /** The text in a field of what a command answers. @throws SatchelError `io` where it is not */
  async text(command: string, field: string, asked: Asked): Promise<string> {
    const text = fieldOf(await this.ask(command, asked), field);
    if (typeof text !== 'string' || !CID_IN_PATH.test(text)) throw this.#odd(command);
    return text;
  }

  #odd(command: string): SatchelError {
    return new SatchelError('io', `${this.#base.origin} answers ${command} with something that is no answer to it`);
  }

  async #post(
    command: string,
    { args, options = {}, file }: Asked,
    take: (answer: Answer) => Promise<void>,
  ): Promise<boolean> {
    const url = new URL(`api/v0/${command}`, this.#base);
    for (const arg of args) url.searchParams.append('arg', arg);
    for (const [key, value] of Object.entries(options)) url.searchParams.set(key, value);
    const sent = file && multipart(file);
    const asking = { method: 'POST', url, fine: [FAILED], signal: NO_END, ...sent };
    return this.#http.ask(asking, async (answer) => {
      if (answer.status !== FAILED) {
        await take(answer);
        return true;
      }
      const kept = new Kept(SAID_MAX);
      await answer.read(kept.add);
      const why = `${fieldOf(kept.json, 'Message') ?? 'it does not say why'}`;
      if (NOT_THERE.test(why)) return false;
      throw new SatchelError(FULL.test(why) ? 'no-space' : 'io', `${this.#base.origin} fails at ${command}: ${why}`);
    });
  }
}

const NO_END = new AbortController().signal;
const NOTHING = {};
/** Of an entry: `unixfs` folders. */
const FOLDER = 1;
const CID = /^[A-Za-z0-9]{1,128}$/;
const CID_IN_PATH = /^(\/ip[fn]s\/)?[A-Za-z0-9]{1,128}$/;

/** One file as a form, which is how the API takes any. */
function multipart(file: AsyncIterable<Uint8Array>): {
  readonly body: AsyncIterable<Uint8Array>;
  readonly headers: Readonly<Record<string, string>>;
} {
  const boundary = randomUUID();
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(head);
    yield* file;
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  return { body: body(), headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}
