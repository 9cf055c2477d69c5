// Garbage collection: many small segments become few large ones, payloads that may go are dropped, and nothing else is
// removed (spec/repository.md, "Garbage collection"). Beside it readers go on with the packs they have open.

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { LogId } from '../../format/ids.js';
import { decodeSegment, type Segment } from '../../format/log/segment.js';
import { cutSegment, dropPayloads, encodeSegment, mergeRuns, type Run } from '../../format/log/segment-build.js';
import { disk } from '../disk.js';
import { eraseFile } from '../erase.js';
import { onDisk } from '../files.js';
import type { RunRecord } from '../index/run-record.js';
import { keepLock } from '../lock.js';
import type { Repository } from '../repository.js';
import { isSound } from '../rot/mend.js';
import { abandonedPacks, type Exchange, hiddenPack, noteExchange } from '../store/pack-swap.js';
import { Packs } from '../store/packs.js';
import { placeOf } from '../store/segments.js';
import { unfinishedFiles } from '../unfinished.js';
import { sweepBlobs } from './blobs.js';
import { type GcPolicy, type PlannedSegment, planSegments } from './plan.js';

/** A pack is rewritten together with the newer ones while it is at most so many times as large as they are together. */
const TIER_FACTOR = 2;

/** What garbage collection did. */
export interface GcReport {
  /** Segments in the packs that were looked at, before and after. */
  readonly before: number;
  readonly after: number;
  readonly payloadsDropped: number;
  /** Bytes on disk; negative when it took some. */
  readonly bytesFreed: number;
  /** Files of interrupted commands that were removed. */
  readonly leftovers: number;
  /** Chunks of attachments that were removed. */
  readonly chunksRemoved: number;
}

/** Which packs are looked at. */
export interface GcOptions {
  /** All of them, or the newest. */
  readonly all: boolean;
  /** Of all those from this one on: what was forgotten lies in it. */
  readonly from?: number | undefined;
}

type PackReport = Omit<GcReport, 'leftovers' | 'chunksRemoved'>;

/**
 * Tidies the newest packs, or all of them, and removes chunks that nothing refers to. Only under the repository's lock; a
 * crash at any point leaves the state before or after.
 */
export function collectGarbage(repository: Repository, policy: GcPolicy, options: GcOptions): GcReport {
  const leftovers = removeLeftovers(repository);
  const packs = tidyPacks(repository, policy, options);
  const blobs = sweepBlobs(repository);
  return {
    ...packs,
    bytesFreed: packs.bytesFreed + blobs.bytes,
    leftovers: leftovers + blobs.leftovers,
    chunksRemoved: blobs.removed,
  };
}

function tidyPacks(repository: Repository, policy: GcPolicy, { all, from = 0 }: GcOptions): PackReport {
  const choose = () => {
    const { packs } = repository;
    return all ? packs.list().filter((pack) => pack >= from) : newestTier(packs);
  };
  // what is moved has to be whole, and what has rotten is no rubbish
  if (!choose().every((pack) => isSound(repository, pack))) repository.mend();
  const chosen = choose();
  const records = recordsIn(repository, chosen);
  const before = new Set(records.map(placeOf)).size;
  const planned = planSegments(repository, records, policy);
  const payloadsDropped = planned.reduce((sum, segment) => sum + segment.drops.size, 0);
  if (chosen.length === 0 || (planned.length === before && payloadsDropped === 0)) {
    repository.noteGc({ ...repository.tidied, arrival: repository.lastArrival, units: 0 });
    return { before, after: before, payloadsDropped: 0, bytesFreed: 0 };
  }
  const written = writePacks(repository, chosen, planned);
  // what is forgotten is not to stay in blocks that nothing names any more
  const exchange = planned.some((one) => dropsForgotten(repository, one)) ? { ...written, erased: true } : written;
  const sizeBefore = sizeOf(repository.packs, chosen);
  noteExchange(repository.layout, exchange);
  repository.completeExchange(exchange, records[0]?.arrival ?? 0, droppedIn(planned));
  repository.noteGc({ arrival: repository.lastArrival, units: 0, sealed: Math.max(...exchange.add) });
  const bytesFreed = sizeBefore - sizeOf(repository.packs, exchange.add);
  return { before, after: planned.length, payloadsDropped, bytesFreed };
}

function droppedIn(planned: readonly PlannedSegment[]): (log: LogId, seq: number) => boolean {
  const dropping = planned.filter(({ drops }) => drops.size > 0);
  return (log, seq) => dropping.some((segment) => segment.log === log && segment.drops.has(seq));
}

function dropsForgotten(repository: Repository, { log, drops }: PlannedSegment): boolean {
  const forgotten = repository.forgotten(log);
  return [...drops].some((seq) => forgotten.has(seq));
}

/** The newest packs, and older ones while they are not much larger: so that a byte is rewritten only a few times ever. */
function newestTier(packs: Packs): number[] {
  const chosen: number[] = [];
  let size = 0;
  for (const pack of packs.list().reverse()) {
    if (chosen.length > 0 && packs.size(pack) > TIER_FACTOR * size) break;
    chosen.unshift(pack);
    size += packs.size(pack);
  }
  return chosen;
}

/** Every record of the packs' commits, in order of arrival. */
function recordsIn(repository: Repository, packs: readonly number[]): RunRecord[] {
  const [oldest] = packs;
  if (oldest === undefined) return [];
  for (const frame of repository.packs.scan({ pack: oldest, offset: 0 })) {
    // what a retraction explained later has a further record: its segment lies in an older pack, and stays there
    return repository.arrivedAfter(frame.commit - 1).filter((run) => run.pack >= oldest);
  }
  return [];
}

function writePacks(repository: Repository, chosen: readonly number[], planned: readonly PlannedSegment[]): Exchange {
  const { layout } = repository;
  const hidden = new Packs(layout.packs, (pack) => hiddenPack(layout, pack));
  let tail = { pack: Math.max(...repository.packs.list()) + 1, offset: 0 };
  const add = new Set<number>();
  for (let i = 0; i < planned.length; ) {
    keepLock(layout.lock);
    const arrival = planned[i]?.arrival ?? 0;
    const frame = hidden.append(tail, arrival);
    add.add(frame.place.pack);
    for (; planned[i]?.arrival === arrival; i++) frame.add(materialize(repository, planned[i] as PlannedSegment));
    // they count together, once the exchange is noted
    tail = frame.finish({ isSynced: false });
  }
  for (const pack of add) hidden.sync(pack);
  hidden.close();
  onDisk('writing packs', () => disk.syncNames(layout.packs));
  return { remove: chosen, add: [...add] };
}

/** The segment's bytes: as stored when nothing changes. */
function materialize(repository: Repository, planned: PlannedSegment): Buffer {
  const [first, ...rest] = planned.sources;
  if (!first) throw new Error('a segment made of nothing');
  if (rest.length === 0 && planned.drops.size === 0) return bytesOf(repository, first);
  const merged =
    rest.length > 0
      ? mergeRuns([partOf(repository, first), ...rest.map((run) => partOf(repository, run))])
      : wholeOf(repository, first);
  const run = planned.drops.size > 0 ? dropPayloads(merged, (seq) => planned.drops.has(seq)) : merged;
  return encodeSegment(run, { isLasting: true });
}

/** What is indexed of a segment; the entries before it are held in the segment that comes before. */
function partOf(repository: Repository, run: RunRecord): Run {
  return cutSegment(wholeOf(repository, run), run.first, run.end);
}

function wholeOf(repository: Repository, run: RunRecord): Segment {
  return decodeSegment(bytesOf(repository, run));
}

function bytesOf(repository: Repository, run: RunRecord): Buffer {
  const bytes = repository.segmentBytes(run);
  if (bytes) return bytes;
  const unread = repository.unreadable(run.log);
  if (unread) throw unread;
  throw new SatchelError('damaged', 'something has rotten in the packs meanwhile', { hint: 'run "satchel repair"' });
}

/** Overwrites and removes files that interrupted commands left: nothing refers to them, because we hold the lock. How many. */
export function removeLeftovers(repository: Repository): number {
  const { tmp } = repository.layout;
  return onDisk('removing leftovers', () => {
    const names = disk.exists(tmp) ? disk.names(tmp).map((name) => path.join(tmp, name)) : [];
    const files = [...names, ...abandonedPacks(repository.layout), ...unfinishedFiles(repository.layout)];
    for (const file of files) eraseFile(file);
    return files.length;
  });
}

function sizeOf(packs: Packs, chosen: readonly number[]): number {
  return chosen.reduce((sum, pack) => sum + packs.size(pack), 0);
}
