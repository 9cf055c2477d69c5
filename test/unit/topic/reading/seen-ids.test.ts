import { expect, it } from 'vitest';
import type { EntryId, LogId } from '../../../../src/format/ids.js';
import { SeenIds } from '../../../../src/topic/reading/seen-ids.js';

const [A, B] = ['aa', 'bb'].map((byte) => byte.repeat(32)) as [LogId, LogId];

it('are those of the entries that passed by, and of no others', () => {
  const seen = new SeenIds();
  for (const seq of [0, 1, 1_023, 1_024, 70_000]) seen.keep(A, seq, idOf(seq));
  for (const seq of [0, 1, 1_023, 1_024, 70_000]) expect(seen.at(A, seq)).toBe(idOf(seq));
  for (const seq of [2, 1_022, 1_025, 69_999, 2 ** 47]) expect(seen.at(A, seq)).toBeUndefined();
  expect(seen.at(B, 1)).toBeUndefined();
  seen.keep(B, 1, idOf(7));
  expect([seen.at(A, 1), seen.at(B, 1)]).toEqual([idOf(1), idOf(7)]);
});

it('are let go when there are very many, the first ones first', () => {
  const seen = new SeenIds();
  for (let piece = 0; piece < 32_768; piece++) for (const seq of [0, 3]) seen.keep(A, piece * 16 + seq, idOf(piece));
  expect(seen.at(A, 3)).toBe(idOf(0));
  seen.keep(A, 32_768 * 16, idOf(32_768));
  expect([seen.at(A, 0), seen.at(A, 3), seen.at(A, 32_768 * 16 + 3)]).toEqual([undefined, undefined, undefined]);
  expect(seen.at(A, 16)).toBe(idOf(1));
  expect(seen.at(A, 32_768 * 16)).toBe(idOf(32_768));
});

it('take little memory for each of many logs that say little', () => {
  const before = process.memoryUsage().arrayBuffers;
  const seen = new SeenIds();
  for (let log = 0; log < 4_000; log++) seen.keep(log.toString(16).padStart(64, '0') as LogId, 1, idOf(1));
  expect((process.memoryUsage().arrayBuffers - before) / 4_000).toBeLessThan(1_100);
  expect(seen.at('0'.repeat(64) as LogId, 1)).toBe(idOf(1));
});

function idOf(seq: number): EntryId {
  return (seq + 1).toString(16).padStart(64, 'f') as EntryId;
}
