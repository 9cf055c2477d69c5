// An entry as a reader meets it: with what the index and the proofs know of its place (spec/repository.md, "Reading").
import type { EntryId, LogId } from '../../format/ids.js';
import type { StoredEntry } from '../store/open-segment.js';

/** An entry with its place in the conversation of its log. */
export interface PlacedEntry extends StoredEntry {
  /** Entries are missing right before it. */
  readonly afterGap: boolean;
  /** The log is known to contradict itself from here or earlier. */
  readonly frozen: boolean;
}

/** A stored entry in its place; what is not asked for is not computed. */
export class EntryInPlace implements PlacedEntry {
  readonly #entry: StoredEntry;
  readonly seq: number;

  constructor(
    entry: StoredEntry,
    readonly afterGap: boolean,
    readonly frozen: boolean,
  ) {
    this.#entry = entry;
    this.seq = entry.seq;
  }

  get log(): LogId {
    return this.#entry.log;
  }

  get id(): EntryId {
    return this.#entry.id;
  }

  get previous(): EntryId {
    return this.#entry.previous;
  }

  get meta(): Buffer {
    return this.#entry.meta;
  }

  get payload(): Buffer | undefined {
    return this.#entry.payload;
  }

  get payloadLength(): number {
    return this.#entry.payloadLength;
  }

  get said(): Buffer | undefined {
    return this.#entry.said;
  }
}
