// Contents: claims about segments, as many as somebody likes to write.
import { bytesOf, join, sha256, u32, u64, ZERO_ID } from '../../testkit/wire.js';
import type { WireRecord } from '../../testkit/wire-statement.js';
import { bundleRuns, type HostileCase, type Kind } from '../case.js';
import { GOOD, given, judgeBundle, withContents } from '../cast.js';

/** What a bundle says that its segments are. */
export const CONTENTS: Kind = { name: 'contents', place: 'case.satchel', judge: judgeBundle, cases: cases() };

function cases(): HostileCase[] {
  return [
    { ...bad('170,000 segments of one byte, of distinct logs', () => many(170_000, 1)), isBig: true },
    { ...bad('170,000 segments of an unknown version, of distinct logs', () => many(170_000, 16), 13), isBig: true },
    { ...bad('170,000 segments that are none', () => many(170_000, 16, bytesOf(16, 7))), isBig: true },
    { ...bad('170,000 segments of one log', () => many(170_000, 16, undefined, ZERO_ID), 13), isBig: true },
    { ...bad('more records than any bundle may have', () => many(200_000, 1)), isBig: true },
    {
      ...bad('170,000 records, the last one beside its place', () => displaced(170_000)),
      // an import looks through all records first, the others meet too many unknown segments before
      runs: bundleRuns(13, 20),
      isBig: true,
    },
    record('a segment of 2^63 bytes', (it) => ({ ...it, length: 2n ** 63n })),
    record('a segment of no bytes', (it) => ({ ...it, length: 0 })),
    record('an offset of 2^64 - 1', (it) => ({ ...it, offset: 2n ** 64n - 1n })),
    record('a range that ends before it begins', (it) => ({ ...it, first: 5, end: 2 })),
    record('a range up to 2^48', (it) => ({ ...it, end: 2n ** 48n })),
    record('a range of 2^47 entries', (it) => ({ ...it, first: 1, end: 2n ** 47n }), { entries: 2 ** 47 }),
    record('another log than that of the segment', (it) => ({ ...it, log: sha256('another') })),
    record('another id at the end', (it) => ({ ...it, id: sha256('another') })),
    record('two records of one place', (it) => ({ ...it, offset: 0 })),
    bad('contents that do not cover the segments', () =>
      withContents(recordOf(0, 0, 16), bytesOf(2_000), { logs: 1, segments: 1, entries: 1 }),
    ),
    bad('contents of half a record', () =>
      withContents(bytesOf(150), bytesOf(9), { logs: 1, segments: 1, entries: 1 }),
    ),
  ];
}

function bad(name: string, content: () => Buffer, exit = 20): HostileCase {
  return { name, content, runs: bundleRuns(exit), ...(exit === 3 && { isTaken: true }) };
}

/** The last record of an honest bundle said otherwise. */
function record(name: string, change: (record: WireRecord) => WireRecord, totals: object = {}): HostileCase {
  const records = (all: readonly WireRecord[]): readonly WireRecord[] =>
    all.map((one, i) => (i === all.length - 1 ? change(one) : one));
  const manifest = (it: object): object => ({ ...it, ...totals });
  return bad(name, () => given({ segments: GOOD }, { records, manifest }));
}

/** So many segments of `size` bytes each; by default of a version that nobody knows. */
function many(count: number, size: number, segment = unknown(size), log?: Buffer): Buffer {
  const contents = Buffer.alloc(count * 96);
  for (let i = 0; i < count; i++) recordOf(i, i * size, size, log).copy(contents, i * 96);
  const totals = log ? { logs: 1 } : {};
  return withContents(contents, Buffer.alloc(count * size, segment.subarray(0, size)), totals);
}

function displaced(count: number): Buffer {
  const contents = Buffer.alloc(count * 96);
  for (let i = 0; i < count; i++) recordOf(i, i * 16 + (i === count - 1 ? 1 : 0), 16).copy(contents, i * 96);
  return withContents(contents, Buffer.alloc(count * 16, unknown(16)));
}

function recordOf(i: number, offset: number, length: number, log?: Buffer): Buffer {
  const id = Buffer.alloc(32, u32(i + 1));
  const first = log ? i : 0;
  return join(log ?? id, u64(first), u64(first + 1), id, u64(offset), u64(length));
}

function unknown(size: number): Buffer {
  return join('satchseg', u32(9), u32(size));
}
