// What becomes of a sealed file of several chunks on its way: whatever happened to it, it opens whole or not at all.
import { expect, test } from 'vitest';
import { SatchelError } from '../../../../src/format/error.js';
import { readSealedHeader } from '../../../../src/format/sealed/header.js';
import {
  contentFitting,
  contentSize,
  openPayload,
  payloadSize,
  sealPayload,
} from '../../../../src/format/sealed/payload.js';
import { sourceOf } from '../../../../src/format/source.js';
import { flip } from '../../../testkit/wire.js';
import { sealedBy, wireFileKey, wireIdentity } from '../../../testkit/wire-age.js';

const CHUNK = 65_552;
const ADA = wireIdentity('Ada');
const CONTENT = Buffer.alloc(3 * 65_536 + 100, 'What is said.');
const FILE = sealedBy('long', [ADA.recipient], CONTENT);
const FRONT = readSealedHeader(sourceOf(FILE)).bytes.length + 16;

test('it opens as it was', () => {
  expect((opened(FILE) as Buffer).equals(CONTENT)).toBe(true);
});

test.each([1, 15, 16, 17, 100, 116, 117, 200, CHUNK + 115, CHUNK + 116, CHUNK + 117, 3 * CHUNK + 116])(
  'cut %i bytes before its end',
  (missing) => expect(opened(FILE.subarray(0, FILE.length - missing))).toBe('bad-bundle'),
);

test('with any byte changed', () => {
  for (let at = FRONT; at < FILE.length; at += 4099) expect(opened(flip(FILE, at)), `byte ${at}`).toBe('bad-bundle');
});

test.each([
  ['the first two swapped', [1, 0, 2, 3]],
  ['one left out', [0, 2, 3]],
  ['one twice', [0, 1, 1, 2, 3]],
  ['the last one moved to the front', [3, 0, 1, 2]],
  ['without the last one', [0, 1, 2]],
])('chunks %s', (_what, order) => {
  const chunks = order.map((n) => FILE.subarray(FRONT + n * CHUNK, Math.min(FILE.length, FRONT + (n + 1) * CHUNK)));
  expect(opened(Buffer.concat([FILE.subarray(0, FRONT), ...chunks]))).toBe('bad-bundle');
});

test.each([true, false])('whose chunks all say %s to being the last one', (last) => {
  expect(opened(sealedBy('long', [ADA.recipient], CONTENT, { last }))).toBe('bad-bundle');
});

test('an empty chunk behind a full one', () => {
  const whole = CONTENT.subarray(0, 65_536);
  expect(opened(sealedBy('long', [ADA.recipient], whole, { chunks: [whole, Buffer.alloc(0)] }))).toBe('bad-bundle');
  expect((opened(sealedBy('long', [ADA.recipient], whole)) as Buffer).equals(whole)).toBe(true);
});

test('the size of the content is known before anything is opened', () => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073]) {
    const file = sealedBy('sized', [ADA.recipient], Buffer.alloc(size));
    expect(contentSize(sourceOf(file), FRONT - 16)).toBe(size);
  }
});

/** The content, or the code of the refusal. */
function opened(file: Buffer): Buffer | string {
  const pieces: Buffer[] = [];
  try {
    openPayload(sourceOf(file), { headerEnd: FRONT - 16, fileKey: wireFileKey('long') }, (piece) => pieces.push(piece));
    return Buffer.concat(pieces);
  } catch (error) {
    if (error instanceof SatchelError) return error.code;
    throw error;
  }
}

test('what we seal is what the format says, and fits the room that was asked for', () => {
  const nonce = FILE.subarray(FRONT - 16, FRONT);
  const ours = [...sealPayload(sourceOf(CONTENT), wireFileKey('long'), nonce)];
  expect(Buffer.concat(ours).equals(FILE.subarray(FRONT - 16))).toBe(true);
  for (const size of [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073, 1_000_000]) {
    const sealed = [...sealPayload(sourceOf(Buffer.alloc(size)), wireFileKey('long'), nonce)];
    const length = Buffer.concat(sealed).length;
    expect(payloadSize(size)).toBe(length);
    expect(contentFitting(length)).toBe(size);
    expect(contentFitting(length - 1)).toBeLessThan(size);
    for (const room of [length + 9, length + 16, length + 17, length + 40_000]) {
      expect(payloadSize(contentFitting(room))).toBeLessThanOrEqual(room);
      expect(payloadSize(contentFitting(room) + 1)).toBeGreaterThan(room);
    }
  }
});
