// Proof of who speaks, bound to this stream, and what is remembered of the other side (spec/stream.md, "SIGNED", "MARKS").
import { encodeFrontier, type Frontier } from '../bundle/frontier.js';
import { DOMAINS, HASH_PREFIXES } from '../domains.js';
import type { DeviceKey, LogId } from '../ids.js';
import { idBytes } from '../ids.js';
import { createSha256, sha256 } from '../platform.js';
import { sign, verifySignature } from '../signature/signature.js';

/** Of a pipe that has nothing to bind to. */
export const NO_BINDING: Buffer = Buffer.alloc(32);

/** Logs fall into so many parts, by the first four bits of their ids. */
const MARKS = 16;
const MARK_SIZE = 4;

/** The payloads of both HELLOs, and what the pipe is bound to. */
export interface Greetings {
  readonly own: Buffer;
  readonly other: Buffer;
  /** 32 bytes. */
  readonly binding: Buffer;
}

/** The payload of MARKS. */
export function encodeMarks(marks: readonly Buffer[]): Buffer {
  return Buffer.concat(marks);
}

/** The marks in a payload of the right length, one for each part of the logs. */
export function decodeMarks(payload: Buffer): Buffer[] {
  return Array.from({ length: MARKS }, (_, part) => payload.subarray(part * MARK_SIZE, (part + 1) * MARK_SIZE));
}

/** Signs as the device of the own HELLO. */
export function signStream(greetings: Greetings, deviceSeed: Uint8Array): Buffer {
  return sign(deviceSeed, messageOf(greetings));
}

/** Whether the device signed that it speaks in this stream; `own` is what it sent. */
export function isStreamSignedBy(device: DeviceKey, signature: Buffer, greetings: Greetings): boolean {
  return verifySignature(idBytes(device), messageOf(greetings), signature);
}

/** The own HELLO first, so that no signature can be sent back to who made it. */
function messageOf({ own, other, binding }: Greetings): Buffer {
  const digests = [own, other].map((bytes) => Buffer.from(sha256(bytes), 'hex'));
  return Buffer.concat([Buffer.from(DOMAINS.stream, 'latin1'), binding, ...digests]);
}

/** Into which part a log falls. */
export function partOf(log: LogId): number {
  return Number.parseInt(log.slice(0, 1), 16);
}

/**
 * The marks of a frontier: equal ones say that nothing of that part has changed. `nonces` are those of who states it and of
 * who remembers it, so that they tell nothing to anybody else.
 */
export function frontierMarks(frontier: Frontier, nonces: readonly [Buffer, Buffer]): Buffer[] {
  const hashes = Array.from({ length: MARKS }, (_, part) => {
    const hash = createSha256();
    hash.update(Buffer.concat([Buffer.from([HASH_PREFIXES.streamMark]), ...nonces, Buffer.from([part])]));
    return hash;
  });
  for (const [log, ranges] of [...frontier].sort(([a], [b]) => (a < b ? -1 : 1)))
    hashes[partOf(log)]?.update(encodeFrontier(new Map([[log, ranges]])));
  return hashes.map((hash) => Buffer.from(hash.digest('hex').slice(0, 2 * MARK_SIZE), 'hex'));
}
