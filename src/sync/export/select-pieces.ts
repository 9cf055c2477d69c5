// Which segments go when there is not room for all: those of oneself and contacts before those of strangers, of both the
// newest conversations first; the rest on the next visit (spec/drive.md, "Space").
import { CONTENTS_RECORD_SIZE } from '../../format/bundle/contents.js';
import type { LogId } from '../../format/ids.js';
import { SEGMENTS_MAX } from '../../format/limits.js';
import { isKnown } from '../../identity/relations.js';
import type { Session } from '../session.js';
import { inUnits } from './in-front.js';
import type { Piece } from './pieces.js';

/** Tells logs of oneself and of contacts, which go first, from those of strangers. */
export function comesFirst(session: Session): (log: LogId) => boolean {
  return (log) => isKnown(session, session.repository.log(log)?.person);
}

/**
 * The pieces that fit into `bytes`, and no more than `most`, in their former order: each with the introduction of its log, if that goes too, and
 * with the housekeeping in front of it.
 */
export function selectPieces(
  pieces: readonly Piece[],
  bytes: number,
  isFirst: (log: LogId) => boolean,
  most = SEGMENTS_MAX,
): Piece[] {
  const introductions = new Map(pieces.filter(isIntroduction).map((piece) => [piece.record.log, piece]));
  const chosen = new Set<Piece>();
  let room = bytes;
  for (const unit of byWorth(pieces, isFirst)) {
    const going = withIntroduction(unit, introductions, chosen);
    const cost = costOf(going);
    if (cost > room || chosen.size + going.length > most) continue;
    room -= cost;
    for (const one of going) chosen.add(one);
  }
  return inPlace(pieces.filter((piece) => chosen.has(piece)));
}

/** Without an introduction nothing of a log can be placed, and alone it says nothing: so it goes with the rest. */
export function withIntroduction(
  unit: readonly Piece[],
  introductions: ReadonlyMap<LogId, Piece>,
  chosen: ReadonlySet<Piece>,
): Piece[] {
  const introduction = unit.flatMap(({ record }) => introductions.get(record.log) ?? []);
  return [...new Set([...introduction, ...unit])].filter((one) => !chosen.has(one));
}

/** What pieces take in a bundle. */
export function costOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { record }) => sum + record.length + CONTENTS_RECORD_SIZE, 0);
}

/** Whether it is nothing but the introduction of its log. */
export function isIntroduction({ record }: Piece): boolean {
  return record.first === 0 && record.end === 1;
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

/** Only the last one of a unit may be more than housekeeping. */
function byWorth(pieces: readonly Piece[], isFirst: (log: LogId) => boolean): (readonly Piece[])[] {
  const ranked = [...inUnits(pieces)].map((unit) => {
    const last = unit.at(-1);
    return { unit, rank: last && isFirst(last.record.log) ? 0 : 1, newest: last?.newest ?? -1 };
  });
  return ranked.sort((a, b) => a.rank - b.rank || b.newest - a.newest).map(({ unit }) => unit);
}
