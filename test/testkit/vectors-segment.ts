// Vectors of segments that are right (spec/log.md, "Segments"), and what every segment vector looks like.
import { ADA_LOG, entriesOf, introRun, PLAIN } from './cast.js';
import { compact } from './compact.js';
import { BROTLI_FULL, BROTLI_GROWN, BROTLI_WORDS, paddedBrotli, WORDS } from './pinned-brotli.js';
import type { BytesVector } from './vector.js';
import { bytesOf, flip, join, sha256, u64, WIRE_DOMAINS, wireKey, ZERO_ID } from './wire.js';
import { oddKey, oddSign } from './wire-odd-key.js';
import {
  endOf,
  headsOf,
  runOf,
  type SegmentLies,
  segment,
  type WireEntry,
  type WireRun,
  wireBody,
  wireLog,
} from './wire-segment.js';

/** A segment, and what a reader finds in it when it is right. */
export interface SegmentVector extends BytesVector {
  readonly log?: string;
  readonly first?: number;
  readonly count?: number;
  /** Id of the last entry. */
  readonly id?: string;
  /** Lengths of the heads. */
  readonly heads?: readonly number[];
  /** Left out when there are many or large ones. */
  readonly entries?: readonly SegmentVectorEntry[];
}

/** An entry as a segment vector tells it. */
export interface SegmentVectorEntry {
  readonly meta: string;
  /** Hex, or null when it was dropped. */
  readonly payload: string | null;
  readonly payloadLength: number;
  readonly payloadHash: string;
}

/** Segments that every reader accepts. */
export function goodSegmentVectors(): SegmentVector[] {
  return [...plainVectors(), ...headPlaceVectors(), ...limitVectors(), ...codecVectors(), ...droppedVectors()];
}

/** A segment that is accepted; what a reader finds follows from the run. */
function goodSegment(name: string, comment: string, run: WireRun, lies?: SegmentLies): SegmentVector {
  const first = run.first ?? 0;
  const count = run.entries.length;
  const isShort = count <= 16 && run.entries.every((entry) => (entry.payload?.length ?? 0) <= 512);
  return {
    name,
    comment,
    bytes: compact(segment(run, lies)),
    code: 'ok',
    log: run.key.id.toString('hex'),
    first,
    count,
    id: endOf(run).toString('hex'),
    heads: run.headsAt ?? [first + count],
    ...(isShort && { entries: run.entries.map(told) }),
  };
}

function plainVectors(): SegmentVector[] {
  const key = wireKey('odd log');
  return [
    goodSegment('one-entry', 'one entry and its head, not compressed', runOf(PLAIN, 0, 1)),
    goodSegment('three-entries', 'one head vouches for the whole run', runOf(PLAIN)),
    goodSegment('introduction', 'entry 0 of a log, alone in its segment', introRun(ADA_LOG)),
    goodSegment('after-a-gap', 'starts in the middle: verified by its own head', runOf(ADA_LOG, 3, 5)),
    goodSegment('empty-entry', 'no payload and no metadata', { key, entries: [{}] }),
    goodSegment('opaque-metadata', 'metadata that means nothing makes no log invalid', {
      key,
      entries: [{ payload: Buffer.from('a'), meta: Buffer.of(0xff, 0x00) }],
    }),
    goodSegment('payload-is-no-message', 'payloads are opaque: validity is chain and signature, nothing else', {
      key,
      entries: [{ payload: Buffer.of(0xff, 0xff) }],
    }),
    oddLog(),
    goodSegment('unlikely-predecessor', 'an id of zeros before seq 1: nobody can tell it is not one', {
      key,
      first: 1,
      previous: ZERO_ID,
      entries: entriesOf(1),
    }),
  ];
}

/** What is refused for a device on a card is right for a log: whoever signs under such a key has it. */
function oddLog(): SegmentVector {
  const odd = oddKey('odd log');
  const run = { key: { ...wireKey('odd log'), id: odd.id }, entries: entriesOf(2) };
  const head = join(u64(2), oddSign(odd, WIRE_DOMAINS.head, odd.id, u64(2), endOf(run)));
  return goodSegment('mixed-order-log', 'a log key that is not of prime order', run, { heads: [head] });
}

function headPlaceVectors(): SegmentVector[] {
  const run = runOf(ADA_LOG, 1, 5, [2, 4, 5]);
  const heads = headsOf(run, [2, 4, 5]);
  const [one = ZERO_ID, two = ZERO_ID, three = ZERO_ID] = heads;
  return [
    goodSegment('heads-in-between', 'it can be cut behind each of them', run),
    goodSegment('head-for-every-entry', 'as many heads as entries', runOf(PLAIN, 0, 3, [1, 2, 3])),
    goodSegment('wrong-head-in-between', 'a head in between is verified when it is used, the last one vouches', run, {
      heads: [one, flip(two, 20), three],
    }),
  ];
}

function limitVectors(): SegmentVector[] {
  const key = wireKey('large log');
  return [
    goodSegment('payload-65536', 'the largest payload', { key, entries: [{ payload: bytesOf(65_536) }] }),
    goodSegment('metadata-512', 'the longest metadata', { key, entries: [{ meta: bytesOf(512, 0x61) }] }),
    goodSegment('raw-1048576', 'the largest body', { key, entries: filling(65_532) }),
    goodSegment('entries-8192', 'the most entries', { key, entries: Array.from({ length: 8192 }, () => ({})) }),
    goodSegment('highest-seq', 'ends at length 2^48 - 1', {
      key,
      first: 2 ** 48 - 3,
      previous: sha256('before'),
      entries: entriesOf(2),
    }),
  ];
}

function codecVectors(): SegmentVector[] {
  const key = wireKey('compressed log');
  const words = { key, entries: WORDS.map((payload) => ({ payload })) };
  const longest = paddedBrotli(wireBody(words.entries), 1_052_672);
  const grown = { key, entries: [{ payload: Buffer.from('a') }, { payload: Buffer.from('b') }] };
  return [
    goodSegment('brotli', 'the body as one brotli stream', words, { codec: 1, body: BROTLI_WORDS }),
    goodSegment('body-1052672', 'the longest body: mostly blocks that brotli skips', words, {
      codec: 1,
      body: longest,
    }),
    goodSegment('brotli-larger-than-raw', 'compression may not pay, the body is taken as it is', grown, {
      codec: 1,
      body: BROTLI_GROWN,
    }),
    goodSegment(
      'brotli-raw-1048576',
      'decompresses to exactly 1 MiB',
      { key, entries: filling(65_532) },
      {
        codec: 1,
        body: BROTLI_FULL,
      },
    ),
  ];
}

function droppedVectors(): SegmentVector[] {
  const key = wireKey('retracted log');
  const gone = { payload: Buffer.from('said and taken back'), dropped: true };
  const meta = Buffer.of(0xa1, 0x01, 0x19, 0x50, 0x14);
  return [
    goodSegment('dropped-payload', 'its hash stands for it, the chain stays verifiable', {
      key,
      entries: [{ payload: Buffer.from('kept') }, gone, { payload: Buffer.from('kept too') }],
    }),
    goodSegment('dropped-with-metadata', 'metadata is never dropped', { key, entries: [{ ...gone, meta }] }),
    goodSegment('dropped-empty', 'an empty payload can be dropped and then takes 32 bytes', {
      key,
      entries: [{ dropped: true }],
    }),
    goodSegment('all-dropped', 'nothing left but hashes', { key, entries: [gone, gone, gone] }),
    goodSegment('dropped-65536', 'the length of a dropped payload is told too', {
      key,
      entries: [{ payload: bytesOf(65_536), dropped: true }],
    }),
    goodSegment(
      'dropped-introduction',
      'the chain is right; that an introduction is never dropped is for others to judge',
      {
        ...introRun(wireLog(key, [gone])),
      },
    ),
  ];
}

/** 16 entries of that many zero bytes each. */
export function filling(size: number): WireEntry[] {
  return Array.from({ length: 16 }, () => ({ payload: bytesOf(size) }));
}

function told({ payload = new Uint8Array(), meta = new Uint8Array(), dropped }: WireEntry): SegmentVectorEntry {
  return {
    meta: Buffer.from(meta).toString('hex'),
    payload: dropped ? null : Buffer.from(payload).toString('hex'),
    payloadLength: payload.length,
    payloadHash: sha256(payload).toString('hex'),
  };
}
