// Which segments go when there is not room for all: the newest conversations first, the rest on the next visit
// (spec/drive.md, "Space").
import { CONTENTS_RECORD_SIZE } from '../format/contents.js';
import { inUnits } from './in-front.js';
import type { Piece } from './pieces.js';

/**
 * The pieces that fit into `bytes`, in their former order: introductions first, then by the newest clock they hold, each
 * with the housekeeping in front of it.
 */
export function fitPieces(pieces: readonly Piece[], bytes: number): Piece[] {
  const byWorth = [...inUnits(pieces)].map((unit, i) => ({ unit, worth: worthOf(unit), i }));
  const chosen = new Set<Piece>();
  let left = bytes;
  for (const { unit } of byWorth.sort((a, b) => b.worth - a.worth || a.i - b.i)) {
    const cost = unit.reduce((sum, { record }) => sum + record.length + CONTENTS_RECORD_SIZE, 0);
    if (cost > left) continue;
    left -= cost;
    for (const piece of unit) chosen.add(piece);
  }
  return inPlace(pieces.filter((piece) => chosen.has(piece)));
}

/** Only the last one of a unit may be more than housekeeping. */
function worthOf(unit: readonly Piece[]): number {
  const last = unit.at(-1);
  return !last || last.record.first === 0 ? Number.POSITIVE_INFINITY : last.newest;
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
