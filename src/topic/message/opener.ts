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

/** What is known of one log. */
interface Learned {
  readonly topic: TopicId | undefined;
  /** By their number in the log. */
  readonly epochs: Map<number, EpochSecrets>;
  /** How many entries of each number did not open with any of the keys. */
  readonly failed: Map<number, number>;
}

/** Logs of which is remembered what opens them. */
const LOGS_MAX = 4_096;
const KEYS_MAX = 1_024;
/** Entries of one number that are tried with all keys: what nobody here can open costs no more than that. */
const ATTEMPTS_MAX = 16;

/** Opens entries with these keys. */
export class Opener {
  readonly #secrets: TopicSecrets;
  readonly #logs = new Map<string, Learned>();
  readonly #keys = new Map<string, SivKeys>();

  constructor(secrets: TopicSecrets) {
    this.#secrets = secrets;
  }

  /** What is sealed in the payload of a log's entry 0, in the topic whose key opens it; not judged. */
  introduction(log: LogId, payload: Buffer): Introduction | undefined {
    const sealed = sealedIntroductionIn(payload);
    if (!sealed) return undefined;
    for (const [topic, epochs] of this.#secrets) {
      for (const epoch of epochs) {
        const introduction = introductionIn(this.#attempt(log, epoch.control, INTRODUCTION, sealed));
        // a key of one topic places nothing in another
        if (introduction?.topic !== topic) continue;
        this.#learned(log, topic).epochs.set(0, epoch);
        return introduction;
      }
    }
    return undefined;
  }

  /** What the payload of another entry says, as if it had never been sealed; or why that is not known. */
  open(
    { log, seq }: { readonly log: LogId; readonly seq: number },
    payload: Buffer,
  ): Buffer | 'waiting' | 'unreadable' {
    const veiled = decodeVeiled(payload);
    if (!veiled) return 'unreadable';
    const place: EntryPlace = { kind: SIV_KINDS[veiled.kind], n: veiled.n, seq };
    const learned = this.#learned(log, undefined);
    const known = learned.epochs.get(veiled.n);
    const failed = learned.failed.get(veiled.n) ?? 0;
    const candidates = known ? [known] : failed < ATTEMPTS_MAX ? this.#candidates(learned.topic) : [];
    for (const epoch of candidates) {
      const secret = veiled.kind === 'message' ? epoch.data : epoch.control;
      const item = secret && this.#attempt(log, secret, place, veiled.sealed);
      if (item === undefined) continue;
      learned.epochs.set(veiled.n, epoch);
      return clearOf(veiled, item) ?? 'unreadable';
    }
    if (!known) learned.failed.set(veiled.n, failed + 1);
    return known && (veiled.kind !== 'message' || known.data) ? 'unreadable' : 'waiting';
  }

  #candidates(topic: TopicId | undefined): readonly EpochSecrets[] {
    return topic === undefined ? [...this.#secrets.values()].flat() : (this.#secrets.get(topic) ?? []);
  }

  #learned(log: LogId, topic: TopicId | undefined): Learned {
    const known = recall(this.#logs, log, LOGS_MAX, () => ({
      topic,
      epochs: new Map<number, EpochSecrets>(),
      failed: new Map<number, number>(),
    }));
    if (topic === undefined || known.topic === topic) return known;
    const learned = { ...known, topic };
    this.#logs.set(log, learned);
    return learned;
  }

  #attempt(log: LogId, secret: Buffer, place: EntryPlace, sealed: Buffer): Cbor | undefined {
    const keys = recall(this.#keys, `${log}${secret.toString('latin1')}`, KEYS_MAX, () => entryKeys(secret, log));
    return openEntry(keys, place, sealed);
  }
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
