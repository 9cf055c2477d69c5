// What is written into one veiled log: each entry sealed under an epoch, for its place (spec/veiled.md, "Payloads", "Sealed entries").
import { type Cbor, encodeCbor } from '../../format/cbor/cbor.js';
import { SatchelError } from '../../format/error.js';
import type { EpochId, LogId } from '../../format/ids.js';
import { VEILED_PLAIN_BESIDE_WRAP_MAX, VEILED_PLAIN_MAX } from '../../format/limits.js';
import { encodeVeiledIntroduction } from '../../format/log/introduction.js';
import type { ControlBody } from '../../format/private/control-body.js';
import { entryKeys, paddedEntrySize, sealEntry } from '../../format/private/entry-cipher.js';
import type { EpochKeys } from '../../format/private/epoch.js';
import { SIV_KINDS, type SivKeys } from '../../format/private/siv.js';
import { encodeVeiled } from '../../format/private/veiled-payload.js';
import { decodeAckBody } from '../acks/acks.js';
import { ACK, type Message, RETRACT, SALT_SIZE } from '../message/message.js';
import { type Clocks, splitClocks } from '../order/hour-clock.js';
import { CONTROL, innerAck, innerControl, innerMessage, type SaltedMessage } from './inner.js';
import type { LogEpochs } from './log-epochs.js';

/** What members' programs tell one another. */
export interface ControlDraft {
  readonly body: ControlBody;
  /** Keys for devices of members. */
  readonly wrap?: Buffer | undefined;
  /** Under which epoch; absent: that of control entries. */
  readonly epoch?: EpochId | undefined;
}

/** An entry to be: of what is no control entry its type tells what it is. */
export interface SealedDraft {
  readonly type?: string | undefined;
  readonly control?: ControlDraft | undefined;
}

/** Under which epochs is written. */
export interface WritingEpochs {
  readonly control: EpochKeys;
  /** Undefined where no message is to be written. */
  readonly data: EpochKeys | undefined;
  /** Any other that a control entry asks for. */
  keysOf(epoch: EpochId): EpochKeys | undefined;
}

type SaidInFull = Omit<SaltedMessage, 'salt'>;

/** Seals the entries of one own log. */
export class LogSealing {
  readonly #log: LogId;
  readonly #epochs: WritingEpochs;
  readonly #random: (size: number) => Buffer;
  readonly #numbers = new Map<EpochId, number>();
  readonly #keys = new Map<string, SivKeys>();

  /** The number of the next epoch that it begins to use. */
  #next: number;

  /** `used` are the epochs of the log by their numbers: all of them, or two would share one. */
  constructor(log: LogId, used: LogEpochs, epochs: WritingEpochs, random: (size: number) => Buffer) {
    this.#log = log;
    this.#epochs = epochs;
    this.#random = random;
    this.#next = Math.max(-1, ...used.keys()) + 1;
    for (const [n, epoch] of [...used].sort(([a], [b]) => b - a)) if (epoch) this.#numbers.set(epoch, n);
  }

  /** The payload of entry 0, under the log's first epoch. */
  introduction(item: Cbor, epoch: EpochKeys): Buffer {
    this.#numberOf(epoch.id);
    const keys = this.#keysFor(epoch.control);
    return encodeVeiledIntroduction(sealEntry(keys, { kind: SIV_KINDS.introduction, n: 0, seq: 0 }, item));
  }

  /** Whether the entry is one of messages, and cites others. */
  isMessage({ type, control }: SealedDraft): boolean {
    return !control && type !== ACK && type !== RETRACT;
  }

  /**
   * What is to be written before: an epoch that the log uses for the first time shows in an entry that is never dropped, or its
   * number could be given away twice.
   */
  before(draft: SealedDraft): readonly { readonly control: ControlDraft }[] {
    const { id } = this.#epochFor(draft);
    if (this.#numbers.has(id) || (draft.control && !draft.control.body.need)) return [];
    return [{ control: { body: {}, epoch: id } }];
  }

  /** The payload of an entry. @throws SatchelError `too-large` */
  payload(draft: SealedDraft, seq: number, said: SaidInFull, expires: number | undefined): Buffer {
    const { control, type } = draft;
    const epoch = this.#epochFor(draft);
    const clocks = { time: said.time, clock: said.clock };
    if (control)
      return this.#control(epoch, seq, innerControl({ ...clocks, body: control.body }), clocks, control.wrap);
    if (type === RETRACT) return this.#control(epoch, seq, innerControl(clocks), clocks);
    const ack = type === ACK ? decodeAckBody(said.body) : undefined;
    if (ack) return this.#sealed('acknowledgement', epoch, { seq, clocks, item: innerAck({ ...clocks, ack }) });
    const salt = this.#random(expires === undefined ? SHORT_SALT : SALT_SIZE);
    return this.#sealed('message', epoch, { seq, clocks, item: innerMessage({ ...said, salt }) });
  }

  #control(epoch: EpochKeys, seq: number, item: Cbor, clocks: Clocks, wrap?: Buffer): Buffer {
    return this.#sealed('control', epoch, { seq, clocks, item, wrap });
  }

  #sealed(
    kind: 'message' | 'control' | 'acknowledgement',
    epoch: EpochKeys,
    { seq, clocks, item, wrap }: { seq: number; clocks: Clocks; item: Cbor; wrap?: Buffer | undefined },
  ): Buffer {
    const secret = kind === 'message' ? epoch.data : epoch.control;
    if (!secret) throw new Error('an epoch without the secret that is written under');
    assertFits(item, wrap ? VEILED_PLAIN_BESIDE_WRAP_MAX : VEILED_PLAIN_MAX);
    const n = this.#numberOf(epoch.id);
    const { outer } = splitClocks(clocks);
    const sealed = sealEntry(this.#keysFor(secret), { kind: SIV_KINDS[kind], n, seq }, item);
    return encodeVeiled({ kind, time: outer.time, ahead: outer.clock - outer.time, n, sealed, ...(wrap && { wrap }) });
  }

  #epochFor(draft: SealedDraft): EpochKeys {
    const { control, data, keysOf } = this.#epochs;
    const wanted = draft.control?.epoch;
    const epoch = wanted !== undefined ? keysOf(wanted) : this.isMessage(draft) ? data : control;
    if (!epoch) throw new Error('nothing to seal with');
    return epoch;
  }

  #numberOf(epoch: EpochId): number {
    const known = this.#numbers.get(epoch);
    if (known !== undefined) return known;
    const n = this.#next++;
    this.#numbers.set(epoch, n);
    return n;
  }

  #keysFor(secret: Buffer): SivKeys {
    const name = secret.toString('latin1');
    const keys = this.#keys.get(name) ?? entryKeys(secret, this.#log);
    this.#keys.set(name, keys);
    return keys;
  }
}

/** A control entry as a draft. */
export function controlDraft(body: ControlBody, rest: Omit<ControlDraft, 'body'> = {}) {
  return { type: CONTROL, control: { body, ...rest } } as const;
}

/** What a draft says as a message; of a control entry only its clocks count. */
export type SaidMessage = Omit<Message, 'salt'>;

function assertFits(item: Cbor, most: number): void {
  const bytes = encodeCbor(item).length;
  if (paddedEntrySize(bytes) <= most) return;
  throw new SatchelError('too-large', `message takes ${bytes} bytes, an entry of a private topic holds ${most}`, {
    hint: 'split the text into several messages',
  });
}

const SHORT_SALT = 8;
