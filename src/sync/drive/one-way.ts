// What goes to a destination that never answers: what is new, and what was written for the first time lately once more,
// so that visits that were lost or skipped heal by themselves (spec/drive.md, "One way").

import type { ContentsRecord } from '../../format/bundle/contents.js';
import type { LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { LogSummary } from '../../repository/index/summary.js';
import { inUnits } from '../export/in-front.js';
import { keptBack } from '../export/kept-back.js';
import type { ExactExport } from '../export/options.js';
import { NOTHING_KNOWN, pendingOf } from '../export/pending.js';
import type { PendingLog } from '../export/pending-log.js';
import type { Piece } from '../export/pieces.js';
import { chosenLogs, personLogsFor } from '../export/plan.js';
import { comesFirst, costOf, inPlace, isIntroduction, withIntroduction } from '../export/select-pieces.js';
import type { Audience } from '../known/audience.js';
import type { Session } from '../session.js';
import { intersection, type LogRanges, minus, rangesOf, unionOf } from './log-ranges.js';
import type { OneWayMemory } from './one-way-memory.js';

/** How much is repeated: what was first written within a span of time, or so many bytes, the newest first. */
export type Repeat = { readonly ageMs: number } | { readonly bytes: number };

/** Repeated unless told otherwise. */
export const REPEAT_DEFAULT: Repeat = { ageMs: 7 * 86_400_000 };

/** What one bundle is to hold. */
export interface OneWayPlan extends ExactExport, WrittenPlan {}

/** What was written, and what was to be. */
export interface WrittenPlan {
  /** Never written there before. */
  readonly news: LogRanges;
  /** Written there before. */
  readonly sent: LogRanges;
  /** What the last `fit` let in. */
  written(): LogRanges;
  /** What it would have let in, had there been room for all of it. */
  wanted(): LogRanges;
}

/** The plan for entries as they are held at this moment. */
export function planOneWay(
  session: Session,
  { blocks }: OneWayMemory,
  given: { readonly repeat: Repeat; readonly audience: Audience },
): OneWayPlan {
  const { repeat, audience } = given;
  const personal = everythingOf(session, personLogsFor(session, audience));
  const all = unionOf([everythingOf(session, chosenLogs(session, audience)), personal]);
  const news = minus(all, unionOf(blocks.map(({ ranges }) => ranges)));
  const lately = [...recent(session, blocks, repeat)];
  const ages = lately.map((ranges) => intersection(ranges, all));
  // it would be repeated, and can not be: what lies there of it stays as long
  const gone = forgottenOf(session);
  const forgotten = intersection(unionOf(lately), gone);
  const layers = [news, ...ages];
  const going = unionOf(layers);
  const budget = 'bytes' in repeat ? repeat.bytes : Number.POSITIVE_INFINITY;
  const isFirst = comesFirst(session);
  let written: LogRanges = new Map();
  let wanted: LogRanges = new Map();
  const choose = (pieces: readonly Piece[], bytes: number): Piece[] =>
    choosePieces(pieces, layers, { bytes, budget, isFirst, goesAlong: (log) => personal.has(log) });
  return {
    news,
    sent: minus(all, news),
    logs: going.size > 0 ? withIntroductions(unionOf([going, personal]), all) : [],
    fit: (pieces, bytes) => {
      wanted = unionOf([rangesOf(recordsOf(choose(pieces, Number.POSITIVE_INFINITY))), forgotten]);
      const chosen = choose(pieces, bytes);
      written = rangesOf(recordsOf(chosen));
      return chosen;
    },
    // what goes along without its payload is not written
    written: () => minus(written, gone),
    wanted: () => wanted,
  };
}

function everythingOf({ repository }: Session, logs: readonly LogSummary[]): LogRanges {
  const pending = pendingOf(repository, logs, NOTHING_KNOWN);
  return new Map(pending.map(({ log, ranges }) => [log, ranges]));
}

function forgottenOf({ repository }: Session): LogRanges {
  return new Map(repository.logsWithForgotten().map((log) => [log, keptBack(repository, log).ranges]));
}

/** What earlier visits wrote for the first time, the latest first, as far as it may be repeated. */
function* recent({ repository }: Session, blocks: OneWayMemory['blocks'], repeat: Repeat): Generator<LogRanges> {
  const since = 'ageMs' in repeat ? repository.world.now() - repeat.ageMs : Number.NEGATIVE_INFINITY;
  let left = 'bytes' in repeat ? repeat.bytes : Number.POSITIVE_INFINITY;
  for (const { at, ranges } of [...blocks].reverse()) {
    if (at < since || left <= 0) return;
    yield ranges;
    for (const [log, list] of ranges) for (const range of list) left -= storedBytes(repository, log, range);
  }
}

function storedBytes(repository: Session['repository'], log: LogId, { from, end }: Range): number {
  return repository.runs(log, from, end).reduce((sum, run) => sum + run.length, 0);
}

/** Nothing of a log can be placed without its introduction, and nobody tells whether it has arrived. */
function withIntroductions(ranges: LogRanges, all: LogRanges): PendingLog[] {
  const introduction: LogRanges = new Map([...ranges.keys()].map((log) => [log, [{ from: 0, end: 1 }]]));
  const joined = unionOf([ranges, intersection(introduction, all)]);
  return [...joined].sort(([a], [b]) => (a < b ? -1 : 1)).map(([log, list]) => ({ log, ranges: list }));
}

interface Space {
  readonly bytes: number;
  /** Bytes of what is repeated, at most. */
  readonly budget: number;
  /** Logs that go before others. */
  readonly isFirst: (log: LogId) => boolean;
  /** Logs of which all goes along with whatever goes: nobody tells what the far side knows of people's devices. */
  readonly goesAlong: (log: LogId) => boolean;
}

/**
 * The pieces that find room: what is new, then what was new the latest, each with the introduction of its log and the
 * housekeeping in front of it; what strangers wrote comes last each time, and behind everything what only goes along.
 */
function choosePieces(
  pieces: readonly Piece[],
  layers: readonly LogRanges[],
  { bytes, budget, isFirst, goesAlong }: Space,
): Piece[] {
  const ranked = [...inUnits(pieces)].map((unit) => {
    const { layer, newest } = rankOf(unit, layers);
    return { unit, layer, newest, rank: layer * 2 + (unit.some(({ record }) => isFirst(record.log)) ? 0 : 1) };
  });
  const introductions = new Map(pieces.filter(isIntroduction).map((piece) => [piece.record.log, piece]));
  const chosen = new Set<Piece>();
  let [room, repeats] = [bytes, budget];
  for (const { unit, layer } of ranked.sort((a, b) => a.rank - b.rank || b.newest - a.newest)) {
    if (layer === layers.length && !(chosen.size > 0 && unit.some(({ record }) => goesAlong(record.log)))) continue;
    const going = withIntroduction(unit, introductions, chosen);
    const cost = costOf(going);
    const isRepeated = layer > 0 && layer < layers.length;
    if (cost > room || (isRepeated && cost > repeats)) continue;
    for (const one of going) chosen.add(one);
    room -= cost;
    if (isRepeated) repeats -= cost;
  }
  return inPlace(pieces.filter((piece) => chosen.has(piece)));
}

/** The layer of the newest part of a unit, and the newest clock in it. */
function rankOf(unit: readonly Piece[], layers: readonly LogRanges[]): { layer: number; newest: number } {
  return {
    layer: Math.min(...unit.map((piece) => layerOf(piece, layers))),
    newest: Math.max(...unit.map(({ newest }) => newest)),
  };
}

/** 0 for what is new, then by age; the number of layers for an introduction that only goes along. */
function layerOf({ record: { log, first, end } }: Piece, layers: readonly LogRanges[]): number {
  const at = layers.findIndex((layer) => layer.get(log)?.some((range) => range.from < end && first < range.end));
  return at < 0 ? layers.length : at;
}

function recordsOf(pieces: readonly Piece[]): ContentsRecord[] {
  return pieces.map(({ record }) => record);
}
