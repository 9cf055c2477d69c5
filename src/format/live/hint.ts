// Hints: what is said over a broker beside the logs, sealed for who reads a topic (spec/live.md).
import { HKDF_INFOS } from '../domains.js';
import { hkdfSha256, hmacSha256, openChaCha, sealChaCha } from '../platform.js';

/** Bytes of a hint, one of these, smallest first: a broker learns no more of what is said. */
export const HINT_SIZES: readonly number[] = [272, 512, 1_024, 4_096, 16_384];

/** What the hints of a topic are sealed and named with. */
export interface LiveKeys {
  /** Seals; 32 bytes. */
  readonly seal: Buffer;
  /** Names; 32 bytes. */
  readonly name: Buffer;
}

/** What a hint says: here are the newest segments, or go and look. */
export type Hint = { readonly segments: readonly Buffer[] } | 'look';

/** The keys that follow from a topic's id, or, of a private one, from C of an epoch; 32 bytes (spec/live.md, "Keys"). */
export function liveKeys(secret: Uint8Array): LiveKeys {
  const info = Buffer.from(HKDF_INFOS.live, 'latin1');
  const both = hkdfSha256(secret, { salt: Buffer.alloc(0), info, length: 2 * KEY });
  return { seal: both.subarray(0, KEY), name: both.subarray(KEY) };
}

/** The day of a time, ms since 1970, as names have it. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

/** The name under which a broker is given the hints of a day: 16 lower-case hexadecimal digits. */
export function hintName({ name }: LiveKeys, day: number): string {
  const counted = Buffer.alloc(4);
  counted.writeUInt32BE(day);
  return hmacSha256(name, [counted]).toString('hex', 0, NAME);
}

/** Whether what was said fits into one hint; 0 and more segments, each as it is stored. */
export function fitsHint(segments: readonly Uint8Array[]): boolean {
  return OVERHEAD + contentSize(segments) <= LARGEST;
}

/**
 * A hint as it is given to a broker, of one of `HINT_SIZES` bytes. The nonce, 12 bytes, MUST be drawn by chance, anew for each.
 * @throws RangeError for what does not fit (`fitsHint`)
 */
export function sealHint({ seal }: LiveKeys, hint: Hint, nonce: Uint8Array): Buffer {
  const segments = hint === 'look' ? [] : hint.segments;
  const size = HINT_SIZES.find((one) => one >= OVERHEAD + contentSize(segments));
  if (size === undefined) throw new RangeError('more segments than fit into a hint');
  const content = Buffer.alloc(size - OVERHEAD);
  let at = 0;
  for (const segment of segments) {
    at = content.writeUInt16BE(segment.length, at);
    content.set(segment, at);
    at += segment.length;
  }
  if (hint === 'look') content[LENGTH] = LOOK;
  return Buffer.concat([nonce, sealChaCha(seal, nonce, content)]);
}

/** What the hint says; undefined when it is none, is not sealed with that key, or says what a later version knows. */
export function openHint({ seal }: LiveKeys, bytes: Uint8Array): Hint | undefined {
  if (!HINT_SIZES.includes(bytes.length)) return undefined;
  const content = openChaCha(seal, bytes.subarray(0, NONCE), bytes.subarray(NONCE));
  if (!content) return undefined;
  const segments: Buffer[] = [];
  let at = 0;
  for (let length = content.readUInt16BE(at); length > 0; length = lengthAt(content, at)) {
    at += LENGTH;
    if (at + length > content.length) return undefined;
    segments.push(content.subarray(at, at + length));
    at += length;
  }
  if (segments.length > 0) return { segments };
  return content[LENGTH] === LOOK ? 'look' : undefined;
}

/** 0 where no further length has room. */
function lengthAt(content: Buffer, at: number): number {
  return at + LENGTH <= content.length ? content.readUInt16BE(at) : 0;
}

/** Nothing but a length of 0, and behind it the kind, says that there are no segments. */
function contentSize(segments: readonly Uint8Array[]): number {
  return segments.length === 0 ? LENGTH + 1 : segments.reduce((sum, one) => sum + LENGTH + one.length, 0);
}

const KEY = 32;
const NONCE = 12;
const TAG = 16;
const OVERHEAD = NONCE + TAG;
const LENGTH = 2;
/** Bytes of a name. */
const NAME = 8;
/** The kind "go and look". */
const LOOK = 1;
const DAY_MS = 86_400_000;
const LARGEST = HINT_SIZES[HINT_SIZES.length - 1] ?? 0;
