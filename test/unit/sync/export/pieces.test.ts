import { beforeEach, expect, it } from 'vitest';
import { CODEC_NONE, decodeSegment, verifySegment } from '../../../../src/format/log/segment.js';
import { type Piece, PieceBuilder } from '../../../../src/sync/export/pieces.js';
import { chance } from '../../../testkit/effort.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const DAY_MS = 86_400_000;

let ana: Replica;

beforeEach(async () => {
  ana = await Replica.create('ana', scratchDirectory());
});

/** The pieces of all that is held, as an export makes them. */
function pieces(options: { readonly uncompressed?: boolean } = {}): { readonly all: readonly Piece[]; close(): void } {
  const { repository } = ana;
  const builder = new PieceBuilder(repository, { ...options, now: ana.now });
  for (const { log, end } of repository.logs()) builder.add({ log, ranges: [{ from: 0, end }] });
  return { all: builder.pieces, close: () => builder.close() };
}

function bytesOf({ record, copyTo }: Piece): Buffer {
  const bytes = Buffer.alloc(record.length);
  copyTo(bytes);
  return bytes;
}

function stored(): Buffer[] {
  const { repository } = ana;
  return repository.arrivedAfter(0).map((run) => repository.segmentBytes(run) as Buffer);
}

it('copies as stored what nobody has to be spared, though it may expire one day', async () => {
  const tomorrow = Math.floor(ana.now / DAY_MS) + 2;
  await ana.post('garden', 'stays', { body: 'goes', meta: { expires: tomorrow } });
  const before = pieces().all.map(bytesOf);
  expect(before).toEqual(stored());
  ana.now = tomorrow * DAY_MS;
  const [, after] = pieces().all.map(bytesOf);
  expect(after?.length).toBeLessThan(before[1]?.length ?? 0);
  expect(verifySegment(decodeSegment(after ?? Buffer.alloc(0)))).toBe(pieces().all[1]?.record.id);
});

it('writes anew more than it keeps in memory', async () => {
  const random = chance('pieces');
  const noise = (): string => String.fromCharCode(...Array.from({ length: 60_000 }, () => 33 + random() * 90));
  for (let i = 0; i < 30; i++) await ana.post('garden', noise());
  const { all, close } = pieces({ uncompressed: true });
  expect(all).toHaveLength(31);
  for (const piece of all) {
    const segment = decodeSegment(bytesOf(piece));
    expect(segment.codec).toBe(CODEC_NONE);
    expect(verifySegment(segment)).toBe(piece.record.id);
  }
  close();
});
