// Segments of a contact's log: what is wrong with one stops neither the others nor the bundle.
import { brotliCompressSync, constants } from 'node:zlib';
import { bytesOf, join, u32, varint, wireKey } from '../../testkit/wire.js';
import { carried, type WireSegment } from '../../testkit/wire-bundle.js';
import {
  runOf,
  type SegmentLies,
  segment,
  type WireEntry,
  type WireRun,
  wireBody,
  wireHead,
  wireLog,
} from '../../testkit/wire-segment.js';
import { bundleRuns, type HostileCase, type Kind } from '../case.js';
import { given, intro, judgeBundle } from '../cast.js';

const MIB = 1_048_576;
const KEY = wireKey('log of hostile segments');
const LOG = wireLog(KEY, [intro(KEY), ...entriesOf(4)]);
const RUN = runOf(LOG, 1);

/** Segments. */
export const SEGMENT: Kind = { name: 'segment', place: 'case.satchel', judge: judgeBundle, cases: cases() };

function cases(): HostileCase[] {
  return [
    bad('no magic', { magic: 'satchsag' }),
    bad('an unknown version', { version: 2 }),
    bad('an unknown codec', { codec: 7 }),
    bad('no entries', { count: 0 }),
    bad('2^32 - 1 entries', { count: 2 ** 32 - 1 }),
    bad('2^24 - 1 heads', { headCount: 2 ** 24 - 1 }),
    bad('4 GiB after decompression', { codec: 1, rawLength: 2 ** 32 - 1 }),
    bad('a body of 4 GiB', { bodyLength: 2 ** 32 - 1 }),
    bad('64 MiB in the place of 100 bytes', { codec: 1, rawLength: 100, body: packed(bytesOf(64 * MIB)) }),
    bad('less than it says after decompression', { codec: 1, rawLength: MIB, body: packed(bytesOf(9)) }),
    bad('bytes behind the compressed body', { codec: 1, body: join(packed(wireBody(RUN.entries)), bytesOf(MIB)) }),
    bad('a compressed body that never ends', { codec: 1, body: packed(wireBody(RUN.entries)).subarray(0, -2) }),
    bad('another checksum', { checksum: bytesOf(16) }),
    bad('a head that nobody signed', { heads: [join(Buffer.alloc(7), bytesOf(1, 5), bytesOf(64, 3))] }),
    bad('heads that descend', { heads: [5, 4].map((length) => wireHead(KEY, length, LOG.ids[3] as Buffer)) }),
    bad('a number that goes on and on', { body: join(bytesOf(60, 0x80), bytesOf(40)) }),
    bad('a payload longer than the body', { body: join(varint(65_536), varint(0), bytesOf(90)) }),
    bad('metadata of 2^28 bytes', { body: join(varint(1), varint(2 ** 29), bytesOf(90)) }),
    bad('8,192 entries of no bytes, 4 of which it counts', { body: bytesOf(2 * 8_192) }),
    { ...many('128 segments that decompress to 1 MiB, signed by nobody', 128), isBig: true },
    { ...many('5,000 segments that decompress to 1 MiB, signed by nobody', 5_000, 20), isBig: true },
    { ...whole('8,192 entries with a head each', () => heads(8_192), 0), isBig: true, isSound: true },
    {
      ...whole('one segment 2,000 times', () => Array.from({ length: 2_000 }, () => carried(RUN)), 0),
      isBig: true,
      isSound: true,
    },
    {
      ...whole('8,000 segments of one entry, none next to another', () => apart(8_000), 0),
      isBig: true,
      isSound: true,
    },
  ];
}

function bad(name: string, lies: SegmentLies, exit = 3): HostileCase {
  return whole(name, () => [lyingSegment(lies)], exit);
}

function whole(name: string, segments: () => readonly WireSegment[], exit: number): HostileCase {
  const content = (): Buffer => given({ segments: [carried(runOf(LOG, 0, 1)), ...segments()] });
  return { name, content, runs: bundleRuns(exit), isTaken: exit !== 20 };
}

function lyingSegment(lies: SegmentLies): WireSegment {
  const bytes = segment(RUN, lies);
  return { bytes, run: RUN, raw: Math.min(lies.rawLength ?? wireBody(RUN.entries).length, MIB) };
}

/** Each a few dozen bytes, and a log of its own. */
function many(name: string, count: number, exit = 3): HostileCase {
  const body = packed(join(...Array.from({ length: 16 }, () => join(varint(65_000), varint(0), bytesOf(65_000)))));
  const rawLength = 16 * (65_000 + 3 + 1);
  const segments = (): WireSegment[] =>
    Array.from({ length: count }, (_, i) => {
      const run: WireRun = { key: { ...KEY, id: bytesOf(32, 1).fill(u32(i), 0, 4) }, entries: [{}] };
      const lies = {
        codec: 1,
        rawLength,
        body,
        count: 16,
        heads: [join(Buffer.alloc(7), bytesOf(1, 16), bytesOf(64))],
      };
      const entries = Array.from({ length: 16 }, () => ({}));
      return { bytes: segment(run, lies), run: { ...run, entries }, raw: rawLength };
    });
  return whole(name, segments, exit);
}

function heads(count: number): WireSegment[] {
  const log = wireLog(KEY, [intro(KEY), ...entriesOf(count)]);
  return [
    carried(
      runOf(
        log,
        1,
        count + 1,
        Array.from({ length: count }, (_, i) => i + 2),
      ),
    ),
  ];
}

function apart(count: number): WireSegment[] {
  const log = wireLog(KEY, [intro(KEY), ...entriesOf(2 * count)]);
  return Array.from({ length: count }, (_, i) => carried(runOf(log, 2 * i + 2, 2 * i + 3)));
}

function entriesOf(count: number): WireEntry[] {
  return Array.from({ length: count }, (_, i) => ({ payload: u32(i) }));
}

function packed(raw: Buffer): Buffer {
  return brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}
