// A veiled log, written by hand (spec/veiled.md), with keys that nobody has but whom the test gives them.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import type { EntryId, LogId } from '../../src/format/ids.js';
import { decodeSegment } from '../../src/format/log/segment.js';
import { cutSegment, endOfRun } from '../../src/format/log/segment-build.js';
import { type BundleExtras, type MadeSegment, makeBundle } from './make.js';
import type { Replica } from './replica.js';
import { sha256, WIRE_TIME, type WireKey, wireKeyOf } from './wire.js';
import { introduction, wirePerson } from './wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from './wire-cbor.js';
import { HOUSEKEEPING } from './wire-message.js';
import { runOf, segment, type WireEntry, wireLog } from './wire-segment.js';
import { type WireSealed, wireSeal, wireSecret } from './wire-veiled.js';

/** An hour: what the clear clock counts. */
const HOUR = 3_600_000;
/** Where the clear clocks of such logs begin. */
export const WHOLE_HOUR = Math.floor(WIRE_TIME / HOUR) * HOUR;

/** What a log is written with. */
export interface VeiledOptions {
  /** Seals introductions, control entries, acknowledgements. */
  readonly control?: Buffer;
  /** Seals messages. */
  readonly data?: Buffer;
  /** The log's own secret. */
  readonly seed?: Buffer;
  /** The item of its introduction. */
  readonly introduction?: (log: Buffer) => Buffer;
  /** It stands in the clear: the log is not veiled. */
  readonly isOpen?: boolean;
}

/** When something was written, in whole hours behind {@link WHOLE_HOUR}; what else stands in its metadata. */
export interface VeiledEntry {
  readonly hours?: number;
  /** Sealed: minutes of the hour, of time and clock. */
  readonly minutes?: number;
  /** Minutes by which the clock is ahead of the time. */
  readonly lead?: number;
  readonly meta?: Pairs;
}

/** A log that grows. */
export class VeiledLog {
  readonly key: WireKey;
  readonly id: LogId;
  readonly control: Buffer;
  readonly data: Buffer;
  readonly #entries: WireEntry[] = [];
  #epoch: { readonly n: number; readonly control: Buffer; readonly data: Buffer };

  constructor(options: VeiledOptions = {}) {
    this.key = wireKeyOf(options.seed ?? randomBytes(32));
    this.id = this.key.id.toString('hex') as LogId;
    this.control = options.control ?? wireSecret('control');
    this.data = options.data ?? wireSecret('data');
    this.#epoch = { n: 0, control: this.control, data: this.data };
    const item = options.introduction?.(this.key.id) ?? strangersIntroduction(this.key.id);
    const sealed = this.#seal(3, this.control, item);
    const veiled = cborMap([[12, cborList([cborInt(0), cborBytes(sealed)])]]);
    this.#entries.push({ payload: options.isOpen ? item : veiled });
  }

  /** Its length. */
  get length(): number {
    return this.#entries.length;
  }

  /** The id of the entry at `seq`. */
  idAt(seq: number): EntryId {
    return wireLog(this.key, this.#entries).ids[seq]?.toString('hex') as EntryId;
  }

  /** Adds a message; inner keys 1 and 2 are its minutes, in ms. */
  message(text: string, { inner = [], ...entry }: VeiledEntry & { readonly inner?: Pairs } = {}): this {
    const salt = sha256(`${text}/${this.length}`).subarray(0, 8);
    const { minutes = 0, lead = 0 } = entry;
    const parts: Pairs = [
      [1, cborInt(minutes * 60_000)],
      [2, cborInt((minutes + lead) * 60_000)],
    ];
    const item = cborMap([...parts, [4, cborText(text)], [8, cborBytes(salt)], ...inner]);
    return this.#add(10, this.#seal(1, this.#epoch.data, item), entry);
  }

  /** From here on it is written under the next of its epochs. */
  under({ control, data }: Pick<VeiledLog, 'control' | 'data'>): this {
    this.#epoch = { n: this.#epoch.n + 1, control, data };
    return this;
  }

  /** Adds what looks sealed, and is nothing that any key could open. */
  nonsense(entry: VeiledEntry = {}): this {
    return this.#add(10, Buffer.alloc(5), entry);
  }

  /** Adds a message that is sealed with the key of another log's messages. */
  foreign({ data }: Pick<VeiledLog, 'data'>, entry: VeiledEntry = {}): this {
    return this.#add(10, this.#seal(1, data, cborMap([[1, cborInt(0)]])), entry);
  }

  /** Adds a control entry. */
  event(entry: VeiledEntry = {}): this {
    const item = cborMap([
      [1, cborInt(0)],
      [2, cborInt(0)],
      [3, cborText('control')],
      [4, cborMap([])],
    ]);
    return this.#add(12, this.#seal(2, this.#epoch.control, item), entry);
  }

  /** Adds an acknowledgement with that body. */
  ack(body: Buffer = cborMap([[1, cborList([])]]), entry: VeiledEntry = {}): this {
    const item = cborMap([
      [1, cborInt(0)],
      [2, cborInt(0)],
      [4, body],
    ]);
    return this.#add(13, this.#seal(5, this.#epoch.control, item), entry, HOUSEKEEPING);
  }

  /** Adds what takes back the entry at `seq`. */
  retract(seq: number, entry: VeiledEntry = {}): this {
    const item = cborMap([
      [1, cborInt(0)],
      [2, cborInt(0)],
      [3, cborText('retract')],
    ]);
    const range = cborList([cborList([cborInt(seq), cborInt(seq + 1)])]);
    const meta = cborMap([
      [3, range],
      [4, Buffer.of(0xf5)],
    ]);
    return this.#add(12, this.#seal(2, this.#epoch.control, item), entry, meta);
  }

  /** The part [from, end), with the introduction in a segment of its own. */
  segments(from = 0, end = this.length): Buffer[] {
    const log = wireLog(this.key, this.#entries);
    const rest = Math.max(from, 1);
    return [
      ...(from === 0 ? [segment(runOf(log, 0, 1))] : []),
      ...(end > rest ? [segment(runOf(log, rest, end))] : []),
    ];
  }

  /** Puts the part into a repository, as one commit, whoever's it is. */
  give(replica: Replica, from = 0, end = this.length): this {
    const { repository } = replica;
    const taken = this.segments(from, end).map(decodeSegment);
    repository.locked(() => repository.commit((commit) => taken.map((one) => commit.take(one))));
    return this;
  }

  #add(
    key: number,
    sealed: Buffer,
    { hours = this.length, meta: pairs = [] }: VeiledEntry,
    meta = cborMap(pairs),
  ): this {
    const clock: Pairs = [
      [1, cborInt(WHOLE_HOUR + hours * HOUR)],
      [2, cborInt(0)],
    ];
    const payload = cborMap([...clock, [key, cborList([cborInt(this.#epoch.n), cborBytes(sealed)])]]);
    this.#entries.push({ payload, ...(meta.length > 1 && { meta }) });
    return this;
  }

  #seal(kind: WireSealed['kind'], secret: Buffer, item: Buffer): Buffer {
    return wireSeal({ secret, log: this.key.id, kind, n: this.#epoch.n, seq: this.length }, item);
  }
}

/** Writes a bundle with these segments, signed by the device of a replica, or by one that nobody knows. */
export async function writeVeiled(
  file: string,
  segments: readonly Buffer[],
  { by, ...rest }: { readonly by?: Replica } & Pick<BundleExtras, 'frontier' | 'blobs'> = {},
): Promise<string> {
  const made = segments.map(madeOf);
  const { device, epoch } = by?.session.self ?? {};
  const seed = (await by?.author())?.secrets.device;
  const draft = { ...(device && { key: device }), ...(epoch && { epoch }), serial: ++serials };
  fs.writeFileSync(file, makeBundle(made, { draft, ...(seed && { seed }), ...rest }));
  return file;
}

let serials = 1_000;

function madeOf(bytes: Buffer): MadeSegment {
  const decoded = decodeSegment(bytes);
  const { log, first, count, raw } = decoded;
  const end = first + count;
  const id = endOfRun(cutSegment(decoded, first, end));
  return { bytes, record: { log, first, end, id, offset: 0, length: bytes.length }, rawLength: raw.length };
}

/** Of somebody whom nobody here knows, in a topic that nobody has joined. */
function strangersIntroduction(log: Buffer): Buffer {
  return introduction({ log, topic: sha256('a private topic'), label: 'garden', person: wirePerson('Cleo') });
}
