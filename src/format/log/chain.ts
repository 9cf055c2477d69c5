// The hash chain that names every entry by all before it (spec/log.md, "The chain").
import { HASH_PREFIXES } from '../domains.js';
import { type EntryId, idBytes, type LogId } from '../ids.js';
import { META_MAX } from '../limits.js';
import { sha256Latin1 } from '../platform.js';

const AT_SEQ = 33;
const AT_LENGTH = 41;
const AT_PREVIOUS = 45;
const AT_PAYLOAD_HASH = 77;
const AT_META = 109;
const HASH_SIZE = 32;
const WORD = 2 ** 32;

/** Character by character, as the numbers below: a call out of the engine, or Node's checks, would take longer. */
function putHash(block: Buffer, at: number, hash: string): void {
  for (let i = 0; i < HASH_SIZE; i++) block[at + i] = hash.charCodeAt(i);
}

/** The number's last 32 bits, whatever is above them or behind its point. */
function putUint32(block: Buffer, at: number, value: number): void {
  block[at] = value >>> 24;
  block[at + 1] = value >>> 16;
  block[at + 2] = value >>> 8;
  block[at + 3] = value;
}

/** Walks a chain entry by entry in one reused block, so that a long run costs two hashes an entry and no garbage. */
export class Chain {
  readonly #block = Buffer.alloc(AT_META + META_MAX);
  /** What is hashed of an entry without metadata: most have none. */
  readonly #bare = this.#block.subarray(0, AT_META);
  #last: string;
  #beforeLast: string;

  /** Starts behind the entry with id `previous` of `log`. */
  constructor(log: LogId, previous: EntryId) {
    this.#block[0] = HASH_PREFIXES.entryId;
    idBytes(log).copy(this.#block, 1);
    this.#last = hashOfId(previous);
    this.#beforeLast = this.#last;
  }

  /** Goes on behind an entry whose id, as from {@link hash}, is known. */
  restart(hash: string): void {
    this.#last = hash;
  }

  /** Adds the entry at `seq`; `payloadHash` is a latin1 string as from {@link sha256Latin1}. */
  add(seq: number, payloadLength: number, payloadHash: string, meta: Buffer): void {
    const block = this.#block;
    putUint32(block, AT_SEQ, seq / WORD);
    putUint32(block, AT_SEQ + 4, seq);
    putUint32(block, AT_LENGTH, payloadLength);
    putHash(block, AT_PREVIOUS, this.#last);
    putHash(block, AT_PAYLOAD_HASH, payloadHash);
    this.#beforeLast = this.#last;
    this.#last = sha256Latin1(meta.length === 0 ? this.#bare : this.#withMeta(meta));
  }

  #withMeta(meta: Buffer): Buffer {
    return this.#block.subarray(0, AT_META + meta.copy(this.#block, AT_META));
  }

  /** The id of the entry added last. */
  get id(): EntryId {
    return idOfHash(this.#last);
  }

  /** The same as a latin1 string: cheaper where most ids are never asked for. */
  get hash(): string {
    return this.#last;
  }

  /** The id of the entry before that. */
  get previousId(): EntryId {
    return idOfHash(this.#beforeLast);
  }
}

/** The id as a hash as from {@link sha256Latin1}. */
export function hashOfId(id: EntryId): string {
  return idBytes(id).toString('latin1');
}

/** The id of one entry. */
export function entryId(log: LogId, seq: number, previous: EntryId, payload: Buffer, meta: Buffer): EntryId {
  const chain = new Chain(log, previous);
  chain.add(seq, payload.length, sha256Latin1(payload), meta);
  return chain.id;
}

/** The ids of many: to convert them one by one takes longer than to make them. */
export function idsOfHashes(hashes: readonly string[]): EntryId[] {
  const digits = Buffer.from(hashes.join(''), 'latin1').toString('hex');
  return hashes.map((_, i) => digits.slice(2 * HASH_SIZE * i, 2 * HASH_SIZE * (i + 1)) as EntryId);
}

/** The id that a hash as from {@link sha256Latin1} is. */
export function idOfHash(latin1: string): EntryId {
  return Buffer.from(latin1, 'latin1').toString('hex') as EntryId;
}
