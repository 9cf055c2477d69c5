// What is sealed in veiled logs, opened with the keys of private topics that are here (spec/veiled.md, "Opening"): whose key it
// is, is learned from the first entry that opens. Nothing opened is ever written to the disk.
import type { Cbor } from '../../format/cbor/cbor.js';
import type { LogId, TopicId } from '../../format/ids.js';
import { type Introduction, introductionIn, sealedIntroductionIn } from '../../format/log/introduction.js';
import { recall } from '../../format/lru.js';
import { sha256Latin1 } from '../../format/platform.js';
import { controlBodyItem } from '../../format/private/control-body.js';
import { type EntryPlace, entryKeys, openEntry } from '../../format/private/entry-cipher.js';
import type { EpochKeys } from '../../format/private/epoch.js';
import { SIV_KINDS, type SivKeys } from '../../format/private/siv.js';
import { decodeVeiled, type VeiledPayload } from '../../format/private/veiled-payload.js';
import type { LogsHere } from '../../repository/index/payload-notes.js';
import { encodeAckBody } from '../acks/acks.js';
import type { Clocks } from '../order/hour-clock.js';
import { CONTROL, readInnerAck, readInnerControl, readInnerMessage } from '../private/inner.js';
import { ACK, encodeMessage, type Message, RETRACT } from './message.js';

/** The epochs of private topics, the newest of each first. */
export type TopicSecrets = ReadonlyMap<TopicId, readonly EpochKeys[]>;

/** What is known of a log whose introduction was verified. */
interface Learned {
  /** Undefined where the introduction is not veiled: then nothing opens in the log. */
  readonly topic: TopicId | undefined;
  /** The keys by which all of it is known. */
  keys: readonly EpochKeys[];
  /** By their number in the log. */
  readonly epochs: Map<number, EpochKeys>;
  /** The seqs that did not open with any of the keys, by {@link underSecret}. */
  readonly failed: Map<string, Set<number>>;
}

/** An introduction, and the epoch it is sealed under. */
interface Introduced {
  readonly epoch: EpochKeys;
  readonly introduction: Introduction;
}

/** Logs of which is remembered what opens them. */
const LOGS_MAX = 4_096;
const KEYS_MAX = 1_024;
/** Entries under one secret of a log that are tried with all keys: what nobody here can open costs no more than that. */
const ATTEMPTS_MAX = 16;
/** Secrets of one log under which nothing has opened, two of each number: beyond that no other one is tried. */
const SECRETS_MAX = 2 * 64;
/** Introductions that no key opens, of which that is remembered. */
const CLOSED_MAX = 65_536;

/** Opens entries with these keys, in the logs that are here. */
export class Opener {
  readonly #keyring: { readonly secrets: TopicSecrets };
  readonly #here: LogsHere;
  readonly #logs = new Map<string, Learned>();
  readonly #keys = new Map<string, SivKeys>();
  /** The keys that were tried on introductions, numbered as they came. */
  readonly #numbers = new WeakMap<EpochKeys, number>();
  #numbered = 0;
  /** Introductions that did not open, and up to which number keys were tried on them. */
  readonly #closed = new Map<string, number>();
  readonly #most: number;

  /** `most`: of so many logs is remembered what opens them. */
  constructor(keyring: { readonly secrets: TopicSecrets }, here: LogsHere = NO_LOGS, most = LOGS_MAX) {
    this.#keyring = keyring;
    this.#most = most;
    this.#here = here;
  }

  get #secrets(): TopicSecrets {
    return this.#keyring.secrets;
  }

  /** The epoch that an entry is sealed under; undefined where no key that is here opens it. */
  epochUnder(place: { readonly log: LogId; readonly seq: number }, payload: Buffer): EpochKeys | undefined {
    const n = place.seq === 0 ? 0 : decodeVeiled(payload)?.n;
    const learned = n === undefined ? undefined : this.#learned(place.log)?.epochs.get(n);
    if (n === undefined || learned || place.seq === 0) return learned;
    this.open(place, payload);
    return this.#learned(place.log)?.epochs.get(n);
  }

  /** What is sealed in the payload of a log's entry 0, in the topic whose key opens it; not judged. */
  introduction(log: LogId, payload: Buffer): Introduction | undefined {
    const sealed = sealedIntroductionIn(payload);
    if (!sealed) return undefined;
    const known = this.#learned(log);
    const first = known?.epochs.get(0);
    if (first) return this.#introductionIn(log, first, sealed);
    return this.#introductionOf(log, sealed, known ? this.#ofTopic(known.topic) : this.#secrets)?.introduction;
  }

  /** From now on the log is that of its introduction, which is genuine: in this topic, and veiled or not. */
  placed(log: LogId, topic: TopicId, payload: Buffer | undefined): void {
    const sealed = payload && sealedIntroductionIn(payload);
    const of = !payload || sealed ? topic : undefined;
    const before = this.#logs.get(log);
    const learned: Learned =
      before && before.topic === of
        ? before
        : { topic: of, keys: this.#keysOf(of), epochs: new Map(), failed: new Map() };
    if (sealed && !learned.epochs.has(0)) {
      const epoch = this.#introductionOf(log, sealed, this.#ofTopic(topic))?.epoch;
      if (epoch) learned.epochs.set(0, epoch);
    }
    this.#logs.delete(log);
    recall(this.#logs, log, this.#most, () => learned);
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
    const under = underSecret(veiled);
    const failed = learned.failed.get(under) ?? new Set<number>();
    const isNew = failed.size === 0 && learned.failed.size < SECRETS_MAX;
    const isLeft = isNew || (failed.size > 0 && failed.size < ATTEMPTS_MAX && !failed.has(seq));
    const candidates = known ? [known] : isLeft ? learned.keys : [];
    for (const epoch of candidates) {
      const secret = secretOf(epoch, veiled);
      const item = secret && this.#attempt(log, secret, place, veiled.sealed);
      if (item === undefined) continue;
      learned.epochs.set(veiled.n, epoch);
      for (const kind of ['message', 'control'] as const) learned.failed.delete(underSecret({ kind, n: veiled.n }));
      return clearOf(veiled, item) ?? 'unreadable';
    }
    if (known) return secretOf(known, veiled) ? 'unreadable' : 'waiting';
    // what no secret was tried on says nothing of whether one opens it
    if (candidates.some((epoch) => secretOf(epoch, veiled))) learned.failed.set(under, failed.add(seq));
    return 'waiting';
  }

  /**
   * Where keys have come, or are tried no longer: what did not open may open now, and of an epoch what says more is used. An epoch
   * stays that of a number only as long as the very secret is here that opened it.
   */
  #refresh(log: LogId, learned: Learned): void {
    const keys = this.#keysOf(learned.topic);
    if (learned.topic === undefined || keys === learned.keys) return;
    learned.keys = keys;
    learned.failed.clear();
    for (const [n, { id, control }] of learned.epochs) {
      const now = keys.find((one) => one.id === id && one.control.equals(control));
      if (now) learned.epochs.set(n, now);
      else learned.epochs.delete(n);
    }
    if (!learned.epochs.has(0)) this.placed(log, learned.topic, this.#here.entry(log, 0)?.payload);
  }

  /** Whether a log without a place begins with something that is not veiled. */
  #isOpen(log: LogId): boolean {
    if (this.#here.log(log)?.veiled) return false;
    const payload = this.#here.entry(log, 0)?.payload;
    return payload !== undefined && sealedIntroductionIn(payload) === undefined;
  }

  #keysOf(topic: TopicId | undefined): readonly EpochKeys[] {
    return (topic === undefined ? undefined : this.#secrets.get(topic)) ?? NO_KEYS;
  }

  #ofTopic(topic: TopicId | undefined): TopicSecrets {
    return new Map(topic === undefined ? [] : [[topic, this.#keysOf(topic)]]);
  }

  /** What is known of a log: what was learned, else as its introduction here says; undefined while it has no place. */
  #learned(log: LogId): Learned | undefined {
    const known = this.#logs.get(log);
    if (known) {
      recall(this.#logs, log, this.#most, () => known);
      this.#refresh(log, known);
      return this.#logs.get(log);
    }
    const topic = this.#here.log(log)?.topic;
    if (topic === undefined) return undefined;
    this.placed(log, topic, this.#here.entry(log, 0)?.payload);
    return this.#logs.get(log);
  }

  /** What opens, with a key of the topic that it names; tried again only when there are more keys. */
  #introductionOf(log: LogId, sealed: Buffer, topics: TopicSecrets): Introduced | undefined {
    const name = `${log}${sha256Latin1(sealed)}`;
    const tried = this.#closed.get(name) ?? 0;
    const all = [...topics].flatMap(([topic, epochs]) => epochs.map((epoch) => ({ topic, epoch })));
    for (const { topic, epoch } of all.filter((one) => this.#numberOf(one.epoch) > tried)) {
      const introduction = this.#introductionIn(log, epoch, sealed);
      // a key of one topic places nothing in another
      if (introduction?.topic === topic) return { epoch, introduction };
    }
    this.#closed.delete(name);
    recall(this.#closed, name, CLOSED_MAX, () => this.#numbered);
    return undefined;
  }

  #numberOf(epoch: EpochKeys): number {
    const number = this.#numbers.get(epoch) ?? ++this.#numbered;
    this.#numbers.set(epoch, number);
    return number;
  }

  #introductionIn(log: LogId, { control }: EpochKeys, sealed: Buffer): Introduction | undefined {
    return introductionIn(this.#attempt(log, control, INTRODUCTION, sealed));
  }

  #attempt(log: LogId, secret: Buffer, place: EntryPlace, sealed: Buffer): Cbor | undefined {
    const keys = recall(this.#keys, `${log}${secret.toString('latin1')}`, KEYS_MAX, () => entryKeys(secret, log));
    return openEntry(keys, place, sealed);
  }
}

const NO_KEYS: readonly EpochKeys[] = [];
const NO_LOGS: LogsHere = { log: () => undefined, entry: () => undefined };

/** The secret under which an epoch has such an entry. */
function secretOf({ control, data }: EpochKeys, { kind }: VeiledPayload): Buffer | undefined {
  return kind === 'message' ? data : control;
}

/** Which secret of the log an entry is sealed under: of an epoch of which C alone is here messages say nothing of the rest. */
function underSecret({ kind, n }: Pick<VeiledPayload, 'kind' | 'n'>): string {
  return `${kind === 'message' ? 'D' : 'C'}${n}`;
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
