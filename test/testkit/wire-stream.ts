// What goes over a stream, by hand (spec/stream.md).
import { createHmac, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';
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

/** The types of frames of a call. */
export const WIRE_CALL = { call: 0x07, nonce: 0x08, hints: 0x09, choice: 0x0a } as const;

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

/** What two secret scalars (32 bytes each) of X25519 agree on, and their public keys: of who calls, and of who answers. */
export function agreed(caller: Buffer, answerer: Buffer) {
  const ends = [caller, answerer].map((scalar) => {
    const der = join(Buffer.from('302e020100300506032b656e04220420', 'hex'), scalar);
    const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const open = createPublicKey(secret);
    return { secret, open, bytes: open.export({ format: 'der', type: 'spki' }).subarray(-32) };
  });
  const [a, b] = ends;
  if (!a || !b) throw new Error('two ends');
  const secret = diffieHellman({ privateKey: a.secret, publicKey: b.open });
  return { secret, caller: a.bytes, answerer: b.bytes };
}

/** The keys of a call: of the channel, and of hints. */
export function wireCallKeys(secret: Buffer, caller: Buffer, answerer: Buffer) {
  const keys = Buffer.from(hkdfSync('sha256', secret, '', join('satchel/call/v1', '\0', caller, answerer), 64));
  return { channel: keys.subarray(0, 32), hint: keys.subarray(32) };
}

/** The hint by which a key is recognised. */
export function wireHint(key: Buffer, nonce: Buffer, salt: Buffer): Buffer {
  return createHmac('sha256', key).update(nonce).update(salt).digest().subarray(0, 8);
}
