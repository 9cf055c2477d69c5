// What the index remembers of a run of entries (spec/repository.md, "Index").
import { type EntryId, idBytes, type LogId, readId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { type Housekeeping, NO_HOUSEKEEPING, othersIn } from './housekeeping.js';
import { FLAGS_AT, KIND, logOf, newRecord, seal } from './record-frame.js';
import { clockStored, housekeepingIn, milestonesIn, storedClock, waitingIn } from './run-details.js';

// 2 told full acks, in an earlier layout
const BITS = {
  ...{ acks: 1, retracts: 4, expires: 8, dropped: 16, clocks: 32, unheld: 64, blobs: 128 },
  ...{
    takesBack: 256,
    ascending: 512,
    copies: 1_024,
    retractsIn: 2_048,
    links: 4_096,
    veiled: 8_192,
    waits: 16_384,
    sealed: 32_768,
  },
};
/** Behind what all records have in common. */
const EVENTS_AT = 156;
type Flag = keyof typeof BITS;
const FLAGS = Object.keys(BITS) as Flag[];

/** A run of held entries; the runs of a log are disjoint. */
export interface RunRecord {
  readonly log: LogId;
  /** Seq of the first entry. */
  readonly first: number;
  /** One more than the seq of the last. */
  readonly end: number;
  /** Id before the first entry. */
  readonly previous: EntryId;
  /** Id at the end. */
  readonly id: EntryId;
  /** The segment that contains the run: number of its pack, place and length in bytes. */
  readonly pack: number;
  readonly offset: number;
  readonly length: number;
  /** Readable logical clocks in the run; meaningless unless `clocks`. */
  readonly minClock: number;
  readonly maxClock: number;
  /** Entries that are neither introduction nor housekeeping. */
  readonly messages: number;
  /** Of these, those that are shown to nobody. */
  readonly events: number;
  /** What counts towards quotas, in bytes: its entries, and those known before that are stored with them. */
  readonly bytes: number;
  /** Number of the commit that brought it. */
  readonly arrival: number;
  readonly acks: boolean;
  readonly retracts: boolean;
  readonly expires: boolean;
  readonly dropped: boolean;
  readonly clocks: boolean;
  /** Payloads were stripped without a cause verified here: the chain is known, the entries are not held. */
  readonly unheld: boolean;
  readonly blobs: boolean;
  /** Ids within the segment, at its {@link milestoneLengths}; only the first run of a segment has them. */
  readonly milestones?: readonly EntryId[] | undefined;
  /** Which of its entries are housekeeping; undefined when the index does not tell. */
  readonly housekeeping?: Housekeeping | undefined;
  /** It retracts something of which it is not known that it is housekeeping, as acks retract older acks. */
  readonly takesBack: boolean;
  /** The clocks of its messages are all readable, and none lies below one before it. */
  readonly ascending: boolean;
  /** Some of its messages say again what stands in older logs. */
  readonly copies: boolean;
  /** Some of its messages edit others, react to them, or mention somebody. */
  readonly links: boolean;
  /** It retracts something in an older log. */
  readonly retractsIn: boolean;
  /** It holds the introduction, and that is veiled. */
  readonly veiled: boolean;
  /** Something in it is sealed for members of a private topic. */
  readonly sealed: boolean;
  /** Some of its entries are sealed, and a key that was not here could open them. */
  readonly waits: boolean;
  /** Which these are, ascending. */
  readonly waiting: readonly Range[];
}

/** The record's bytes. `frameEnd` is set in the last record of a commit: the packs are covered up to there. */
export function encodeRun(run: RunRecord, frameEnd: number): Buffer {
  const bytes = newRecord(KIND.run, run.log);
  const bits = FLAGS.reduce((sum, flag) => sum | (run[flag] ? BITS[flag] : 0), 0);
  bytes.writeUInt16LE(bits, FLAGS_AT);
  idBytes(run.previous).copy(bytes, 40);
  idBytes(run.id).copy(bytes, 72);
  bytes.writeUIntBE(run.first, 104, 6);
  bytes.writeUInt16BE(run.end - run.first, 110);
  bytes.writeUInt32BE(run.pack, 112);
  bytes.writeUIntBE(run.offset, 116, 6);
  bytes.writeUInt32BE(run.length, 122);
  bytes.writeUIntBE(run.minClock, 126, 6);
  // where there are no messages the place of their clock is free for that of the housekeeping
  bytes.writeUIntBE(run.messages > 0 ? run.maxClock : storedClock(run.housekeeping), 132, 6);
  bytes.writeUInt16BE(run.messages, 138);
  bytes.writeUInt32BE(run.bytes, 140);
  bytes.writeUIntBE(run.arrival, 144, 6);
  bytes.writeUInt16BE(run.events, EVENTS_AT);
  return seal(bytes, frameEnd);
}

/** Whether the record at `at` describes a run. */
export function isRun(bytes: Buffer, at: number): boolean {
  return bytes[at] === KIND.run;
}

/** The pack number in a run's record. */
export function packOf(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + 112);
}

/** The commit number in a run's record. */
export function arrivalOf(bytes: Buffer, at: number): number {
  return bytes.readUIntBE(at + 144, 6);
}

/** The run whose record stands at `at`, behind its `details`; what is not asked for is not decoded. */
export function decodeRun(bytes: Buffer, at: number, details: () => Buffer = NO_DETAILS): RunRecord {
  return new StoredRun(bytes, at, details);
}

const NONE: readonly Range[] = [];
const NO_DETAILS = (): Buffer => Buffer.alloc(0);

/** All fields of a record as a value of its own, without milestones. */
export function plainRun(run: RunRecord): RunRecord {
  const { log, first, end, previous, id, pack, offset, length, minClock, maxClock, messages, bytes, arrival } = run;
  const { acks, retracts, expires, dropped, clocks, unheld, blobs, takesBack, ascending, housekeeping } = run;
  const { copies, links, retractsIn, events, veiled, sealed, waits, waiting } = run;
  return {
    ...{ log, first, end, previous, id, pack, offset, length, minClock, maxClock, messages, bytes, arrival },
    ...{ acks, retracts, expires, dropped, clocks, unheld, blobs, takesBack, ascending, housekeeping },
    ...{ copies, links, retractsIn, events, veiled, sealed, waits, waiting },
  };
}

class StoredRun implements RunRecord {
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #details: () => Buffer;
  #housekeeping: { readonly known: Housekeeping | undefined } | undefined;
  readonly first: number;
  readonly end: number;

  constructor(bytes: Buffer, at: number, details: () => Buffer) {
    this.#details = details;
    this.#bytes = bytes;
    this.#at = at;
    this.first = bytes.readUIntBE(at + 104, 6);
    this.end = this.first + bytes.readUInt16BE(at + 110);
  }

  get log(): LogId {
    return logOf(this.#bytes, this.#at);
  }
  get previous(): EntryId {
    return readId<EntryId>(this.#bytes, this.#at + 40);
  }
  get id(): EntryId {
    return readId<EntryId>(this.#bytes, this.#at + 72);
  }
  get milestones(): readonly EntryId[] {
    return milestonesIn(this.#details());
  }
  get housekeeping(): Housekeeping | undefined {
    this.#housekeeping ??= { known: this.#readHousekeeping() };
    return this.#housekeeping.known;
  }
  get pack(): number {
    return packOf(this.#bytes, this.#at);
  }
  get offset(): number {
    return this.#bytes.readUIntBE(this.#at + 116, 6);
  }
  get length(): number {
    return this.#bytes.readUInt32BE(this.#at + 122);
  }
  get minClock(): number {
    return this.#bytes.readUIntBE(this.#at + 126, 6);
  }
  get maxClock(): number {
    return this.clocks ? this.#bytes.readUIntBE(this.#at + 132, 6) : 0;
  }
  get messages(): number {
    return this.#bytes.readUInt16BE(this.#at + 138);
  }
  get events(): number {
    return this.#bytes.readUInt16BE(this.#at + EVENTS_AT);
  }
  get bytes(): number {
    return this.#bytes.readUInt32BE(this.#at + 140);
  }
  get arrival(): number {
    return arrivalOf(this.#bytes, this.#at);
  }
  get acks(): boolean {
    return this.#has('acks');
  }
  get retracts(): boolean {
    return this.#has('retracts');
  }
  get expires(): boolean {
    return this.#has('expires');
  }
  get dropped(): boolean {
    return this.#has('dropped');
  }
  get clocks(): boolean {
    return this.#has('clocks');
  }
  get unheld(): boolean {
    return this.#has('unheld');
  }
  get blobs(): boolean {
    return this.#has('blobs');
  }
  get takesBack(): boolean {
    return this.#has('takesBack');
  }
  get ascending(): boolean {
    return this.#has('ascending');
  }
  get copies(): boolean {
    return this.#has('copies');
  }
  get links(): boolean {
    return this.#has('links');
  }
  get retractsIn(): boolean {
    return this.#has('retractsIn');
  }
  get veiled(): boolean {
    return this.#has('veiled');
  }
  get sealed(): boolean {
    return this.#has('sealed');
  }
  get waits(): boolean {
    return this.#has('waits');
  }
  get waiting(): readonly Range[] {
    return this.waits ? waitingIn(this.#details(), this) : NONE;
  }

  #readHousekeeping(): Housekeeping | undefined {
    const count = othersIn(this);
    if (count === 0) return NO_HOUSEKEEPING;
    const found = this.messages > 0 ? housekeepingIn(this.#details(), this.first) : this.#allHousekeeping(count);
    // an index of before did not note it
    return found.seqs.length === count ? found : undefined;
  }

  #allHousekeeping(count: number): Housekeeping {
    const seqs = Array.from({ length: count }, (_, i) => this.end - count + i);
    return { seqs, clock: clockStored(this.#bytes.readUIntBE(this.#at + 132, 6)) };
  }

  #has(flag: Flag): boolean {
    // asked of every run of a log; a call into Buffer takes many times as long while it is cold
    const at = this.#at + FLAGS_AT;
    return (((this.#bytes[at] ?? 0) | ((this.#bytes[at + 1] ?? 0) << 8)) & BITS[flag]) !== 0;
  }
}
