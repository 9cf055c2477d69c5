// A stored segment opened for reading: what its entries hold is looked at, and their ids are computed, only as far as
// somebody asks. A reader of a conversation asks for few of them (spec/repository.md, "Reading").

import { SatchelError } from '../../format/error.js';
import type { EntryId, LogId } from '../../format/ids.js';
import { BodyReader } from '../../format/log/body.js';
import { Chain, hashOfId, idOfHash } from '../../format/log/chain.js';
import type { Segment } from '../../format/log/segment.js';
import { milestoneLengths } from '../index/milestones.js';

/** One entry as stored, its chain verified when it came in. */
export interface StoredEntry {
  readonly log: LogId;
  readonly seq: number;
  readonly id: EntryId;
  readonly previous: EntryId;
  readonly meta: Buffer;
  /** Absent when it was dropped. */
  readonly payload: Buffer | undefined;
  readonly payloadLength: number;
  /** What the payload says in the clear, where it is sealed and could be opened here. */
  readonly said?: Buffer | undefined;
}

/** Opens what is sealed in an entry, for who has its key. */
export type OpenSealed = (
  place: { readonly log: LogId; readonly seq: number },
  entry: { readonly payload: Buffer | undefined },
) => Buffer | undefined;

/** A decoded segment with its entries in order; entry i has seq `segment.first + i`. */
export class OpenSegment {
  #entries: readonly StoredEntry[] | undefined;
  readonly #starts: readonly number[];
  readonly #reader: BodyReader;
  readonly #milestones: readonly EntryId[];
  #ids: KnownIds | undefined;
  /** Opens what is sealed in its entries; nothing, as long as nobody has a key. */
  open: OpenSealed = OPENS_NOTHING;

  /**
   * `milestones` are ids within it that are known. With `count` only so many of its first entries are looked at.
   * @throws SatchelError `bad-segment` when the body does not hold the entries that the header says
   */
  constructor(
    readonly segment: Segment,
    milestones: readonly EntryId[] = [],
    count = segment.count,
  ) {
    this.#reader = new BodyReader(segment.raw);
    this.#milestones = milestones;
    this.#starts = startsIn(segment, count);
  }

  /** Whether all its entries can be asked for. */
  get isWhole(): boolean {
    return this.#starts.length === this.segment.count;
  }

  /** One more than the seq of the last entry that can be asked for. */
  get end(): number {
    return this.segment.first + this.#starts.length;
  }

  /** All of them. */
  get entries(): readonly StoredEntry[] {
    this.#entries ??= this.#starts.map((_, i) => new EntryView(this, this.segment.first + i));
    return this.#entries;
  }

  /** One of them; undefined when it stands elsewhere. */
  entry(seq: number): StoredEntry | undefined {
    return this.#starts[seq - this.segment.first] === undefined ? undefined : new EntryView(this, seq);
  }

  /** The id of the log at a length from `first` to the segment's end; undefined when the segment has rotten. */
  idAt(length: number): EntryId | undefined {
    if (length > this.end && this.isWhole) return undefined;
    this.#ids ??= knownIds(this.segment, this.#milestones);
    const { hashes, chain } = this.#ids;
    const wanted = length - this.segment.first;
    let known = wanted;
    while (hashes[known] === undefined) known--;
    chain.restart(hashes[known] ?? '');
    for (let i = known; i < wanted; i++) {
      const { payloadLength, payloadHash, meta } = this.at(this.segment.first + i);
      chain.add(this.segment.first + i, payloadLength, payloadHash, meta);
      hashes[i + 1] = chain.hash;
    }
    return idOfHash(hashes[wanted] ?? '');
  }

  /** A reader standing on an entry, until the next call. */
  at(seq: number): BodyReader {
    const start = this.#starts[seq - this.segment.first];
    if (start === undefined) throw new Error(`no entry ${seq} in this segment`);
    if (this.#reader.start !== start || this.#reader.end === 0) this.#reader.seek(start);
    return this.#reader;
  }
}

/** What nobody has a key of. */
export const OPENS_NOTHING: OpenSealed = () => undefined;

/** What is known of a segment's chain. */
interface KnownIds {
  readonly chain: Chain;
  /** SHA-256 hashes as latin1 strings: the id before the first entry, then that of each entry as far as it is known. */
  readonly hashes: (string | undefined)[];
}

function knownIds(segment: Segment, milestones: readonly EntryId[]): KnownIds {
  const chain = new Chain(segment.log, segment.previous);
  const hashes: (string | undefined)[] = new Array(segment.count + 1).fill(undefined);
  hashes[0] = chain.hash;
  for (const [i, length] of milestoneLengths(segment).entries()) {
    const id = milestones[i];
    if (id) hashes[length - segment.first] = hashOfId(id);
  }
  return { chain, hashes };
}

class EntryView implements StoredEntry {
  readonly #within: OpenSegment;
  #said: Buffer | undefined;

  constructor(
    within: OpenSegment,
    readonly seq: number,
  ) {
    this.#within = within;
  }

  get log(): LogId {
    return this.#within.segment.log;
  }

  get id(): EntryId {
    return this.#within.idAt(this.seq + 1) as EntryId;
  }

  get previous(): EntryId {
    return this.#within.idAt(this.seq) as EntryId;
  }

  get meta(): Buffer {
    return this.#within.at(this.seq).meta;
  }

  get payload(): Buffer | undefined {
    return this.#within.at(this.seq).payload;
  }

  get payloadLength(): number {
    return this.#within.at(this.seq).payloadLength;
  }

  get said(): Buffer | undefined {
    // asked for by order, visibility and view; a key may still come for what did not open
    this.#said ??= this.#within.open(this, this);
    return this.#said;
  }
}

function startsIn({ raw, count }: Segment, wanted: number): number[] {
  const reader = new BodyReader(raw);
  const starts: number[] = [];
  while ((wanted === count || starts.length < wanted) && reader.next()) starts.push(reader.start);
  if (starts.length === wanted) return starts;
  throw new SatchelError('bad-segment', `segment body holds ${starts.length} entries, its header says ${count}`);
}
