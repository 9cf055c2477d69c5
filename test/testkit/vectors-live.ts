// Vectors of hints (spec/live.md), written from the page.
import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import { type Compact, compact } from './compact.js';
import type { Vector } from './vector.js';
import { bytesOf, flip, join } from './wire.js';

/** A hint, and its name on a day. */
export interface HintVector extends Vector {
  readonly secret: string;
  readonly day: number;
  /** Under which the broker is given it. */
  readonly named: string;
  readonly nonce: string;
  /** What it brings; none: it says to look. */
  readonly segments: readonly Compact[];
  readonly hint: Compact;
}

/** What is none. */
export interface RubbishVector extends Vector {
  readonly secret: string;
  readonly hint: Compact;
}

const SECRET = bytesOf(32, 1);
const NONCE = Buffer.from('000102030405060708090a0b', 'hex');
const DAY = 20_788;
const KEYS = Buffer.from(hkdfSync('sha256', SECRET, Buffer.alloc(0), Buffer.from('satchel/live/v1\0'), 64));
const OVERHEAD = 12 + 16;
const SHORT = bytesOf(242, 2);
const LONG = bytesOf(16_384 - OVERHEAD - 2, 3);

/** Hints that are opened. */
export function hintVectors(): HintVector[] {
  return [
    hint('look', 'nothing but that there is something newer', 272, [], Buffer.of(0, 0, 1)),
    hint('one', 'one segment, with room behind it', 272, [SHORT.subarray(0, 200)]),
    hint('filled', 'one segment that fills the least of the sizes', 272, [SHORT]),
    hint('next-size', 'a segment of one byte more', 512, [bytesOf(243, 2)]),
    hint('several', 'three segments, in their order', 1_024, [SHORT, bytesOf(1, 4), bytesOf(300, 5)]),
    hint('largest', 'one segment that fills the largest of the sizes', 16_384, [LONG]),
    hint(
      'kind-behind',
      'a kind counts only where there is no segment',
      272,
      [bytesOf(9, 6)],
      counted(bytesOf(9, 6), 0, 0, 9),
    ),
    {
      ...hint('another-day', 'the name of another day', 272, [], Buffer.of(0, 0, 1)),
      day: DAY + 1,
      named: nameOf(DAY + 1),
    },
  ];
}

/** What is no hint. */
export function rubbishVectors(): RubbishVector[] {
  const look = sealed(Buffer.of(0, 0, 1), 272);
  return [
    rubbish('flipped', 'a bit of it is another one', flip(look, 100)),
    rubbish('flipped-nonce', 'a bit of the nonce is', flip(look, 0)),
    rubbish('short', 'a byte is missing', look.subarray(0, 271)),
    rubbish('long', 'there is one more', join(look, Buffer.alloc(1))),
    rubbish('empty', 'there is nothing', Buffer.alloc(0)),
    rubbish('odd-size', 'well sealed, of a size that no hint has', sealed(Buffer.of(0, 0, 1), 300)),
    rubbish('silent', 'zeros alone, well sealed', sealed(Buffer.alloc(0), 272)),
    rubbish('later-kind', 'a kind that nobody knows yet', sealed(Buffer.of(0, 0, 2), 272)),
    rubbish('beyond', 'a length that points behind the end', sealed(Buffer.of(0xff, 0xff, 1), 272)),
    rubbish('beyond-second', 'the second length does', sealed(counted(bytesOf(9, 6), 1, 0), 272)),
    { ...rubbish('other-key', 'under the key of another topic', look), secret: bytesOf(32, 9).toString('hex') },
  ];
}

function hint(
  name: string,
  comment: string,
  size: number,
  segments: readonly Buffer[],
  content: Buffer = join(...segments.map((one) => counted(one))),
): HintVector {
  return {
    name,
    comment,
    secret: SECRET.toString('hex'),
    day: DAY,
    named: nameOf(DAY),
    nonce: NONCE.toString('hex'),
    segments: segments.map(compact),
    hint: compact(sealed(content, size)),
  };
}

function rubbish(name: string, comment: string, bytes: Buffer): RubbishVector {
  return { name, comment, secret: SECRET.toString('hex'), hint: compact(bytes) };
}

/** A segment behind its length, and whatever more. */
function counted(segment: Buffer, ...more: readonly number[]): Buffer {
  return join(Buffer.of(segment.length >> 8, segment.length & 255), segment, Buffer.from(more));
}

function nameOf(day: number): string {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(day);
  return createHmac('sha256', KEYS.subarray(32)).update(counter).digest('hex').slice(0, 16);
}

function sealed(content: Buffer, size: number): Buffer {
  const padded = Buffer.alloc(size - OVERHEAD);
  content.copy(padded);
  const cipher = createCipheriv('chacha20-poly1305', KEYS.subarray(0, 32), NONCE, { authTagLength: 16 });
  return join(NONCE, cipher.update(padded), cipher.final(), cipher.getAuthTag());
}
