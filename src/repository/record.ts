// What the index remembers of a run of entries, and of a log's introduction, as fixed-size records (spec/repository.md, "Index").
import { crc32 } from 'node:zlib';
import {
  type DeviceKey,
  type EntryId,
  idBytes,
  type LogId,
  type PersonId,
  readId,
  type TopicId,
} from '../format/ids.js';
import { CLOCK_LIMIT } from '../format/limits.js';
import { type Housekeeping, NO_HOUSEKEEPING, othersIn } from './housekeeping.js';

/** Bytes of one record. */
export const RECORD_SIZE = 160;
const KIND_RUN = 0;
const KIND_INTRODUCTION = 1;
// 2 were the ids at heads, in an earlier layout
const KIND_MILESTONES = 3;
const KIND_HOUSEKEEPING = 4;
const MILESTONES_AT = 40;
const MILESTONE_COUNT_AT = 136;
const MILESTONES_IN_RECORD = 3;
const HOUSEKEEPING_CLOCK_AT = 40;
const HOUSEKEEPING_COUNT_AT = 46;
const HOUSEKEEPING_AT = 48;
const HOUSEKEEPING_IN_RECORD = 51;
const ID_SIZE = 32;
const BODY_AT = 8;
const FRAME_END_AT = 150;
const FLAGS_AT = 1;
const FLAGS = [
  ...(['acks', 'fullAck', 'retracts', 'expires', 'dropped', 'clocks', 'unheld', 'blobs'] as const),
  ...(['takesBack', 'ascending'] as const),
];
type Flag = (typeof FLAGS)[number];
const BITS = Object.fromEntries(FLAGS.map((flag, i) => [flag, 1 << i])) as Readonly<Record<Flag, number>>;

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
  /** What counts towards quotas, in bytes: its entries, and those known before that are stored with them. */
  readonly bytes: number;
  /** Number of the commit that brought it. */
  readonly arrival: number;
  readonly acks: boolean;
  readonly fullAck: boolean;
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
  /** It retracts something, and not only as acks retract older acks. */
  readonly takesBack: boolean;
  /** The clocks of its messages are all readable, and none lies below one before it. */
  readonly ascending: boolean;
}

/** Whose log it is and which conversation it belongs to, from its verified introduction. */
export interface Introduced {
  readonly topic: TopicId;
  readonly person: PersonId;
  readonly device: DeviceKey;
  /** Whether it continues an older log of the person; undefined when the index does not tell. */
  readonly continues?: boolean | undefined;
}

/** A log's introduction in the index. */
export interface IntroductionRecord extends Introduced {
  readonly log: LogId;
}

/** The record's bytes. `frameEnd` is set in the last record of a commit: the packs are covered up to there. */
export function encodeRun(run: RunRecord, frameEnd: number): Buffer {
  const bytes = Buffer.alloc(RECORD_SIZE);
  bytes[0] = KIND_RUN;
  const bits = FLAGS.reduce((sum, flag) => sum | (run[flag] ? BITS[flag] : 0), 0);
  bytes.writeUInt16LE(bits, FLAGS_AT);
  idBytes(run.log).copy(bytes, BODY_AT);
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
  return seal(bytes, frameEnd);
}

/** The records that stand before that of a run: the milestones of its segment, and its housekeeping among messages. */
export function encodeDetails(run: RunRecord): Buffer[] {
  return [...encodeMilestones(run), ...encodeHousekeeping(run)];
}

function encodeMilestones({ log, milestones = [] }: RunRecord): Buffer[] {
  const records: Buffer[] = [];
  for (let i = 0; i < milestones.length; i += MILESTONES_IN_RECORD) {
    const bytes = detail(KIND_MILESTONES, log);
    const ids = milestones.slice(i, i + MILESTONES_IN_RECORD);
    for (const [n, id] of ids.entries()) idBytes(id).copy(bytes, MILESTONES_AT + n * ID_SIZE);
    bytes[MILESTONE_COUNT_AT] = ids.length;
    records.push(seal(bytes, 0));
  }
  return records;
}

function encodeHousekeeping({ log, first, messages, housekeeping = NO_HOUSEKEEPING }: RunRecord): Buffer[] {
  if (messages === 0) return [];
  const records: Buffer[] = [];
  for (let i = 0; i < housekeeping.seqs.length; i += HOUSEKEEPING_IN_RECORD) {
    const bytes = detail(KIND_HOUSEKEEPING, log);
    const seqs = housekeeping.seqs.slice(i, i + HOUSEKEEPING_IN_RECORD);
    bytes.writeUIntBE(storedClock(housekeeping), HOUSEKEEPING_CLOCK_AT, 6);
    bytes[HOUSEKEEPING_COUNT_AT] = seqs.length;
    for (const [n, seq] of seqs.entries()) bytes.writeUInt16BE(seq - first, HOUSEKEEPING_AT + 2 * n);
    records.push(seal(bytes, 0));
  }
  return records;
}

/** One more than the clock; 0 when there is none, or there is no room for it: the last of all clocks is not noted. */
function storedClock({ clock = -1 }: Housekeeping = NO_HOUSEKEEPING): number {
  return clock + 1 < CLOCK_LIMIT ? clock + 1 : 0;
}

function clockStored(value: number): number | undefined {
  return value > 0 ? value - 1 : undefined;
}

function detail(kind: number, log: LogId): Buffer {
  const bytes = Buffer.alloc(RECORD_SIZE);
  bytes[0] = kind;
  idBytes(log).copy(bytes, BODY_AT);
  return bytes;
}

/** The record of an introduction. */
export function encodeIntroductionRecord(introduction: IntroductionRecord): Buffer {
  const bytes = Buffer.alloc(RECORD_SIZE);
  bytes[0] = KIND_INTRODUCTION;
  idBytes(introduction.log).copy(bytes, BODY_AT);
  idBytes(introduction.topic).copy(bytes, 40);
  idBytes(introduction.person).copy(bytes, 72);
  idBytes(introduction.device).copy(bytes, 104);
  bytes[FLAGS_AT] = continuationCode(introduction.continues);
  return seal(bytes, 0);
}

/** Whether the record at `at` is whole. */
export function isIntact(bytes: Buffer, at: number): boolean {
  return sealOf(bytes, at) === crc32(bytes.subarray(at + BODY_AT, at + RECORD_SIZE), bytes.readUInt32BE(at));
}

/** The check word of the record at `at`. */
export function sealOf(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + 4);
}

/** Whether the record at `at` tells more of the run whose record comes next. */
export function isDetail(bytes: Buffer, at: number): boolean {
  return bytes[at] === KIND_MILESTONES || bytes[at] === KIND_HOUSEKEEPING;
}

function milestonesIn(details: Buffer): EntryId[] {
  return recordsOf(details, KIND_MILESTONES).flatMap((at) => {
    const count = Math.min(details[at + MILESTONE_COUNT_AT] ?? 0, MILESTONES_IN_RECORD);
    return Array.from({ length: count }, (_, n) => readId<EntryId>(details, at + MILESTONES_AT + n * ID_SIZE));
  });
}

function housekeepingIn(details: Buffer, first: number): Housekeeping {
  const records = recordsOf(details, KIND_HOUSEKEEPING);
  const seqs = records.flatMap((at) => {
    const count = Math.min(details[at + HOUSEKEEPING_COUNT_AT] ?? 0, HOUSEKEEPING_IN_RECORD);
    return Array.from({ length: count }, (_, n) => first + details.readUInt16BE(at + HOUSEKEEPING_AT + 2 * n));
  });
  const [any] = records;
  return {
    seqs,
    clock: any === undefined ? undefined : clockStored(details.readUIntBE(any + HOUSEKEEPING_CLOCK_AT, 6)),
  };
}

function recordsOf(details: Buffer, kind: number): number[] {
  const places = Array.from({ length: details.length / RECORD_SIZE }, (_, i) => i * RECORD_SIZE);
  return places.filter((at) => details[at] === kind);
}

/** Whether the record at `at` describes a log's introduction. */
export function isIntroduction(bytes: Buffer, at: number): boolean {
  return bytes[at] === KIND_INTRODUCTION;
}

/** Whether the record at `at` describes a run. */
export function isRun(bytes: Buffer, at: number): boolean {
  return bytes[at] === KIND_RUN;
}

/** The log the record at `at` is about. */
export function logOf(bytes: Buffer, at: number): LogId {
  return readId<LogId>(bytes, at + BODY_AT);
}

/** Where the packs are covered to if this record is the last of its commit, else 0. */
export function frameEndOf(bytes: Buffer, at: number): number {
  return bytes.readUIntBE(at + FRAME_END_AT, 6);
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

const NO_DETAILS = (): Buffer => Buffer.alloc(0);

/** All fields of a record as a value of its own, without milestones. */
export function plainRun(run: RunRecord): RunRecord {
  const { log, first, end, previous, id, pack, offset, length, minClock, maxClock, messages, bytes, arrival } = run;
  const { acks, fullAck, retracts, expires, dropped, clocks, unheld, blobs, takesBack, ascending, housekeeping } = run;
  return {
    ...{ log, first, end, previous, id, pack, offset, length, minClock, maxClock, messages, bytes, arrival },
    ...{ acks, fullAck, retracts, expires, dropped, clocks, unheld, blobs, takesBack, ascending, housekeeping },
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
  get bytes(): number {
    return this.#bytes.readUInt32BE(this.#at + 140);
  }
  get arrival(): number {
    return arrivalOf(this.#bytes, this.#at);
  }
  get acks(): boolean {
    return this.#has('acks');
  }
  get fullAck(): boolean {
    return this.#has('fullAck');
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

/** The introduction whose record stands at `at`. */
export function decodeIntroductionRecord(bytes: Buffer, at: number): IntroductionRecord {
  return {
    log: logOf(bytes, at),
    topic: readId<TopicId>(bytes, at + 40),
    person: readId<PersonId>(bytes, at + 72),
    device: readId<DeviceKey>(bytes, at + 104),
    continues: continuationOf(bytes[at + FLAGS_AT] ?? 0),
  };
}

/** Whether a log continues another one, in two bits. */
export function continuationCode(continues: boolean | undefined): number {
  return continues === undefined ? 0 : continues ? 1 : 2;
}

/** What {@link continuationCode} was given. */
export function continuationOf(code: number): boolean | undefined {
  return code === 0 ? undefined : code === 1;
}

function seal(bytes: Buffer, frameEnd: number): Buffer {
  bytes.writeUIntBE(frameEnd, FRAME_END_AT, 6);
  bytes.writeUInt32BE(crc32(bytes.subarray(BODY_AT), bytes.readUInt32BE(0)), 4);
  return bytes;
}
