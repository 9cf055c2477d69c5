// Vectors of segments that are refused, one violation each: whatever comes before it in the reading order is right, and
// the checksum is right unless it is the violation (spec/log.md, "Reading a segment").

import type { ErrorCode } from '../../src/format/error.js';
import { ADA_LOG, entriesOf, PLAIN } from './cast.js';
import { compact } from './compact.js';
import { BROTLI_BOMB, BROTLI_FULL_AND_ONE, BROTLI_WORDS, paddedBrotli, WORDS } from './pinned-brotli.js';
import { filling, type SegmentVector } from './vectors-segment.js';
import { bytesOf, flip, join, patch, sha256, u32, u64, varint, type WireKey, wireKey, ZERO_ID } from './wire.js';
import {
  endOf,
  headSignature,
  headsOf,
  reseal,
  runOf,
  type SegmentLies,
  segment,
  type WireEntry,
  type WireRun,
  wireBody,
  wireHead,
} from './wire-segment.js';

/** Segments that every reader refuses, with the same word. */
export function badSegmentVectors(): SegmentVector[] {
  return [
    ...prefixVectors(),
    ...headerVectors(),
    ...headListVectors(),
    ...checksumVectors(),
    ...codecVectors(),
    ...bodyVectors(),
    ...entryLimitVectors(),
    ...movedVectors(),
    ...forgedVectors(),
  ];
}

function prefixVectors(): SegmentVector[] {
  const whole = segment(RUN);
  return [
    refused('no-bytes', 'nothing at all', Buffer.alloc(0), 'bad-segment'),
    refused('cut-in-prefix', '15 bytes', whole.subarray(0, 15), 'bad-segment'),
    refused('cut-in-header', '103 bytes', whole.subarray(0, 103), 'bad-segment'),
    refused('cut-in-body', 'ends inside the body', whole.subarray(0, 106), 'bad-segment'),
    refused('cut-in-heads', 'ends inside the last head', whole.subarray(0, -40), 'bad-segment'),
    refused('cut-by-one', 'the last byte is missing', whole.subarray(0, -1), 'bad-segment'),
    refused('one-byte-more', 'a byte behind the end', join(whole, '\0'), 'bad-segment'),
    refused('two-segments', 'where one is expected', join(whole, whole), 'bad-segment'),
    lied('magic', 'another magic', { magic: 'satchSEG' }, 'bad-segment'),
    lied('total-15', 'a total length below that of the prefix', { total: 15 }, 'bad-segment'),
    lied('total-too-small', 'a total length of one byte less', { total: whole.length - 1 }, 'bad-segment'),
    lied('total-too-large', 'a total length of one byte more', { total: whole.length + 1 }, 'bad-segment'),
    lied('total-huge', 'a total length of 4 GiB - 1', { total: 2 ** 32 - 1 }, 'bad-segment'),
    lied('version-2', 'made by a newer version: skipped by its total length', { version: 2 }, 'newer-version'),
    lied('version-huge', 'the highest version there can be', { version: 2 ** 32 - 1 }, 'newer-version'),
    refused('version-2-unknown-rest', 'nothing behind the prefix is looked at', unknownVersion(), 'newer-version'),
    refused(
      'version-9-prefix-only',
      'the shortest segment that can be stepped over',
      foreignPrefix(16),
      'newer-version',
    ),
    refused('version-9-total-15', 'a length that would not step over the prefix', foreignPrefix(15), 'bad-segment'),
  ];
}

function headerVectors(): SegmentVector[] {
  const none = { key: KEY, entries: [], headsAt: [] };
  const many = { key: KEY, entries: Array.from({ length: 8193 }, () => ({})) };
  const last = { key: KEY, first: 2 ** 48 - 2, previous: sha256('before'), entries: entriesOf(2) };
  const over = { key: KEY, entries: [...filling(65_532).slice(1), { payload: bytesOf(65_533) }] };
  return [
    refused(
      'count-0',
      'a run of nothing: at least one entry',
      segment(none, { heads: [wireHead(KEY, 0, ZERO_ID)] }),
      'over-limit',
    ),
    refused('entries-8193', 'one entry too many', segment(many), 'over-limit'),
    lied('count-huge', 'a count of 2^32 - 1', { count: 2 ** 32 - 1 }, 'over-limit'),
    refused('seq-too-high', 'ends at length 2^48', segment(last), 'over-limit'),
    lied('first-huge', 'a first seq of 2^64 - 1', { first: 2n ** 64n - 1n }, 'over-limit'),
    lied(
      'predecessor-of-entry-0',
      'starts at 0 and names an entry before it',
      { previous: sha256('x') },
      'bad-segment',
    ),
    lied('codec-2', 'an unknown codec: this segment is skipped', { codec: 2 }, 'newer-version'),
    lied('codec-255', 'the highest codec', { codec: 255 }, 'newer-version'),
    refused('raw-1048577', 'a body of one byte more than 1 MiB', segment(over), 'over-limit'),
    lied('raw-huge', 'a raw length of 2^32 - 1', { codec: 1, rawLength: 2 ** 32 - 1 }, 'over-limit'),
    lied(
      'body-huge',
      'a body longer than any compression makes it',
      { codec: 1, bodyLength: 2 ** 32 - 1 },
      'over-limit',
    ),
    lied(
      'body-shorter-than-said',
      'a body length of one more than there is',
      { codec: 1, bodyLength: 10 },
      'bad-segment',
    ),
    lied('two-body-lengths', 'codec none with a raw length of its own', { rawLength: 8 }, 'bad-segment'),
  ];
}

function headListVectors(): SegmentVector[] {
  const [one = ZERO_ID, two = ZERO_ID, three = ZERO_ID] = headsOf(RUN, [1, 2, 3]);
  const beyond = wireHead(KEY, 4, endOf(RUN));
  const nothing = wireHead(KEY, 0, ZERO_ID);
  const two64 = join(u64(2n ** 64n - 1n), headSignature(KEY, 2n ** 64n - 1n, endOf(RUN)));
  return [
    lied('no-heads', 'nobody vouches for the run', { heads: [] }, 'bad-segment'),
    lied('more-heads-than-entries', 'four for three entries', { heads: [nothing, one, two, three] }, 'bad-segment'),
    lied('head-count-too-high', 'says two heads and has one', { headCount: 2 }, 'bad-segment'),
    lied('head-count-too-low', 'says one head and has two', { heads: [two, three], headCount: 1 }, 'bad-segment'),
    lied(
      'junk-before-checksum',
      'bytes behind the last head',
      { heads: [three, Buffer.from('junk')], headCount: 1 },
      'bad-segment',
    ),
    lied('heads-descending', 'out of order', { heads: [two, one, three] }, 'bad-segment'),
    lied('head-twice', 'the same head twice', { heads: [three, three] }, 'bad-segment'),
    lied('head-at-the-start', 'a head that covers nothing of the run', { heads: [nothing, three] }, 'bad-segment'),
    lied('no-head-at-the-end', 'the last head leaves an entry over', { heads: [one, two] }, 'bad-segment'),
    lied('head-beyond-the-end', 'the last head covers more than the run', { heads: [two, beyond] }, 'bad-segment'),
    lied('head-length-huge', 'a head at 2^64 - 1', { heads: [three, two64] }, 'bad-segment'),
  ];
}

function checksumVectors(): SegmentVector[] {
  const whole = segment(RUN);
  return [
    refused('checksum-rotten', 'one bit of the checksum', flip(whole, -1, 0x80), 'bad-checksum'),
    refused('body-rotten', 'one bit of a payload', flip(whole, 106), 'bad-checksum'),
    refused('log-rotten', 'one bit of the log id', flip(whole, 20), 'bad-checksum'),
    refused('head-rotten', 'one bit of a signature', flip(whole, -30), 'bad-checksum'),
    refused('first-byte-of-checksum', 'the other end of the checksum', flip(whole, -16), 'bad-checksum'),
    lied('checksum-zero', 'no checksum', { checksum: bytesOf(16) }, 'bad-checksum'),
    lied(
      'checksum-of-the-body',
      'computed over the body alone',
      { checksum: sha256('').subarray(0, 16) },
      'bad-checksum',
    ),
  ];
}

function codecVectors(): SegmentVector[] {
  const run = { key: KEY, entries: WORDS.map((payload) => ({ payload })) };
  const grown = paddedBrotli(wireBody(run.entries), 1_052_673);
  const raw = 786;
  const brotli = (name: string, comment: string, lies: SegmentLies) =>
    refused(`brotli-${name}`, comment, segment(run, { codec: 1, body: BROTLI_WORDS, ...lies }), 'bad-segment');
  return [
    brotli('bomb', '64 MiB out of 53 bytes: stopped at the stated length', { body: BROTLI_BOMB }),
    brotli('bomb-at-the-limit', '64 MiB where 1 MiB is stated', { body: BROTLI_BOMB, rawLength: 1_048_576 }),
    brotli('one-byte-more', '1 MiB and one byte where 1 MiB is stated', {
      body: BROTLI_FULL_AND_ONE,
      rawLength: 1_048_576,
    }),
    brotli('longer-than-said', 'one byte more than stated', { rawLength: raw - 1 }),
    brotli('shorter-than-said', 'one byte less than stated', { rawLength: raw + 1 }),
    brotli('cut-off', 'the stream ends too early', { body: BROTLI_WORDS.subarray(0, -1) }),
    brotli('junk-behind', 'bytes behind the end of the stream', { body: join(BROTLI_WORDS, 'junk') }),
    brotli('two-streams', 'the stream twice', { body: join(BROTLI_WORDS, BROTLI_WORDS) }),
    refused('body-1052673', 'a stream of one byte too many', segment(run, { codec: 1, body: grown }), 'over-limit'),
    brotli('garbage', 'no brotli at all', { body: bytesOf(60, 0xff) }),
    brotli('empty', 'a body of no bytes', { body: Buffer.alloc(0) }),
    brotli('not-compressed', 'codec brotli over a body that is not compressed', { body: plainBody(run) }),
  ];
}

function bodyVectors(): SegmentVector[] {
  const body = (name: string, comment: string, entry: WireEntry) =>
    refused(`body-${name}`, comment, segment({ key: KEY, entries: [...entriesOf(2), entry] }), 'bad-segment');
  const payload = Buffer.from('abc');
  return [
    lied(
      'fewer-entries-than-said',
      'a count of one more',
      { count: 4, heads: [wireHead(KEY, 4, endOf(RUN))] },
      'bad-segment',
    ),
    lied('more-entries-than-said', 'a count of one less', { count: 2, heads: headsOf(RUN, [2]) }, 'bad-segment'),
    body('length-in-two-bytes', 'payload length not in shortest form', { payload, lengthBytes: varint(3, 2) }),
    body('flags-in-two-bytes', 'metadata length not in shortest form', { payload, flagsBytes: varint(0, 2) }),
    body('length-in-four-bytes', 'payload length of four bytes', { payload, lengthBytes: varint(2 ** 21) }),
    body('payload-cut-off', 'the payload runs past the body', { payload, lengthBytes: varint(4) }),
    body('metadata-cut-off', 'the metadata runs past the body', { payload, flagsBytes: varint(8) }),
    body('hash-cut-off', '31 bytes in place of a dropped payload', { payload, dropped: true, content: bytesOf(31) }),
    body('length-cut-off', 'the body ends inside a length', {
      lengthBytes: Buffer.of(0x80),
      flagsBytes: Buffer.alloc(0),
    }),
    body('flags-missing', 'the body ends behind a length', { flagsBytes: Buffer.alloc(0) }),
    body('trailing-byte', 'one byte behind the last entry', { payload, content: join(payload, '\0') }),
  ];
}

function entryLimitVectors(): SegmentVector[] {
  const entry = (name: string, comment: string, fields: WireEntry) =>
    refused(name, comment, segment({ key: KEY, entries: [fields] }), 'over-limit');
  return [
    entry('payload-65537', 'one byte too many', { payload: bytesOf(65_537) }),
    entry('metadata-513', 'one byte too many', { meta: bytesOf(513) }),
    entry('dropped-65537', 'the limit holds for dropped payloads too', { payload: bytesOf(65_537), dropped: true }),
  ];
}

function movedVectors(): SegmentVector[] {
  const run = runOf(ADA_LOG, 2, 5);
  const moved = (name: string, comment: string, lies: SegmentLies, from: WireRun = run) =>
    refused(`moved-${name}`, comment, segment(from, lies), 'bad-chain');
  const later = [wireHead(run.key, 6, endOf(run))];
  return [
    moved('to-another-log', 'the id binds the log', { log: KEY.id }),
    moved('to-another-place', 'the id binds the seq, even under a head for that length', { first: 3, heads: later }),
    moved('behind-another-entry', 'the id binds all before', { previous: sha256('another past') }),
    moved('to-the-start', 'the same entries as if they were the first', startLies(run)),
    refused('segments-of-two-logs', "one log's body under another log's header and heads", grafted(), 'bad-chain'),
  ];
}

function forgedVectors(): SegmentVector[] {
  const gone = { payload: Buffer.from('kept'), dropped: true };
  const forged = (name: string, comment: string, entries: readonly WireEntry[], lies: SegmentLies = {}) =>
    refused(`forged-${name}`, comment, segment({ key: KEY, entries }, lies), 'bad-chain');
  const other = wireKey('somebody else');
  const signedByOther = [join(u64(3), headSignature({ ...other, id: KEY.id }, 3, endOf(RUN)))];
  const [, two = ZERO_ID, three = ZERO_ID] = headsOf(RUN, [1, 2, 3]);
  return [
    refused('forged-payload', 'one bit, under a checksum that is right', reseal(flip(segment(RUN), 106)), 'bad-chain'),
    forged('metadata', 'metadata that the author did not write', [
      { content: Buffer.alloc(0), flagsBytes: join(varint(2), 'x') },
    ]),
    forged('order', 'two entries changed places', PLAIN.entries, { body: swappedBody() }),
    forged('hash', 'the hash of another payload', [{ ...gone, content: sha256('other') }]),
    forged('length-of-dropped', 'another length beside the right hash', [{ ...gone, lengthBytes: varint(5) }]),
    forged('drop-flag', 'a payload of 32 bytes declared to be a hash', [
      { payload: bytesOf(32, 0x61), flagsBytes: varint(1) },
    ]),
    forged('signer', 'a head by another key', PLAIN.entries, { heads: signedByOther }),
    forged('signature', 'one bit of the head', PLAIN.entries, { heads: [flip(three, 30)] }),
    forged('zero-signature', 'no signature', PLAIN.entries, { heads: [join(u64(3), bytesOf(64))] }),
    forged('older-head', 'the signature of the head before', PLAIN.entries, { heads: [patch(two, 0, u64(3))] }),
    forged('last-of-two', 'a good head in between, a bad one at the end', PLAIN.entries, {
      heads: [two, flip(three, 30)],
    }),
    refused(
      'small-order-log',
      'a log id of small order, under which one signature fits everything',
      smallOrder(),
      'bad-chain',
    ),
  ];
}

function refused(name: string, comment: string, bytes: Uint8Array, code: ErrorCode): SegmentVector {
  return { name, comment, bytes: compact(bytes), code };
}

/** The run of three plain entries, with lies in its segment. */
function lied(name: string, comment: string, lies: SegmentLies, code: ErrorCode): SegmentVector {
  return refused(name, comment, segment(RUN, lies), code);
}

/** The first 16 bytes of a segment of version 9. */
function foreignPrefix(total: number): Buffer {
  return join('satchseg', u32(9), u32(total));
}

function unknownVersion(): Buffer {
  return join('satchseg', Buffer.of(0, 0, 0, 9), Buffer.of(0, 0, 0, 20), 'what');
}

function plainBody(run: WireRun): Buffer {
  const bytes = segment(run);
  return bytes.subarray(104, bytes.length - 88);
}

function startLies(run: WireRun): SegmentLies {
  return { first: 0, previous: ZERO_ID, heads: [wireHead(run.key, 3, endOf(run))] };
}

function grafted(): Buffer {
  return segment(runOf(ADA_LOG, 0, 3), { body: plainBody(RUN), rawLength: plainBody(RUN).length });
}

function swappedBody(): Buffer {
  const [a = {}, b = {}, c = {}] = PLAIN.entries;
  return plainBody({ key: KEY, entries: [a, c, b] });
}

/** With A and R the neutral element and S = 0 the equation of RFC 8032 holds for every message. */
function smallOrder(): Buffer {
  const neutral = join(Buffer.of(1), bytesOf(31));
  const key: WireKey = { ...KEY, id: neutral };
  return segment({ key, entries: PLAIN.entries }, { heads: [join(u64(3), neutral, bytesOf(32))] });
}

const RUN = runOf(PLAIN);
const KEY = PLAIN.key;
