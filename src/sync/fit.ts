// Which segments go when there is not room for all: the newest conversations first, the rest on the next visit
// (spec/drive.md, "Space").
import { CONTENTS_RECORD_SIZE } from '../format/contents.js';
import type { Piece } from './pieces.js';

/** The pieces that fit into `bytes`, in their former order: introductions first, then by the newest clock they hold. */
export function fitPieces(pieces: readonly Piece[], bytes: number): Piece[] {
  const byWorth = pieces.map((piece, i) => ({ piece, i })).sort((a, b) => worth(b.piece) - worth(a.piece) || a.i - b.i);
  const chosen: { piece: Piece; i: number }[] = [];
  let left = bytes;
  for (const candidate of byWorth) {
    const cost = candidate.piece.record.length + CONTENTS_RECORD_SIZE;
    if (cost > left) continue;
    left -= cost;
    chosen.push(candidate);
  }
  return inPlace(chosen.sort((a, b) => a.i - b.i).map(({ piece }) => piece));
}

function worth({ record, newest }: Piece): number {
  return record.first === 0 ? Number.POSITIVE_INFINITY : newest;
}

/** The pieces with offsets for lying back to back. */
export function inPlace(pieces: readonly Piece[]): Piece[] {
  let offset = 0;
  return pieces.map((piece) => {
    const moved = { ...piece, record: { ...piece.record, offset } };
    offset += piece.record.length;
    return moved;
  });
}
