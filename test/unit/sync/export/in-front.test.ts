import { describe, expect, it } from 'vitest';
import type { EntryId, LogId } from '../../../../src/format/ids.js';
import { inFrontOf, inUnits } from '../../../../src/sync/export/in-front.js';
import type { Piece } from '../../../../src/sync/export/pieces.js';
import { selectPieces } from '../../../../src/sync/export/select-pieces.js';

const A = 'a'.repeat(64) as LogId;
const B = 'b'.repeat(64) as LogId;
const RECORD_BYTES = 96;

describe('what lies in front of what goes', () => {
  it('is what others lack before the last entry that goes, in the same log', () => {
    const going = [{ log: A, ranges: [{ from: 7, end: 9 }] }];
    const lacked = [
      { log: A, ranges: [{ from: 2, end: 3 }, { from: 5, end: 12 }, { from: 20, end: 30 }] }, // biome-ignore format: one a line
      { log: B, ranges: [{ from: 0, end: 4 }] },
    ];
    expect(inFrontOf(going, lacked)).toEqual([{ log: A, ranges: [{ from: 2, end: 3 }, { from: 5, end: 9 }] }]); // biome-ignore format: one a line
  });

  it('makes a unit with it when it is housekeeping', () => {
    const pieces = [
      piece(A, 0, 1, -1),
      piece(A, 1, 2, -1),
      piece(A, 2, 3, -1),
      piece(A, 3, 5, 70),
      piece(A, 6, 7, -1),
      piece(B, 7, 8, 50),
      piece(B, 8, 9, -1),
    ];
    const units = [...inUnits(pieces)].map((unit) => unit.map(({ record }) => record.first));
    expect(units).toEqual([[0], [1, 2, 3], [6], [7], [8]]);
  });

  it('goes with it, or neither does', () => {
    const pieces = [piece(A, 1, 2, -1), piece(A, 2, 3, 70), piece(B, 1, 2, -1), piece(B, 2, 3, 60), piece(B, 3, 4, -1)];
    const fitting = (count: number): string[] =>
      selectPieces(pieces, count * (100 + RECORD_BYTES), () => true).map(
        ({ record }) => `${record.log[0]}${record.first}`,
      );
    expect(fitting(1)).toEqual(['b3']);
    expect(fitting(2)).toEqual(['a1', 'a2']);
    expect(fitting(3)).toEqual(['a1', 'a2', 'b3']);
    expect(fitting(4)).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(fitting(5)).toEqual(['a1', 'a2', 'b1', 'b2', 'b3']);
    const few = selectPieces(pieces, Number.POSITIVE_INFINITY, () => true, 3);
    expect(few.map(({ record }) => `${record.log[0]}${record.first}`)).toEqual(['a1', 'a2', 'b3']);
  });
});

function piece(log: LogId, first: number, end: number, newest: number): Piece {
  const record = { log, first, end, id: '0'.repeat(64) as EntryId, offset: 0, length: 100 };
  return { record, raw: 100, newest, copyTo: () => {} };
}
