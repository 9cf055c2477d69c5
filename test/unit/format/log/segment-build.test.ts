// How a body is stored: compressed where that pays, decoded to the same entries either way.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type LogId, NO_ENTRY } from '../../../../src/format/ids.js';
import { idOfHash } from '../../../../src/format/log/chain.js';
import {
  CODEC_BROTLI,
  CODEC_NONE,
  decodeSegment,
  type Segment,
  verifySegment,
} from '../../../../src/format/log/segment.js';
import type { Run } from '../../../../src/format/log/segment-build.js';
import { SegmentWriter, segmentBeside, segmentOf } from '../../../../src/format/log/segment-writer.js';
import { sha256Latin1 } from '../../../../src/format/platform.js';
import { publicKeyOf } from '../../../../src/format/signature/signature.js';

const SEED = Buffer.alloc(32, 5);
function written(payload: Buffer): Segment {
  const segments: Segment[] = [];
  const log = publicKeyOf(SEED).toString('hex') as LogId;
  const writer = new SegmentWriter({ log, length: 0, id: NO_ENTRY }, SEED, (run) => segments.push(segmentOf(run)));
  const payloadHash = sha256Latin1(payload);
  writer.add({ meta: Buffer.alloc(0), payload, payloadLength: payload.length, payloadHash });
  writer.flush();
  const segment = decodeSegment((segments[0] as Segment).bytes);
  expect(segment.raw.subarray(-payload.length)).toEqual(payload);
  return segment;
}

/** Bytes that do not compress. */
function ids(count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, i) => createHash('sha256').update(`${i}`).digest()));
}

describe('a body', () => {
  it.each([
    ['text', Buffer.from('the beans are up, the beans are up, the beans are up, the beans are up'), CODEC_BROTLI],
    ['a few bytes', Buffer.from('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), CODEC_NONE],
    ['ids', ids(20), CODEC_NONE],
    ['ids and a little that shrinks', Buffer.concat([ids(20), Buffer.alloc(60)]), CODEC_NONE],
    ['ids and much that shrinks', Buffer.concat([ids(20), Buffer.alloc(200)]), CODEC_BROTLI],
  ])('of %s', (_, payload, codec) => {
    expect(written(payload).codec).toBe(codec);
  });
});

it('is the same whichever thread compresses it', async () => {
  const runs: Run[] = [];
  const log = publicKeyOf(SEED).toString('hex') as LogId;
  const writer = new SegmentWriter({ log, length: 0, id: NO_ENTRY }, SEED, (run) => runs.push(run));
  for (let i = 0; i < 5_000; i++) {
    const payload = Buffer.from(`the beans are up ${i}`);
    writer.add({ meta: Buffer.alloc(0), payload, payloadLength: payload.length, payloadHash: sha256Latin1(payload) });
    payload.fill(0);
  }
  writer.flush();
  expect(runs.map(({ count }) => count)).toEqual([4_096, 904]);
  const here = runs.map(segmentOf);
  expect(await Promise.all(runs.map(segmentBeside))).toEqual(here);
  expect(here.map(({ bytes }) => verifySegment(decodeSegment(bytes))).at(-1)).toBe(idOfHash(writer.hash));
});
