// What is sealed in veiled logs, opened with the keys of private topics that are here (spec/veiled.md, "Opening"): whose key it
// is, is learned from the first entry that opens. Nothing opened is ever written to the disk.
import type { Cbor } from '../../format/cbor/cbor.js';
import type { LogId, TopicId } from '../../format/ids.js';
import { type Introduction, introductionIn, sealedIntroductionIn } from '../../format/log/introduction.js';
import { recall } from '../../format/lru.js';
import { controlBodyItem } from '../../format/private/control-body.js';
import { type EntryPlace, entryKeys, openEntry } from '../../format/private/entry-cipher.js';
import { SIV_KINDS, type SivKeys } from '../../format/private/siv.js';
import { decodeVeiled, type VeiledPayload } from '../../format/private/veiled-payload.js';
import type { LogsHere } from '../../repository/index/payload-notes.js';
import { encodeAckBody } from '../acks/acks.js';
import type { Clocks } from '../order/hour-clock.js';
import { CONTROL, readInnerAck, readInnerControl, readInnerMessage } from '../private/inner.js';
import { ACK, encodeMessage, type Message, RETRACT } from './message.js';

/** The secrets of one epoch, as far as they are here. */
export interface EpochSecrets {
  /** 64 hex digits. */
  readonly id: string;
  /** C, 32 bytes: opens introductions, control entries, acknowledgements. */
  readonly control: Buffer;
  /** D, 32 bytes: opens messages; absent where only C was shared. */
  readonly data?: Buffer | undefined;
}

/** The epochs of private topics, the newest of each first. */
export type TopicSecrets = ReadonlyMap<TopicId, readonly EpochSecrets[]>;

/** What is known of a log whose introduction was verified. */
interface Learned {
  /** Absent where the introduction is not veiled: then nothing opens in the log. */
  readonly topic?: TopicId | undefined;
  /** By their number in the log. */
  readonly epochs: Map<number, EpochSecrets>;
  /** The seqs of each number that did not open with any of the keys. */
  readonly failed: Map<number, Set<number>>;
}

/** Logs of which is remembered what opens them. */
const LOGS_MAX = 4_096;
const KEYS_MAX = 1_024;
/** Entries of one number that are tried with all keys: what nobody here can open costs no more than that. */
const ATTEMPTS_MAX = 16;

/** Opens entries with these keys, in the logs that are here. */
export class Opener {
  readonly #secrets: TopicSecrets;
  readonly #here: LogsHere;
  readonly #logs = new Map<string, Learned>();
  readonly #keys = new Map<string, SivKeys>();

  constructor(secrets: TopicSecrets, here: LogsHere = NO_LOGS) {
    this.#secrets = secrets;
    this.#here = here;
  }

  /** What is sealed in the payload of a log's entry 0, in the topic whose key opens it; not judged. */
  introduction(log: LogId, payload: Buffer): Introduction | undefined {
    const sealed = sealedIntroductionIn(payload);
    if (!sealed) return undefined;
    const known = this.#learned(log);
    const first = known?.epochs.get(0);
    if (first) return this.#introductionIn(log, first, sealed);
    for (const [topic, epochs] of known ? this.#ofTopic(known.topic) : this.#secrets) {
      for (const epoch of epochs) {
        const introduction = this.#introductionIn(log, epoch, sealed);
        // a key of one topic places nothing in another
        if (introduction?.topic === topic) return introduction;
      }
    }
    return undefined;
  }

  /** From now on the log is that of its introduction, which is genuine: in this topic, and veiled or not. */
  placed(log: LogId, topic: TopicId, payload: Buffer | undefined): void {
    const sealed = payload && sealedIntroductionIn(payload);
    const learned: Learned = {
      ...(!payload || sealed ? { topic } : {}),
      epochs: new Map(),
      failed: new Map(),
    };
    const epochs = sealed ? (this.#secrets.get(topic) ?? []) : [];
    const first = epochs.find((epoch) => sealed && this.#introductionIn(log, epoch, sealed)?.topic === topic);
    if (first) learned.epochs.set(0, first);
    this.#logs.delete(log);
    recall(this.#logs, log, LOGS_MAX, () => learned);
  }

  /** What the payload of another entry says, as if it had never been sealed; or why that is not known. */
  open(
    { log, seq }: { readonly log: LogId; readonly seq: number },
    payload: Buffer,
  ): Buffer | 'waiting' | 'unreadable' {
    const veiled = decodeVeiled(payload);
    if (!veiled) return 'unreadable';
    const learned = this.#learned(log);
    if (!learned) return this.#isOpen(log) ? 'unreadable' : 'waiting';
    if (learned.topic === undefined) return 'unreadable';
    const place: EntryPlace = { kind: SIV_KINDS[veiled.kind], n: veiled.n, seq };
    const known = learned.epochs.get(veiled.n);
    const failed = learned.failed.get(veiled.n) ?? new Set<number>();
    const candidates = known ? [known] : failed.size < ATTEMPTS_MAX ? (this.#secrets.get(learned.topic) ?? []) : [];
    for (const epoch of candidates) {
      const secret = secretOf(epoch, veiled);
      const item = secret && this.#attempt(log, secret, place, veiled.sealed);
      if (item === undefined) continue;
      learned.epochs.set(veiled.n, epoch);
      return clearOf(veiled, item) ?? 'unreadable';
    }
    if (known) return secretOf(known, veiled) ? 'unreadable' : 'waiting';
    // what no secret was tried on says nothing of whether one opens it
    if (candidates.some((epoch) => secretOf(epoch, veiled))) learned.failed.set(veiled.n, failed.add(seq));
    return 'waiting';
  }

  /** Whether a log without a place begins with something that is not veiled. */
  #isOpen(log: LogId): boolean {
    if (this.#here.log(log)?.veiled) return false;
    const payload = this.#here.entry(log, 0)?.payload;
    return payload !== undefined && sealedIntroductionIn(payload) === undefined;
  }

  *#ofTopic(topic: TopicId | undefined): Generator<[TopicId, readonly EpochSecrets[]]> {
    const epochs = topic === undefined ? undefined : this.#secrets.get(topic);
    if (topic !== undefined && epochs) yield [topic, epochs];
  }

  /** What is known of a log: what was learned, else as its introduction here says; undefined while it has no place. */
  #learned(log: LogId): Learned | undefined {
    const known = this.#logs.get(log);
    if (known) return recall(this.#logs, log, LOGS_MAX, () => known);
    const topic = this.#here.log(log)?.topic;
    if (topic === undefined) return undefined;
    this.placed(log, topic, this.#here.entry(log, 0)?.payload);
    return this.#logs.get(log);
  }

  #introductionIn(log: LogId, { control }: EpochSecrets, sealed: Buffer): Introduction | undefined {
    return introductionIn(this.#attempt(log, control, INTRODUCTION, sealed));
  }

  #attempt(log: LogId, secret: Buffer, place: EntryPlace, sealed: Buffer): Cbor | undefined {
    const keys = recall(this.#keys, `${log}${secret.toString('latin1')}`, KEYS_MAX, () => entryKeys(secret, log));
    return openEntry(keys, place, sealed);
  }
}

const NO_LOGS: LogsHere = { log: () => undefined, entry: () => undefined };

/** The secret under which an epoch has such an entry. */
function secretOf({ control, data }: EpochSecrets, { kind }: VeiledPayload): Buffer | undefined {
  return kind === 'message' ? data : control;
}

const INTRODUCTION: EntryPlace = { kind: SIV_KINDS.introduction, n: 0, seq: 0 };

/**
 * What was sealed, exact to the millisecond, as a payload that was not: without its salt, which has done its work. Undefined when
 * it has not the form that its kind has.
 */
function clearOf({ kind, time, ahead }: VeiledPayload, inner: Cbor): Buffer | undefined {
  const said = READ[kind](inner, { time, clock: time + ahead });
  return said && encodeMessage({ ...said, salt: undefined });
}

const READ: Record<VeiledPayload['kind'], (inner: Cbor, outer: Clocks) => Message | undefined> = {
  message: readInnerMessage,
  control: (inner, outer) => {
    const control = readInnerControl(inner, outer);
    if (!control) return undefined;
    const { body, ...clocks } = control;
    return { ...clocks, deps: [], type: body ? CONTROL : RETRACT, ...(body && { body: controlBodyItem(body) }) };
  },
  acknowledgement: (inner, outer) => {
    const said = readInnerAck(inner, outer);
    if (!said) return undefined;
    const { ack, ...clocks } = said;
    return { ...clocks, deps: [], type: ACK, body: encodeAckBody(ack) };
  },
};
