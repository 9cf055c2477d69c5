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

/** Bytes of one record. */
export const RECORD_SIZE = 160;
const KIND_RUN = 0;
const KIND_INTRODUCTION = 1;
// 2 were the ids at heads, in an earlier layout
const KIND_MILESTONES = 3;
const MILESTONES_AT = 40;
const MILESTONE_COUNT_AT = 136;
const MILESTONES_IN_RECORD = 3;
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
  bytes.writeUIntBE(run.maxClock, 132, 6);
  bytes.writeUInt16BE(run.messages, 138);
  bytes.writeUInt32BE(run.bytes, 140);
  bytes.writeUIntBE(run.arrival, 144, 6);
  return seal(bytes, frameEnd);
}

/** The records that stand before that of a run, for the milestones of its segment. */
export function encodeMilestones({ log, milestones = [] }: RunRecord): Buffer[] {
  const records: Buffer[] = [];
  for (let i = 0; i < milestones.length; i += MILESTONES_IN_RECORD) {
    const bytes = Buffer.alloc(RECORD_SIZE);
    bytes[0] = KIND_MILESTONES;
    idBytes(log).copy(bytes, BODY_AT);
    const ids = milestones.slice(i, i + MILESTONES_IN_RECORD);
    for (const [n, id] of ids.entries()) idBytes(id).copy(bytes, MILESTONES_AT + n * ID_SIZE);
    bytes[MILESTONE_COUNT_AT] = ids.length;
    records.push(seal(bytes, 0));
  }
  return records;
}

/** The record of an introduction. */
export function encodeIntroductionRecord(introduction: IntroductionRecord): Buffer {
  const bytes = Buffer.alloc(RECORD_SIZE);
  bytes[0] = KIND_INTRODUCTION;
  idBytes(introduction.log).copy(bytes, BODY_AT);
  idBytes(introduction.topic).copy(bytes, 40);
  idBytes(introduction.person).copy(bytes, 72);
  idBytes(introduction.device).copy(bytes, 104);
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

/** The milestones in the record at `at`; undefined when it is another record. */
export function decodeMilestones(bytes: Buffer, at: number): EntryId[] | undefined {
  if (bytes[at] !== KIND_MILESTONES) return undefined;
  const count = Math.min(bytes[at + MILESTONE_COUNT_AT] ?? 0, MILESTONES_IN_RECORD);
  return Array.from({ length: count }, (_, n) => readId<EntryId>(bytes, at + MILESTONES_AT + n * ID_SIZE));
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

/** The run whose record stands at `at`; what is not asked for is not decoded, nor are its milestones. */
export function decodeRun(bytes: Buffer, at: number, milestones: () => readonly EntryId[] = NO_MILESTONES): RunRecord {
  return new StoredRun(bytes, at, milestones);
}

const NO_MILESTONES = (): readonly EntryId[] => [];

/** All fields of a record as a value of its own. */
export function plainRun(run: RunRecord): RunRecord {
  const { log, first, end, previous, id, pack, offset, length, minClock, maxClock, messages, bytes, arrival } = run;
  const { acks, fullAck, retracts, expires, dropped, clocks, unheld, blobs, takesBack, ascending } = run;
  return {
    ...{ log, first, end, previous, id, pack, offset, length, minClock, maxClock, messages, bytes, arrival },
    ...{ acks, fullAck, retracts, expires, dropped, clocks, unheld, blobs, takesBack, ascending },
  };
}

class StoredRun implements RunRecord {
  readonly #bytes: Buffer;
  readonly #at: number;
  readonly #milestones: () => readonly EntryId[];
  readonly first: number;
  readonly end: number;

  constructor(bytes: Buffer, at: number, milestones: () => readonly EntryId[]) {
    this.#milestones = milestones;
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
    return this.#milestones();
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
    return this.#bytes.readUIntBE(this.#at + 132, 6);
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

  #has(flag: Flag): boolean {
    return (this.#bytes.readUInt16LE(this.#at + FLAGS_AT) & BITS[flag]) !== 0;
  }
}

/** The introduction whose record stands at `at`. */
export function decodeIntroductionRecord(bytes: Buffer, at: number): IntroductionRecord {
  return {
    log: logOf(bytes, at),
    topic: readId<TopicId>(bytes, at + 40),
    person: readId<PersonId>(bytes, at + 72),
    device: readId<DeviceKey>(bytes, at + 104),
  };
}

function seal(bytes: Buffer, frameEnd: number): Buffer {
  bytes.writeUIntBE(frameEnd, FRAME_END_AT, 6);
  bytes.writeUInt32BE(crc32(bytes.subarray(BODY_AT), bytes.readUInt32BE(0)), 4);
  return bytes;
}
