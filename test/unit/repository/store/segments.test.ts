// One entry of a long segment takes no more of it than stands before that entry.
import zlib from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EntryId, type LogId, NO_ENTRY } from '../../../../src/format/ids.js';
import { idOfHash } from '../../../../src/format/log/chain.js';
import { decodeFront, decodeSegment, type Segment } from '../../../../src/format/log/segment.js';
import { SegmentWriter, segmentOf } from '../../../../src/format/log/segment-writer.js';
import { sha256Latin1 } from '../../../../src/format/platform.js';
import { publicKeyOf } from '../../../../src/format/signature/signature.js';
import { createRepository, sealRepository } from '../../../../src/repository/create.js';
import type { Repository } from '../../../../src/repository/repository.js';
import { openBare } from '../../../testkit/bare-repository.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const SEED = Buffer.alloc(32, 9);
const LOG = publicKeyOf(SEED).toString('hex') as LogId;
const ENTRIES = 1_024;

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
  sealRepository(createRepository(directory));
});

function open(): Repository {
  return openBare(directory);
}

/** Entry i, of any length, that compresses more or less; `long` says which are long. */
function payloadOf(i: number, long: (i: number) => boolean): Buffer {
  const noise = Buffer.from(sha256Latin1(Buffer.from(`${i}`)), 'latin1').toString('hex');
  return Buffer.from(`${i} ${'the beans are up '.repeat(i % 7)}${noise.slice(0, long(i) ? 64 : i % 20)}`);
}

function write(long: (i: number) => boolean): { segments: Segment[]; ids: EntryId[] } {
  const segments: Segment[] = [];
  const ids: EntryId[] = [];
  const repository = open();
  repository.locked(() =>
    repository.commit((commit) => {
      const writer = new SegmentWriter({ log: LOG, length: 0, id: NO_ENTRY }, SEED, (run, milestones) => {
        const segment = segmentOf(run);
        commit.append(segment, milestones);
        segments.push(segment);
      });
      for (let i = 0; i < ENTRIES; i++) {
        const payload = payloadOf(i, long);
        const payloadHash = sha256Latin1(payload);
        writer.add({ meta: Buffer.alloc(0), payload, payloadLength: payload.length, payloadHash });
        ids.push(idOfHash(writer.hash));
      }
      writer.flush();
    }),
  );
  repository.close();
  return { segments, ids };
}

const SHAPES: [string, (i: number) => boolean][] = [
  ['entries alike', () => false],
  ['the long ones first', (i) => i < 200],
  ['the long ones last', (i) => i > 800],
];

describe.each(SHAPES)('a segment of %s', (_, long) => {
  it('gives each entry with its id, whatever was asked for before', () => {
    const { ids } = write(long);
    const one = open();
    for (const seq of [0, 1, 63, 64, 500, 499, 1_023, 700, 2]) {
      const entry = one.entry(LOG, seq);
      expect([entry?.id, entry?.payload]).toEqual([ids[seq], payloadOf(seq, long)]);
      expect(open().entry(LOG, seq)?.id).toBe(ids[seq]);
    }
    expect([...one.entries(LOG)].map(({ id }) => id)).toEqual(ids);
    expect([...one.entries(LOG, 10, 20)].map(({ id }) => id)).toEqual(ids.slice(10, 20));
  });
});

it('decompresses of a segment hardly more than what stands before the wanted entry', () => {
  const { segments } = write(() => false);
  const bytes = (segments[0] as Segment).bytes;
  const whole = decodeSegment(bytes).raw;
  const front = decodeFront(bytes, 100).raw;
  expect(whole.subarray(0, front.length)).toEqual(front);
  expect(front.length).toBeLessThan(whole.length / 3);
  expect(decodeFront(bytes, 1_000).raw).toEqual(whole);
});

it('decodes a segment again once, for who wants more of it', () => {
  write(() => false);
  const repository = open();
  for (let seq = 0; seq < ENTRIES; seq += 10) repository.entry(LOG, seq);
  expect(repository.segmentsDecoded).toBe(2);
});

it('knows the numbers of brotli that it relies on', () => {
  const { BROTLI_OPERATION_FLUSH, BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  expect([BROTLI_OPERATION_FLUSH, BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT]).toEqual([
    1, 1, 2, 5,
  ]);
});
