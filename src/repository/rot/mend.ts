// Packs in which something has rotten are written anew with what is whole in them, and set aside as they were
// (spec/repository.md, "Rot"). From then on there is no rot in the packs: an index that is built from them knows nothing of it.

import type { LogId, TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { disk } from '../disk.js';
import { makeDirectory, onDisk } from '../files.js';
import { unionRanges } from '../index/held.js';
import type { IntroductionRecord } from '../index/introduction-record.js';
import type { RunRecord } from '../index/run-record.js';
import { appendEvent, DAMAGE } from '../journal.js';
import type { KnownLogs } from '../known-logs.js';
import { readMarks } from '../read-marks.js';
import { FRAME_HEADER_SIZE } from '../store/frame.js';
import { type Exchange, hiddenPack, nameAside } from '../store/pack-swap.js';
import { Packs } from '../store/packs.js';
import { placeOf } from '../store/segments.js';
import { addDamage, type Damage } from './damage.js';
import { isHeaderless, type SegmentAt, type Stretch, stretchesFrom, wholeSegments } from './stretches.js';

const COPY_SIZE = 1_048_576;

/** What the index said of the packs, those places among it that cannot be read any more. */
export interface Indexed {
  readonly runs: readonly RunRecord[];
  /** Number of the newest commit. */
  readonly arrival: number;
}

/** A pack in which something has rotten. */
interface RottenPack {
  readonly pack: number;
  readonly stretches: readonly Stretch[];
}

/** Whether nothing in a pack has rotten, as far as frames tell. */
export function isSound({ packs }: Pick<KnownLogs, 'packs'>, pack: number): boolean {
  for (const stretch of stretchesFrom(packs, { pack, offset: 0 }, 0)) {
    if (stretch.pack !== pack) return true;
    if (!stretch.frame && !isHeaderless(packs, stretch)) return false;
  }
  return true;
}

/**
 * Looks through all packs and notes, durably, what has rotten and what is lost by it, in `refs/damage.json` and in the
 * journal; returns the exchange that takes it out, to be noted and completed. Undefined when nothing has rotten: then it is
 * the index that was wrong. What the disk cannot read counts as rotten only with `takesBadSpots`: it may be readable
 * tomorrow. Only under the repository's lock.
 * @throws SatchelError `no-space`, `io`; then the packs are as they were
 */
export function prepareMending(
  repository: KnownLogs,
  indexed: Indexed,
  { takesBadSpots }: { readonly takesBadSpots: boolean },
): Exchange | undefined {
  const { packs, layout, world } = repository;
  const { length: badSpots } = packs.badSpots;
  const rotten = rottenPacks(packs, indexed);
  const missing = missingPacks(packs, indexed);
  if (rotten.length === 0 && missing.size === 0) return undefined;
  const badSpot = packs.badSpots[badSpots];
  if (badSpot && !takesBadSpots) throw badSpot;
  const whole = new Set(rotten.flatMap((one) => wholeIn(packs, one, indexed)));
  const affected = new Set([...rotten.map(({ pack }) => pack), ...missing]);
  const gone = indexed.runs.filter((run) => affected.has(run.pack) && !whole.has(placeOf(run)));
  makeDirectory(layout.packs);
  const add = rotten.flatMap((one) => (rewrite(repository, one, indexed) ? [one.pack] : []));
  onDisk('writing packs', () => disk.syncNames(layout.packs));
  const marks = readMarks(layout);
  const found: Omit<Damage, 'isTold'> = {
    at: world.now(),
    arrival: Math.max(indexed.arrival, ...rotten.flatMap(({ stretches }) => stretches.map(({ commit }) => commit))),
    lost: lostIn(gone),
    read: lostIn(gone.filter((run) => run.arrival <= (marks.get(repository.log(run.log)?.topic as TopicId) ?? -1))),
    unknownBytes: rotten.reduce((sum, one) => sum + unknownIn(packs, one, indexed), 0),
    introductions: gone.filter(({ first }) => first === 0).flatMap(({ log }) => introductionOf(repository, log)),
    setAside: rotten.map(({ pack }) => nameAside(layout, pack)),
  };
  addDamage(layout, found);
  // what was taken as a whole is not whole here any more
  appendEvent(layout, { at: found.at, type: DAMAGE });
  return { remove: [], add, aside: rotten.map(({ pack }) => pack) };
}

/** Packs with a stretch that once was a commit. */
function rottenPacks(packs: Packs, indexed: Indexed): RottenPack[] {
  const byPack = new Map<number, Stretch[]>();
  for (const stretch of stretchesFrom(packs, { pack: 0, offset: 0 }, 0)) {
    const list = byPack.get(stretch.pack);
    if (list) list.push(stretch);
    else byPack.set(stretch.pack, [stretch]);
  }
  const found = packs.list().map((pack) => ({ pack, stretches: byPack.get(pack) ?? [] }));
  return found.filter(({ pack, stretches }) => {
    return stretches.some((stretch) => isRotten(packs, stretch, indexed)) || isCut(packs, pack, indexed);
  });
}

function isRotten(packs: Packs, stretch: Stretch, indexed: Indexed): boolean {
  return !stretch.frame && (knowsIn(indexed, stretch) || !isInterrupted(packs, stretch, indexed.runs.length > 0));
}

/** Whether a stretch of which the index knows nothing is what an interrupted commit left. */
export function isInterrupted(packs: Packs, stretch: Stretch, hasIndex: boolean): boolean {
  return stretch.isLast && !stretch.isOnBadSpot && (hasIndex || isHeaderless(packs, stretch));
}

function knowsIn({ runs }: Indexed, { pack, from, end }: Stretch): boolean {
  return runs.some((run) => run.pack === pack && run.offset < end && from < run.offset + run.length);
}

/** The pack is shorter than the index says. */
function isCut(packs: Packs, pack: number, { runs }: Indexed): boolean {
  const size = packs.size(pack);
  return runs.some((run) => run.pack === pack && run.offset + run.length > size);
}

function missingPacks(packs: Packs, { runs }: Indexed): ReadonlySet<number> {
  const there = new Set(packs.list());
  return new Set(runs.map(({ pack }) => pack).filter((pack) => !there.has(pack)));
}

/** Places of segments that can still be read. */
function wholeIn(packs: Packs, { pack, stretches }: RottenPack, indexed: Indexed): string[] {
  const known = knownIn(indexed, pack);
  return stretches.flatMap((stretch) => {
    const { frame } = stretch;
    if (!frame) return wholeSegments(packs, stretch, known).map(({ offset }) => placeOf({ pack, offset }));
    const inside = known.filter(({ offset }) => offset >= frame.offset && offset < frame.end);
    return inside.map(({ offset }) => placeOf({ pack, offset }));
  });
}

function knownIn({ runs }: Indexed, pack: number): SegmentAt[] {
  const places = new Map<number, SegmentAt>();
  for (const run of runs) if (run.pack === pack) places.set(run.offset, { offset: run.offset, length: run.length });
  return [...places.values()].sort((a, b) => a.offset - b.offset);
}

/** Writes what is whole under the name that a pack has before an exchange; false when nothing is. */
function rewrite({ packs, layout }: KnownLogs, { pack, stretches }: RottenPack, indexed: Indexed): boolean {
  const file = hiddenPack(layout, pack);
  onDisk(`removing ${file}`, () => disk.remove(file));
  const hidden = new Packs(layout.packs, (number) => hiddenPack(layout, number));
  const known = knownIn(indexed, pack);
  let tail = { pack, offset: 0 };
  for (const stretch of stretches) {
    const { frame } = stretch;
    const parts = frame
      ? [{ offset: frame.offset, length: frame.contentLength }]
      : wholeSegments(packs, stretch, known);
    if (parts.length === 0) continue;
    const writer = hidden.append(tail, stretch.commit);
    for (const part of parts) for (const bytes of piecesOf(packs, pack, part)) writer.add(bytes);
    tail = writer.finish({ isSynced: false });
  }
  const isThere = tail.offset > 0;
  if (isThere) hidden.sync(pack);
  hidden.close();
  return isThere;
}

function* piecesOf(packs: Packs, pack: number, { offset, length }: SegmentAt): Generator<Buffer> {
  for (let done = 0; done < length; done += COPY_SIZE) {
    yield packs.read(pack, offset + done, Math.min(COPY_SIZE, length - done));
  }
}

function lostIn(gone: readonly RunRecord[]): Damage['lost'] {
  const lost = new Map<LogId, Range[]>();
  for (const { log, first, end, unheld } of gone) {
    if (!unheld) lost.set(log, unionRanges([...(lost.get(log) ?? []), { from: first, end }]));
  }
  return lost;
}

/** Bytes of commits that cannot be read, and of which the index says nothing. */
function unknownIn(packs: Packs, { pack, stretches }: RottenPack, indexed: Indexed): number {
  const known = knownIn(indexed, pack);
  const unread = stretches.map((stretch) => {
    if (stretch.frame) return 0;
    const inside = known.filter(({ offset }) => offset >= stretch.from && offset < stretch.end);
    const told = inside.length > 0 ? inside : wholeSegments(packs, stretch);
    return stretch.end - stretch.from - FRAME_HEADER_SIZE - told.reduce((sum, { length }) => sum + length, 0);
  });
  return unread.reduce((sum, bytes) => sum + Math.max(0, bytes), 0);
}

function introductionOf(repository: KnownLogs, log: LogId): IntroductionRecord[] {
  const { topic, person, device, continues } = repository.log(log) ?? {};
  return topic && person && device ? [{ log, topic, person, device, continues }] : [];
}
