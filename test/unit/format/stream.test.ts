// Frames of anything at all (spec/stream.md, "Frames").
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SatchelError } from '../../../src/format/error.js';
import { FRAME_MAX } from '../../../src/format/limits.js';
import { encodeFrame, FRAME, FrameReader, type FrameType } from '../../../src/format/stream/frame.js';
import { decodeHello } from '../../../src/format/stream/hello.js';
import { outcomeOf } from '../../testkit/outcome.js';
import { seedOf } from '../../testkit/seed.js';

const seed = seedOf('STREAM_SEED');

const start = [encodeFrame('hello', Buffer.from('x')), encodeFrame('signed', Buffer.alloc(64))];

it('are read whatever the pieces, or refused with a code at the same place', () => {
  const frame = fc.tuple(fc.constantFrom(...Object.values(FRAME), 0x44, 0x80), fc.uint8Array({ maxLength: 200 }));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
    fc.array(frame, { maxLength: 12 }).map((frames) => Buffer.concat([...start, ...frames.map(wire)])),
  );
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 40 }), (given, size) => {
      expect(readIn(given, size)).toEqual(readIn(given, given.length + 1));
    }),
    { seed },
  );
});

it('HELLO is read or refused with a code', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (some) => {
      expect(['ok', 'bad-stream', 'newer-version']).toContain(outcomeOf(() => decodeHello(Buffer.from(some))));
    }),
    { seed },
  );
});

it('no room is made for what must not come', () => {
  const header = Buffer.from([FRAME.segment, 0, 0, 0]);
  header.writeUIntBE(FRAME_MAX, 1, 3);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 50; i++) expect(outcomeOf(() => [...new FrameReader().push(header)])).toBe('bad-stream');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(FRAME_MAX);
});

it('says whether it stands within a frame, and whether goodbye was said', () => {
  const reader = new FrameReader();
  const read = (bytes: Buffer): FrameType[] => [...reader.push(bytes)].map(({ type }) => type);
  expect(read(Buffer.concat(start))).toEqual(['hello', 'signed']);
  expect(reader.isWithin).toBe(false);
  expect(read(Buffer.from([FRAME.bye, 0]))).toEqual([]);
  expect([reader.isWithin, reader.isOver]).toEqual([true, false]);
  expect(read(Buffer.from([0, 0]))).toEqual(['bye']);
  expect([reader.isWithin, reader.isOver]).toEqual([false, true]);
});

it('none is written that is too long', () => {
  expect(outcomeOf(() => encodeFrame('said', Buffer.alloc(1)))).toBe('over-limit');
});

function wire([type, payload]: readonly [number, Uint8Array]): Buffer {
  return Buffer.concat([Buffer.from([type, 0, 0, payload.length]), payload]);
}

function readIn(bytes: Buffer, size: number): (readonly [string, number])[] {
  const reader = new FrameReader();
  const found: (readonly [string, number])[] = [];
  try {
    for (let at = 0; at < bytes.length; at += size)
      for (const { type, payload } of reader.push(bytes.subarray(at, at + size))) found.push([type, payload.length]);
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    found.push([error.code, -1]);
  }
  return found;
}
