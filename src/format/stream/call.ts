// What a stream begins with where nothing encrypts it yet: the two sides find the key that only they have, without a name
// (spec/stream.md, "Calls").
import { HKDF_INFOS } from '../domains.js';
import { SatchelError } from '../error.js';
import { CALL_HINTS_MAX } from '../limits.js';
import { hkdfSha256, hmacSha256 } from '../platform.js';
import { NONCE_SIZE } from './hello.js';

/** The type of each frame of a call. */
export const CALL_FRAME = { call: 0x07, nonce: 0x08, hints: 0x09, choice: 0x0a } as const;

/** What such a frame is. */
export type CallFrameType = keyof typeof CALL_FRAME;

/** What two devices have in common, and nobody else. */
export interface CallKeys {
  /** The key that the channel between them begins with, 32 bytes. */
  readonly channel: Buffer;
  /** What hints are made with, 32 bytes. */
  readonly hint: Buffer;
}

/** The keys that others seal to: of who calls, and of who answers, 32 bytes each. */
export interface CallEnds {
  readonly caller: Buffer;
  readonly answerer: Buffer;
}

/** What makes the hints of one call unlike those of any other, 16 bytes each. */
export interface CallSalts {
  /** Of who answers. */
  readonly nonce: Buffer;
  /** Of who calls. */
  readonly salt: Buffer;
}

/** Bytes of the type and the length. */
export const CALL_HEADER_SIZE = 4;
/** Bytes of a hint. */
export const HINT_SIZE = 8;
const CHOICE_SIZE = 2;
const KEY_SIZE = 32;
const NO_SALT = Buffer.alloc(0);

const SIZES: Readonly<Record<CallFrameType, readonly [number, number]>> = {
  call: [0, 0],
  nonce: [NONCE_SIZE, NONCE_SIZE],
  hints: [NONCE_SIZE, NONCE_SIZE + CALL_HINTS_MAX * HINT_SIZE],
  choice: [CHOICE_SIZE, CHOICE_SIZE],
};

/** The keys of two devices, by what their X25519 keys agree on: `secret`, 32 bytes. */
export function callKeys(secret: Uint8Array, { caller, answerer }: CallEnds): CallKeys {
  const info = Buffer.concat([Buffer.from(HKDF_INFOS.call, 'latin1'), caller, answerer]);
  const keys = hkdfSha256(secret, { salt: NO_SALT, info, length: 2 * KEY_SIZE });
  return { channel: keys.subarray(0, KEY_SIZE), hint: keys.subarray(KEY_SIZE) };
}

/** By which the other device recognises the key in this call, and nobody else, 8 bytes. */
export function callHint({ hint }: CallKeys, { nonce, salt }: CallSalts): Buffer {
  return hmacSha256(hint, [nonce, salt]).subarray(0, HINT_SIZE);
}

/** The frame's bytes. */
export function encodeCallFrame(type: CallFrameType, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(CALL_HEADER_SIZE);
  header.writeUInt8(CALL_FRAME[type]);
  header.writeUIntBE(payload.length, 1, CALL_HEADER_SIZE - 1);
  return Buffer.concat([header, payload]);
}

/**
 * The length of the payload behind a header of this type.
 * @throws SatchelError `bad-stream` for another type or length, `over-limit`
 */
export function callFrameLength(type: CallFrameType, header: Buffer): number {
  if (type === 'nonce' && header.readUInt8() === CALL_FRAME.call)
    throw new SatchelError('bad-stream', 'what is at the other end calls, too, and nobody answers', {
      hint: 'run "satchel serve" at one of the two ends',
    });
  if (header.readUInt8() !== CALL_FRAME[type])
    throw new SatchelError('bad-stream', 'what is at the other end does not speak as a call does', {
      hint: 'is it "satchel serve" that answers there?',
    });
  const length = header.readUIntBE(1, CALL_HEADER_SIZE - 1);
  const [least, most] = SIZES[type];
  if (length > most) throw new SatchelError('over-limit', `a frame "${type}" has ${length} bytes, allowed are ${most}`);
  const isWhole = length >= least && (type !== 'hints' || (length - NONCE_SIZE) % HINT_SIZE === 0);
  if (!isWhole) throw new SatchelError('bad-stream', `a frame "${type}" has ${length} bytes`);
  return length;
}

/** The payload of HINTS. */
export function encodeHints(salt: Buffer, hints: readonly Buffer[]): Buffer {
  return Buffer.concat([salt, ...hints]);
}

/** What is in a payload of a right length. */
export function decodeHints(payload: Buffer): { readonly salt: Buffer; readonly hints: readonly Buffer[] } {
  const hints: Buffer[] = [];
  for (let at = NONCE_SIZE; at < payload.length; at += HINT_SIZE) hints.push(payload.subarray(at, at + HINT_SIZE));
  return { salt: payload.subarray(0, NONCE_SIZE), hints };
}

/** The payload of CHOICE: which of the hints it was, from 0. */
export function encodeChoice(index: number): Buffer {
  const payload = Buffer.alloc(CHOICE_SIZE);
  payload.writeUInt16BE(index);
  return payload;
}

/** Which of so many hints it was. @throws SatchelError `bad-stream` */
export function decodeChoice(payload: Buffer, hints: number): number {
  const index = payload.readUInt16BE();
  if (index < hints) return index;
  throw new SatchelError('bad-stream', `hint ${index} was chosen, there are ${hints}`);
}
