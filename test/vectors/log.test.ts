// Every vector of `fixtures/log.json`: entry ids, heads, metadata, varints, segments.
import { describe, expect, test } from 'vitest';
import { readVarint, varintSize, writeVarint } from '../../src/format/cbor/varint.js';
import { SatchelError } from '../../src/format/error.js';
import type { EntryId, LogId } from '../../src/format/ids.js';
import { Chain, entryId } from '../../src/format/log/chain.js';
import { verifyHead } from '../../src/format/log/head.js';
import { decodeMeta } from '../../src/format/log/meta.js';
import {
  CODEC_NONE,
  decodeSegment,
  decodeSegmentHeader,
  peekSegment,
  type Segment,
  verifySegment,
} from '../../src/format/log/segment.js';
import { encodeSegment } from '../../src/format/log/segment-build.js';
import { sha256Latin1 } from '../../src/format/platform.js';
import { expand } from '../testkit/compact.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import { outcomeOf } from '../testkit/outcome.js';
import type { EntryIdVector, HeadVector, VarintVector } from '../testkit/vectors-chain.js';
import type { MetaVector } from '../testkit/vectors-meta.js';
import type { SegmentVector, SegmentVectorEntry } from '../testkit/vectors-segment.js';

const fixture = openFixture('log.json');
const segments = fixture.list<SegmentVector>('segments');

fixture.each<EntryIdVector>('entryIds', (vector) => {
  const payload = expand(vector.payload);
  const meta = expand(vector.meta);
  const log = vector.log as LogId;
  const previous = vector.previous as EntryId;
  expect(Buffer.from(sha256Latin1(payload), 'latin1').toString('hex')).toBe(vector.payloadHash);
  expect(entryId(log, vector.seq, previous, payload, meta)).toBe(vector.id);
  const chain = new Chain(log, previous);
  chain.add(vector.seq, payload.length, sha256Latin1(payload), meta);
  expect(chain.id).toBe(vector.id);
});

fixture.each<HeadVector>('heads', (vector) => {
  const head = { length: vector.length, signature: Buffer.from(vector.signature, 'hex') };
  expect(verifyHead(vector.log as LogId, head, vector.id as EntryId), vector.comment).toBe(vector.valid);
});

fixture.each<MetaVector>('metadata', (vector) => {
  const bytes = Buffer.from(vector.meta, 'hex');
  expect(decodeMeta(bytes), vector.comment).toEqual(vector.means);
  expect(decodeMeta(amidOthers(bytes)), vector.comment).toEqual(vector.means);
});

fixture.each<VarintVector>('varints', (vector) => {
  const bytes = expand(vector.bytes);
  expect(
    outcomeOf(() => readVarint(bytes, 1)),
    vector.comment,
  ).toBe(vector.code);
  if (vector.code !== 'ok') return;
  const packed = readVarint(bytes, 1);
  expect([packed >>> 2, packed & 3]).toEqual([vector.value, vector.size]);
  const written = Buffer.alloc(8);
  expect(writeVarint(written, 1, packed >>> 2)).toBe(1 + varintSize(packed >>> 2));
  expect(written.subarray(1, 1 + (packed & 3))).toEqual(bytes.subarray(1, 1 + (packed & 3)));
});

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('segments, %s', (_how, place) => {
  fixture.each<SegmentVector>('segments', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => verifySegment(decodeSegment(bytes))),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code === 'ok') expectSegment(decodeSegment(bytes), vector);
  });
});

test.each(segments.filter(({ code }) => code === 'ok'))('header of $name, found behind other bytes', (vector) => {
  const bytes = expand(vector.bytes);
  const behind = Buffer.concat([Buffer.alloc(13, 0xff), bytes, Buffer.alloc(40, 0xff)]);
  expect(peekSegment(behind, 13)).toEqual({ version: 1, length: bytes.length });
  expect(decodeSegmentHeader(behind, 13)).toMatchObject({ log: vector.log, first: vector.first, count: vector.count });
});

test.each(segments.filter(({ code }) => code === 'ok'))('$name is written back as it was', (vector) => {
  const bytes = expand(vector.bytes);
  const segment = decodeSegment(bytes);
  if (segment.codec === CODEC_NONE) expect(encodeSegment(segment, { uncompressed: true }).equals(bytes)).toBe(true);
  else expect(decodeSegment(encodeSegment(segment)).raw.equals(segment.raw)).toBe(true);
});

test.each(segments.filter(({ code }) => code === 'newer-version'))('$name can be stepped over', (vector) => {
  expect(peekSegment(expand(vector.bytes)).length).toBe(expand(vector.bytes).length);
});

test('a segment cut anywhere is refused', () => {
  const whole = bytesOf('heads-in-between');
  for (let end = 0; end < whole.length; end++) {
    expect(
      outcomeOf(() => decodeSegment(whole.subarray(0, end))),
      `cut at ${end}`,
    ).toBe('bad-segment');
  }
});

test('a segment with any bit flipped is refused', () => {
  const whole = bytesOf('one-entry');
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => verifySegment(decodeSegment(flipped)), `bit ${bit}`).toThrow(SatchelError);
  }
});

fixture.expectAllRun();

function bytesOf(name: string): Buffer {
  const vector = segments.find((segment) => segment.name === name);
  if (vector?.code === 'ok') return expand(vector.bytes);
  throw new Error(`no good segment ${name}`);
}

function expectSegment(segment: Segment, vector: SegmentVector): void {
  const entries: SegmentVectorEntry[] = [];
  const id = verifySegment(segment, (_seq, { meta, payload, payloadLength, payloadHash }) => {
    entries.push({
      meta: meta.toString('hex'),
      payload: payload?.toString('hex') ?? null,
      payloadLength,
      payloadHash: Buffer.from(payloadHash, 'latin1').toString('hex'),
    });
  });
  const { log, first, count, heads } = segment;
  const found = { log, first, count, id, heads: heads.map(({ length }) => length) };
  expect(found).toEqual({
    log: vector.log,
    first: vector.first,
    count: vector.count,
    id: vector.id,
    heads: vector.heads,
  });
  expect(entries.length).toBe(vector.count);
  if (vector.entries) expect(entries).toEqual(vector.entries);
}
