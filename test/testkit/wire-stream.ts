// What goes over a stream, by hand (spec/stream.md).
import { join, sha256, u8, u24, u32, WIRE_DOMAINS, type WireKey, wireSign } from './wire.js';
import { cborBytes, cborInt, cborMap, cborText, type Pairs } from './wire-cbor.js';

/** The types of frames. */
export const WIRE_FRAME = {
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

/** A frame; `length` is what it says of its length in place of the truth. */
export function frame(
  type: number | keyof typeof WIRE_FRAME,
  payload: Uint8Array = new Uint8Array(),
  length = payload.length,
): Buffer {
  return join(u8(typeof type === 'number' ? type : WIRE_FRAME[type]), u24(length), payload);
}

/** What a HELLO says in place of the honest fields; `omit` leaves out keys of the map. */
export interface HelloLies {
  readonly format?: string;
  readonly card?: Uint8Array;
  readonly epoch?: Uint8Array;
  readonly serial?: number | bigint;
  readonly created?: number;
  readonly nonce?: Uint8Array;
  readonly omit?: readonly number[];
  readonly extra?: Pairs;
}

/** The payload of a HELLO. */
export function hello(lies: HelloLies = {}): Buffer {
  const pairs: Pairs = [
    [1, cborText(lies.format ?? 'satchel-stream/1')],
    [2, cborBytes(lies.card ?? Buffer.from('a card'))],
    [3, cborBytes(lies.epoch ?? Buffer.alloc(16, 0xe0))],
    [4, cborInt(lies.serial ?? 7)],
    [5, cborInt(lies.created ?? 1_700_000_000_000)],
    [6, cborBytes(lies.nonce ?? Buffer.alloc(16, 0x11))],
  ];
  const kept = pairs.filter(([key]) => !lies.omit?.includes(key as number));
  return cborMap([...kept, ...(lies.extra ?? [])]);
}

/** The signature of a SIGNED. */
export function streamSignature(key: WireKey, own: Buffer, other: Buffer, binding: Buffer): Buffer {
  return wireSign(key, WIRE_DOMAINS.stream, binding, sha256(own), sha256(other));
}

/** The mark of one part of a frontier. */
export function mark(nonces: readonly [Buffer, Buffer], part: number, logs: Uint8Array): Buffer {
  return sha256(u8(0x0a), ...nonces, u8(part), logs).subarray(0, 4);
}

/** The payload of a TAKEN. */
export function taken(frames: number, frontier: Uint8Array): Buffer {
  return join(u32(frames), frontier);
}
