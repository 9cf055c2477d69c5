// Frames: what a stream is made of, and in which order they come (spec/stream.md, "Frames", "Order").
import { SatchelError } from '../error.js';
import {
  CHUNK_MAX,
  FRAME_MAX,
  FRONTIER_MAX,
  HELLO_MAX,
  PROOF_MAX,
  STREAM_FRONTIERS_MAX,
  WANTS_MAX,
} from '../limits.js';

/** The type of each frame. */
export const FRAME = {
  hello: 0x01,
  frontier: 0x02,
  wants: 0x03,
  said: 0x04,
  signed: 0x05,
  marks: 0x06,
  segment: 0x10,
  proof: 0x11,
  chunk: 0x12,
  sent: 0x13,
  taken: 0x20,
  refused: 0x21,
  bye: 0x3f,
} as const;

/** What a frame is. */
export type FrameType = keyof typeof FRAME;

/** A frame as it was read. */
export interface Frame {
  readonly type: FrameType;
  readonly payload: Buffer;
}

/** Bytes before the payload. */
const FRAME_HEADER_SIZE = 4;

/** What may be wrong where nothing of a stream comes. */
export const NOT_SATCHEL = 'is it "satchel serve" that answers there?';
/** Types from here on are for later versions, and may be passed over. */
const PASSED_OVER_FROM = 0x80;
const ID_SIZE = 32;
const COUNT_SIZE = 4;
const CODE_MAX = 32;

/** Bytes of each payload: at least, and at most. */
const SIZES: Readonly<Record<FrameType, readonly [number, number]>> = {
  hello: [1, HELLO_MAX],
  signed: [64, 64],
  marks: [64, 64],
  frontier: [1, FRONTIER_MAX],
  wants: [1, WANTS_MAX],
  said: [0, 0],
  segment: [1, FRAME_MAX],
  proof: [1, PROOF_MAX],
  chunk: [1, CHUNK_MAX],
  sent: [0, 0],
  taken: [COUNT_SIZE, COUNT_SIZE + FRONTIER_MAX],
  refused: [ID_SIZE + 1, ID_SIZE + CODE_MAX],
  bye: [0, CODE_MAX],
};

const TYPES: ReadonlyMap<number, FrameType> = new Map(
  (Object.keys(FRAME) as FrameType[]).map((type) => [FRAME[type], type]),
);

/**
 * The frame's bytes.
 * @throws SatchelError `over-limit` when the payload is longer than the type allows
 */
export function encodeFrame(type: FrameType, payload: Buffer = Buffer.alloc(0)): Buffer {
  if (payload.length > SIZES[type][1]) throw tooLong(type, payload.length);
  const header = Buffer.alloc(FRAME_HEADER_SIZE);
  header.writeUInt8(FRAME[type]);
  header.writeUIntBE(payload.length, 1, FRAME_HEADER_SIZE - 1);
  return Buffer.concat([header, payload]);
}

/** Makes frames of bytes that come in pieces; of each only as much room is made as its type and place allow. */
export class FrameReader {
  readonly #order = new FrameOrder();
  readonly #header = Buffer.alloc(FRAME_HEADER_SIZE);
  #have = 0;
  #type: FrameType | undefined;
  #payload: Buffer | undefined;
  #filled = 0;
  #skip = 0;

  /** Whether a frame has begun that is not complete. */
  get isWithin(): boolean {
    return this.#have > 0;
  }

  /** Whether the other side has said goodbye. */
  get isOver(): boolean {
    return this.#order.isOver;
  }

  /**
   * The frames that are complete with these bytes.
   * @throws SatchelError `bad-stream` for one that must not come here or has another length, `newer-version` for an unknown
   * type that must be understood, `over-limit`
   */
  *push(bytes: Buffer): Generator<Frame> {
    for (let at = 0; at < bytes.length; ) {
      at +=
        this.#have < FRAME_HEADER_SIZE ? this.#takeHeader(bytes.subarray(at)) : this.#takePayload(bytes.subarray(at));
      if (this.#isComplete()) {
        const frame = this.#end();
        if (frame) yield frame;
      }
    }
  }

  #takeHeader(bytes: Buffer): number {
    const taken = bytes.copy(this.#header, this.#have);
    this.#have += taken;
    if (this.#have === FRAME_HEADER_SIZE) this.#begin();
    return taken;
  }

  #begin(): void {
    const number = this.#header.readUInt8();
    const length = this.#header.readUIntBE(1, FRAME_HEADER_SIZE - 1);
    this.#type = TYPES.get(number);
    if (this.#type) {
      checkLength(this.#type, length);
      this.#order.admit(this.#type);
      this.#payload = Buffer.allocUnsafe(length);
      return;
    }
    if (number < PASSED_OVER_FROM && this.#order.isBefore)
      throw new SatchelError('bad-stream', 'what answers does not speak as a stream does', { hint: NOT_SATCHEL });
    if (number < PASSED_OVER_FROM) {
      throw new SatchelError('newer-version', `there is a frame of the unknown type ${number}`, {
        hint: 'update satchel on this computer',
      });
    }
    this.#order.admitOther(FRAME_HEADER_SIZE + length);
    this.#skip = length;
  }

  #takePayload(bytes: Buffer): number {
    if (this.#payload) {
      const taken = bytes.copy(this.#payload, this.#filled);
      this.#filled += taken;
      return taken;
    }
    const taken = Math.min(bytes.length, this.#skip);
    this.#skip -= taken;
    return taken;
  }

  #isComplete(): boolean {
    if (this.#have < FRAME_HEADER_SIZE) return false;
    return this.#payload ? this.#filled === this.#payload.length : this.#skip === 0;
  }

  #end(): Frame | undefined {
    const frame = this.#type && this.#payload && { type: this.#type, payload: this.#payload };
    this.#have = 0;
    this.#filled = 0;
    this.#type = undefined;
    this.#payload = undefined;
    return frame;
  }
}

type Place = 'before' | 'greeted' | 'proved' | 'saying' | 'wanted' | 'sending' | 'over';

/** Where in a stream one side is, and what it may send there. */
const NEXT: Readonly<Record<Place, Partial<Record<FrameType, Place>>>> = {
  before: { hello: 'greeted', bye: 'over' },
  greeted: { signed: 'proved', bye: 'over' },
  proved: { marks: 'saying', bye: 'over' },
  saying: { frontier: 'saying', wants: 'wanted', said: 'sending', taken: 'saying', refused: 'saying', bye: 'over' },
  wanted: { said: 'sending', taken: 'wanted', refused: 'wanted', bye: 'over' },
  sending: {
    segment: 'sending',
    proof: 'sending',
    chunk: 'sending',
    sent: 'saying',
    taken: 'sending',
    refused: 'sending',
    bye: 'over',
  },
  over: {},
};

/** The frames of one side, in their order. */
class FrameOrder {
  #place: Place = 'before';
  #frontiers = 0;
  #passedOver = 0;

  get isBefore(): boolean {
    return this.#place === 'before';
  }

  get isOver(): boolean {
    return this.#place === 'over';
  }

  /** @throws SatchelError `bad-stream`, `over-limit` */
  admit(type: FrameType): void {
    const next = NEXT[this.#place][type];
    if (!next) throw new SatchelError('bad-stream', `a frame "${type}" comes where none can be`);
    if (type === 'said') this.#frontiers = 0;
    if (type === 'frontier' && ++this.#frontiers > STREAM_FRONTIERS_MAX)
      throw new SatchelError('over-limit', `a frontier has more than ${STREAM_FRONTIERS_MAX} frames`);
    this.#place = next;
  }

  /** One of so many bytes that is passed over. */
  admitOther(bytes: number): void {
    if (this.#place === 'before' || this.#place === 'over')
      throw new SatchelError('bad-stream', 'a frame of a later version comes where none can be');
    this.#passedOver += bytes;
    if (this.#passedOver > FRAME_MAX)
      throw new SatchelError('over-limit', `more than ${FRAME_MAX} bytes of frames of later versions`);
  }
}

function checkLength(type: FrameType, length: number): void {
  const [least, most] = SIZES[type];
  if (length > most) throw tooLong(type, length);
  if (length < least)
    throw new SatchelError('bad-stream', `a frame "${type}" has ${length} bytes, it has at least ${least}`);
}

function tooLong(type: FrameType, length: number): SatchelError {
  return new SatchelError('over-limit', `a frame "${type}" has ${length} bytes, allowed are ${SIZES[type][1]}`);
}
