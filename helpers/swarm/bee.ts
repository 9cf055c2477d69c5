// What is asked of a bee node: its HTTP API (https://docs.ethswarm.org/api/). What fails is answered with a status and
// `{"code", "message"}`.
import { SatchelError } from '../../src/format/error.js';
import type { Answer, Asking, Http } from '../../src/sync/store/http.js';
import { fieldOf, Kept } from '../web/server.js';
import { chunkOf, signChunk, updateId, updatePayload } from './chunk.js';

const SAID_MAX = 2 ** 20;
const NO_END = new AbortController().signal;
const STATUS = { asked: 400, unpaid: 402, gone: 404, unusable: 422, failed: 500 } as const;
const REFERENCE = /^[0-9a-f]{64}$/;
const INDEX = /^[0-9a-f]{16}$/;
const FULL = /no space left|capacity/i;

/** A feed: whose it is, and about what. */
export interface Feed {
  /** Secret key, 32 bytes. */
  readonly key: Buffer;
  /** Address of Ethereum, hex. */
  readonly owner: string;
  readonly topic: Buffer;
}

/** A node. */
export class Bee {
  readonly #base: URL;
  readonly #http: Http;
  readonly #given: string | undefined;
  #stamp: string | undefined;

  /** `stamp` is the id of the batch that pays for what is put; absent: one that the node has. */
  constructor({ base, http }: { readonly base: URL; readonly http: Http }, stamp: string | undefined) {
    this.#base = base;
    this.#http = http;
    this.#given = stamp;
  }

  /** Passes what lies under a reference to `take`; false when nothing does. */
  read(reference: string, take: (answer: Answer) => Promise<void>): Promise<boolean> {
    return this.#ask('GET', `bytes/${reference}`, {}, take);
  }

  /** Puts bytes, and returns their reference. */
  async put(body: AsyncIterable<Uint8Array> | string): Promise<string> {
    const headers = { ...(await this.#paid()), 'content-type': 'application/octet-stream' };
    return this.#reference('POST', 'bytes', { headers, body });
  }

  /** Puts files as a folder, from a tar file, and returns its reference. */
  async putFolder(body: AsyncIterable<Uint8Array>): Promise<string> {
    const headers = { ...(await this.#paid()), 'content-type': 'application/x-tar', 'swarm-collection': 'true' };
    return this.#reference('POST', 'bzz', { headers, body });
  }

  /** What is not needed any more: no node has to keep it for us. */
  async forget(reference: string): Promise<void> {
    await this.#ask('DELETE', `pins/${reference}`, {}, () => Promise.resolve());
  }

  /** Passes what a feed leads to now to `take`; returns the number of its next update, and 0 when it never had any. */
  async follow({ owner, topic }: Feed, take: (answer: Answer) => Promise<void>): Promise<bigint> {
    let next = '';
    const isThere = await this.#ask('GET', `feeds/${owner}/${topic.toString('hex')}`, {}, async (answer) => {
      next = answer.header('swarm-feed-index-next') ?? '';
      await take(answer);
    });
    if (!isThere) return 0n;
    if (!INDEX.test(next)) throw this.#odd('feeds');
    return BigInt(`0x${next}`);
  }

  /** Has a feed lead to a reference from now on. */
  async update({ key, owner, topic }: Feed, index: bigint, reference: string): Promise<void> {
    const id = updateId(topic, index);
    const chunk = chunkOf(updatePayload(reference, Date.now()));
    const signature = signChunk(key, id, chunk).toString('hex');
    const headers = { ...(await this.#paid()), 'content-type': 'application/octet-stream' };
    const path = `soc/${owner}/${id.toString('hex')}?sig=${signature}`;
    await this.#reference('POST', path, { headers, body: once(chunk.bytes) });
  }

  /** The reference by which a gateway follows a feed; the same each time. */
  async manifest({ owner, topic }: Feed): Promise<string> {
    return this.#reference('POST', `feeds/${owner}/${topic.toString('hex')}`, { headers: await this.#paid() });
  }

  async #paid(): Promise<Record<string, string>> {
    this.#stamp ??= this.#given ?? (await this.#usableStamp());
    return { 'swarm-postage-batch-id': this.#stamp, 'swarm-pin': 'true' };
  }

  /** The batch that lasts longest. @throws SatchelError `no-space` */
  async #usableStamp(): Promise<string> {
    const kept = new Kept(SAID_MAX);
    await this.#ask('GET', 'stamps', {}, (answer) => answer.read(kept.add));
    const stamps = fieldOf(kept.json, 'stamps');
    if (!Array.isArray(stamps)) throw this.#odd('stamps');
    const lasting = (stamp: unknown): number => Number(fieldOf(stamp, 'batchTTL')) || 0;
    const usable = stamps.filter((stamp) => fieldOf(stamp, 'usable') === true).sort((a, b) => lasting(b) - lasting(a));
    const id = fieldOf(usable[0], 'batchID');
    if (typeof id === 'string' && REFERENCE.test(id)) return id;
    throw new SatchelError('no-space', `${this.#base.origin} has no postage batch that pays for what is put`);
  }

  async #reference(method: string, path: string, what: Partial<Asking>): Promise<string> {
    const kept = new Kept(SAID_MAX);
    const isThere = await this.#ask(method, path, what, (answer) => answer.read(kept.add));
    const reference = fieldOf(kept.json, 'reference');
    if (isThere && typeof reference === 'string' && REFERENCE.test(reference)) return reference;
    if (!isThere) throw new SatchelError('denied', `${this.#base.origin} does not know that postage batch`);
    throw this.#odd(path.split('/', 1)[0] ?? '');
  }

  #odd(what: string): SatchelError {
    return new SatchelError('io', `${this.#base.origin} answers ${what} with something that is no answer to it`);
  }

  #ask(method: string, path: string, what: Partial<Asking>, take: (answer: Answer) => Promise<void>): Promise<boolean> {
    const asking = { ...what, method, url: new URL(path, this.#base), fine: Object.values(STATUS), signal: NO_END };
    return this.#http.ask(asking, async (answer) => {
      if (answer.status < STATUS.asked) {
        await take(answer);
        return true;
      }
      if (answer.status === STATUS.gone) return false;
      const kept = new Kept(SAID_MAX);
      await answer.read(kept.add);
      const why = `${fieldOf(kept.json, 'message') ?? answer.status}`;
      throw new SatchelError(codeOf(answer.status, why), `${this.#base.origin} answers: ${why}`);
    });
  }
}

function codeOf(status: number, why: string): 'no-space' | 'denied' | 'io' {
  if (status === STATUS.unpaid || FULL.test(why)) return 'no-space';
  return status === STATUS.unusable ? 'denied' : 'io';
}

/** Bytes as pieces: what is no text goes as it is. */
async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
