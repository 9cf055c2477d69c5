// What a file of several says again, so that each can be imported alone and in any order: without its introduction nothing of
// a log is placed, and no chunk is taken whose message and chunk list are not here (spec/bundle.md, "Several files").
import type { LogId } from '../../format/ids.js';
import { isInRanges, subtractRanges } from '../../repository/index/held.js';
import type { BlobOffer, BlobPiece } from '../blobs/offer.js';
import type { PartHoldings } from './options.js';
import type { PendingLog } from './pending-log.js';
import type { Piece } from './pieces.js';
import type { BundleParts } from './write-bundle.js';

const INTRODUCTION = { from: 0, end: 1 };

/** Tells pieces that bring something from those that lie in another file as a whole: what is said again is no reason for a file. */
export function isNewBeside(written: PartHoldings | undefined): (piece: Piece) => boolean {
  return ({ record: { log, first, end } }) =>
    !written || subtractRanges([{ from: first, end }], written.holds(log)).length > 0;
}

/** The introductions of these logs that lie in another file. */
export function introductionsFor(going: readonly PendingLog[], written: PartHoldings | undefined): PendingLog[] {
  if (!written) return [];
  const introduced = going.filter(({ log }) => isInRanges(written.holds(log), 0));
  return introduced.map(({ log }) => ({ log, ranges: [INTRODUCTION] }));
}

/** What the chunks of a bundle need besides, and lies in another file: a message that brings them, and their chunk lists. */
export function neededBy(
  { pieces, blobs }: Pick<BundleParts, 'pieces' | 'blobs'>,
  offer: BlobOffer,
  written: PartHoldings,
): { readonly logs: readonly PendingLog[]; readonly lists: readonly BlobPiece[] } {
  const roots = [...new Set(blobs.map(({ root }) => root))];
  const isHere = ({ log, seq }: { log: LogId; seq: number }): boolean =>
    pieces.some(({ record }) => record.log === log && record.first <= seq && seq < record.end);
  const messages = roots.flatMap((root) => {
    const references = offer.referencesTo(root);
    if (references.some(isHere)) return [];
    return references.filter(({ log, seq }) => isInRanges(written.holds(log), seq)).slice(0, 1);
  });
  const logs = messages.map(({ log, seq }) => ({ log, ranges: [{ from: seq, end: seq + 1 }] }));
  const lists = roots.filter((root) => written.chunks.holdsFor().has(root)).flatMap((root) => offer.listOf(root) ?? []);
  return { logs: [...logs, ...introductionsFor(logs, written)], lists };
}
